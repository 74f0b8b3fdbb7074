"""What happened to resolutions."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Count, Number, Plain, TimeMs
from ledger.resolutions.schema import ResolutionOutcome


class ResolutionOpened(Event, frozen=True, tag=504):
    """`opened_by` asks the members; they vote until `deadline_ms`."""

    resolution: Number
    opened_by: Address
    title: str
    text_hash: Bytes32
    deadline_ms: TimeMs


class BallotCast(Event, frozen=True, tag=505):
    """`member` votes for an option, or abstains (0)."""

    resolution: Number
    member: Address
    option: Plain


class BallotVoid(Event, frozen=True, tag=506):
    """The ballot of `member`, who was expelled, counts no more."""

    resolution: Number
    member: Address


class ResolutionWithdrawn(Event, frozen=True, tag=507):
    """Who had asked took it back."""

    resolution: Number
    opened_by: Address


class ResolutionClosed(Event, frozen=True, tag=508):
    """The deadline has passed. `decided`: the option, from 1 on, or 0; `ballots` of each option."""

    resolution: Number
    outcome: Annotated[int, ResolutionOutcome]
    decided: Plain
    ballots: tuple[Count, ...]
    abstentions: Count


RESOLUTION_EVENTS: Final[tuple[type[Event], ...]] = (
    ResolutionOpened, BallotCast, BallotVoid, ResolutionWithdrawn, ResolutionClosed,
)  # fmt: skip
