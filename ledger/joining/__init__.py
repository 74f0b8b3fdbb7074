"""Joining: one request of who is no member yet, one vote that admits it with its meters and roles."""
