"""What is fuzzed: a decoder, and good input to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A decoder with good input to start from."""

    decode: Callable[[bytes], object]
    good: tuple[bytes, ...]
    text: bool = False
