"""Upgrades of the protocol by vote: what validators know, what is planned."""
