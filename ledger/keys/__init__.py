"""Signing and verifying, addresses, key files, words."""
