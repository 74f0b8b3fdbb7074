"""Rights as an ordinary user has them, also where tests run as root: a file's mode counts.

`python -m harness.ordinary_user PROGRAM ...` runs a program so.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_VERSION: Final = 0x2008_0522
_OVERRIDES: Final = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of Linux's capability.h: to ignore modes."""
_DROP_FROM_BOUNDING_SET: Final = 24


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def modes_count() -> Iterator[None]:
    """In this thread, until the block ends."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION, 0), (_Sets * 2)()
    _require(libc.capget(ctypes.byref(header), sets))
    before = sets[0].effective
    sets[0].effective = before & ~sum(1 << number for number in _OVERRIDES)
    _require(libc.capset(ctypes.byref(header), sets))
    try:
        yield
    finally:
        sets[0].effective = before
        _require(libc.capset(ctypes.byref(header), sets))


def _require(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def become_ordinary() -> None:
    """For good: this thread, those that it starts, and every program that they execute."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in _OVERRIDES:
        _require(libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0))
    header, sets = _Header(_VERSION, 0), (_Sets * 2)()
    _require(libc.capget(ctypes.byref(header), sets))
    kept = ~sum(1 << number for number in _OVERRIDES)
    sets[0].effective &= kept
    sets[0].permitted &= kept
    _require(libc.capset(ctypes.byref(header), sets))


if __name__ == "__main__":
    become_ordinary()
    os.execv(sys.argv[1], sys.argv[1:])
