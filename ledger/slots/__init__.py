"""Metering points and their energy by slots of time: what meters sign, and what network operators' files say."""
