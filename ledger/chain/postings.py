"""Postings: what each event moves, as lines of account; a statement is a fold over them (rule R2).

A line says that a holder (account or unit) has `amount` more of a measure in one bucket: tokens of an asset in base
units, energy in a unit's books, or energy that was metered for an account, in Wh. Over an event the lines of an asset
sum to the change of its supply. Folding all events from the genesis on gives the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

import msgspec

from ledger.chain.header import Event
from ledger.chain.schema import Purpose
from ledger.state.overlay import Reader

AVAILABLE: Final = "available"
"""What may be spent or granted; every other bucket of tokens is the name of a lock's purpose."""


class EnergyMeasure(Enum):
    """Measures in Wh."""

    STORED = "stored"
    """In a unit's books."""

    METERED = "metered"
    """Of an account since genesis."""


class TokenMeasure(msgspec.Struct, frozen=True):
    """A measure in base units of an asset."""

    asset: int


Measure = TokenMeasure | EnergyMeasure


class Posting(msgspec.Struct, frozen=True):
    """`amount` into a bucket of what a holder has (negative: out of it); `line`: how a bill calls it, where an event
    moves several things (empty: as the event's kind).
    """

    holder: bytes
    measure: Measure
    bucket: str
    amount: int
    line: str = ""


Post = Callable[[Any, int], Iterable[Posting]]
"""The postings of one class of event; beside it the chain's fee asset."""

Holdings = Callable[[Reader, Mapping[int, Purpose]], Iterator[Posting]]
"""What a subject's tables say that everybody has: the sums that its postings must come to; purposes of locks by
number."""


def nothing(_event: Event, _fee_asset: int) -> tuple[Posting, ...]:
    """The postings of an event that moves neither tokens nor energy."""
    return ()


def transfer(
    measure: Measure, source: tuple[bytes, str], target: tuple[bytes, str], amount: int
) -> tuple[Posting, Posting]:
    """Out of one holder's bucket into another one's."""
    return (Posting(source[0], measure, source[1], -amount), Posting(target[0], measure, target[1], amount))


Postings = Mapping[type[Event], Post]
"""Of every event that a module brings."""
