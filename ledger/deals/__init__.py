"""Deals with an arbiter, and swaps: what two members agree on, held by the chain until it is carried out."""
