"""Who may read what, as the community agreed: the nodes' interfaces keep to it; no transaction depends on it."""
