"""Origin lots: whose energy, of which source, a storage unit holds, and what became of it."""
