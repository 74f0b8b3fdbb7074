"""Sharing: what the members of a scheme take of each other's energy in a slot, and what it costs them."""
