"""Tables of resolutions and of ballots while they are counted."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import AccountCounter, DueKind, Link, SweepKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Count, Number, Plain, TimeMs
from ledger.resolutions.payloads import Majority
from ledger.state.table import Table


class ResolutionOutcome(IntEnum):
    """How a resolution stands or ended."""

    OPEN = 0
    DECIDED = 1
    NO_QUORUM = 2
    NO_MAJORITY = 3
    """No option has what it needs, or two have the same."""


class Resolution(Value, frozen=True):
    """`ballots` of each option, in their order; `abstentions` beside them. `decided`: the option, from 1 on, or 0."""

    number: Number
    opened_by: Address
    title: str
    text_hash: Bytes32
    options: tuple[str, ...]
    majority: Annotated[int, Majority]
    quorum: Count
    opened_ms: TimeMs
    deadline_ms: TimeMs
    ballots: tuple[Count, ...]
    abstentions: Count
    outcome: Annotated[int, ResolutionOutcome]
    decided: Plain


class Ballot(Value, frozen=True):
    """What a member said last; 0: it abstains."""

    option: Plain


RESOLUTIONS: Final = Table(168, "resolutions", "number", Resolution, group=0)
BALLOTS: Final = Table(169, "ballots", "resolution account", Ballot, group=8)
OPEN_RESOLUTIONS: Final = Table(170, "open_resolutions", "number", Link, group=0)
"""Those whose deadline has not passed."""

RESOLUTION_TABLES: Final[tuple[Table[Any], ...]] = (RESOLUTIONS, BALLOTS, OPEN_RESOLUTIONS)

OPENED_RESOLUTIONS: Final = AccountCounter(168, "opened_resolutions")
"""Open ones that an account has asked."""

DEADLINE_DUE: Final = DueKind(168, "resolution_deadline")
FORGET_DUE: Final = DueKind(169, "resolution_forgotten")
BALLOT_SWEEP: Final = SweepKind(168, "ballots_forgotten")

RESOLUTION_NUMBERS: Final = b"resolution"
OPEN_COUNT: Final = b"open_resolutions"
