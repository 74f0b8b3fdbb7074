"""Templates of genesis files (TOML): data, read as package resources by the node; no code belongs here."""
