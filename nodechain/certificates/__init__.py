"""Certificates of the interface (TLS): a community's own authority, requests, checks. Peers' are in `network/`."""
