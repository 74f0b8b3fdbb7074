"""Bytes and text of values: the canonical codec, addresses' text, amounts, times, OBIS codes."""
