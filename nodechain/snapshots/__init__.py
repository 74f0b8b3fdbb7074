"""Joining a chain by its state: snapshots that a node makes and serves, and that another one checks and takes over."""
