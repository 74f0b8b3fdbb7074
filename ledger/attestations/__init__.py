"""Attestations: what a voted registrar or auditor signs of an account, as a salted hash."""
