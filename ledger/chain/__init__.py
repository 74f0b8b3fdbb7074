"""What all subjects stand on: genesis, blocks, execution, the registry of modules."""
