"""Agents: keys that act for an account within limits, and what they get for it."""
