"""What who asks and who votes sends (rules RE1 to RE4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Count, FieldUnit, PositiveNumber, Quantity
from ledger.encoding.times import Millis
from ledger.resolutions.limits import MAX_OPTION_CHARACTERS, MAX_OPTIONS, MAX_TITLE_CHARACTERS


class ResolutionTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    OPEN_RESOLUTION = 504
    CAST_BALLOT = 505
    WITHDRAW_RESOLUTION = 506


class Majority(IntEnum):
    """What an option needs of the ballots that are for an option; abstentions count for the quorum alone."""

    MOST = 1
    HALF = 2
    """More than half of them."""
    TWO_THIRDS = 3
    """At least two thirds of them."""


ABSTENTION: Final = 0

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE_CHARACTERS)]
Option = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_OPTION_CHARACTERS)]


class OpenResolution(Value, frozen=True):
    """Ask the members. `text_hash`: SHA-256 of the document that says what is resolved; who asks sends it round.

    `quorum`: how many ballots it needs at least, abstentions included.
    """

    title: Title
    text_hash: Bytes32
    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=2, max_length=MAX_OPTIONS)]
    majority: Annotated[int, msgspec.Meta(ge=1, le=3), Majority]
    quorum: Count
    deadline_ms: Millis


class CastBallot(Value, frozen=True):
    """Vote for an option, counted from 1, or abstain (0); until the deadline another ballot takes its place."""

    resolution: PositiveNumber
    option: Annotated[int, msgspec.Meta(ge=ABSTENTION, le=MAX_OPTIONS), FieldUnit(Quantity.PLAIN)]


class WithdrawResolution(Value, frozen=True):
    """Take back what one has asked, before anybody else has voted."""

    resolution: PositiveNumber
