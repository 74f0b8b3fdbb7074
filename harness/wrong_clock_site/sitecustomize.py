"""Loaded by Python itself in programs that are started with `wrong_clock`: their wall clock is off by so much."""

import os
import time

_AHEAD_NS = int(os.environ.get("TEST_CLOCK_AHEAD_MS", "0")) * 1_000_000
_time_ns = time.time_ns


def _wrong_time_ns() -> int:
    return _time_ns() + _AHEAD_NS


time.time_ns = _wrong_time_ns
