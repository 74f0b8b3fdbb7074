"""What is fuzzed: a decoder, and good input to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger.errors import InclusionError, InvalidInput


@dataclass(frozen=True)
class Target:
    """A decoder with good input to start from; `refusals`: the only errors that may come out."""

    decode: Callable[[bytes], object]
    good: tuple[bytes, ...]
    text: bool = False
    refusals: tuple[type[Exception], ...] = (InvalidInput, InclusionError)
