"""The block's own work, one piece at a time: what falls due, sweeps, steps of modules (rule D4).

No transaction stands around it that could fail in its place, so each piece is done whole or leaves no trace; one that
is refused is named in an event, and the chain goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final, TypeVar

from ledger.chain.context import Context
from ledger.chain.header import Event
from ledger.chain.postings import Postings, nothing
from ledger.chain.schema import OwnWork
from ledger.encoding.quantities import Plain
from ledger.errors import InclusionError, Refused

T = TypeVar("T")


class OwnWorkRefused(Event, frozen=True, tag=0):
    """A piece of the block's own work was refused with `code` and left no trace.

    `work`: what of it; `kind`: the number of its due kind or sweep kind, or of the step's place among the modules;
    `subject`: what it was about.
    """

    work: Annotated[int, OwnWork]
    kind: Plain
    subject: bytes
    code: str


class NotDone(Enum):
    """What became of a piece of work that was not done."""

    REFUSED = "refused"
    """For good; an event says so."""

    NO_ROOM = "no room"
    """The block's weight is used up."""


def do_whole(context: Context, what: tuple[OwnWork, int, bytes], work: Callable[[], T]) -> T | NotDone:
    """Do a piece of work, or none of it; `what`: which, as `OwnWorkRefused` names it."""
    mark, weight = context.mark(), context.weight
    try:
        return work()
    except Refused as refusal:
        context.undo(mark)
        context.emit(OwnWorkRefused(*what, refusal.code))
        return NotDone.REFUSED
    except InclusionError:
        context.undo(mark)
        context.weight = weight
        return NotDone.NO_ROOM


OWN_WORK_EVENTS: Final = (OwnWorkRefused,)
OWN_WORK_POSTINGS: Final[Postings] = MappingProxyType({OwnWorkRefused: nothing})
