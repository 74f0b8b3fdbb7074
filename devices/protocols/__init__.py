"""Bytes and registers to values and back: pure functions, no sockets, no clock."""
