"""Tables of points. Seasons are numbered as months: `12 * year + month - 1`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, Link
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, AssetId, Count, FieldUnit, Number, Plain, Quantity, TimeMs
from ledger.state.table import Table
from ledger.together.terms import TogetherTerms

SignedMilliWattHours = Annotated[int, FieldUnit(Quantity.ENERGY_MWH)]
"""A correction may take away more than was noted since somebody takes part."""


class SeasonCount(Value, frozen=True):
    """What a participant did in a season; `last_day`: the last one that counted as on time."""

    season: Number
    used_mwh: SignedMilliWattHours
    given_mwh: SignedMilliWattHours
    days: Count
    ballots: Count
    last_day: Number


class BoardEntry(Value, frozen=True):
    """Who is on the board since a time, its `joined`-th; `seasons`: the one that runs and the one before, rising."""

    nickname: str
    joined: Number
    since_ms: TimeMs
    seasons: tuple[SeasonCount, ...]


class TogetherTermsEntry(Value, frozen=True):
    """`terms` hold from the season `since` on, `before` until then."""

    before: TogetherTerms
    terms: TogetherTerms
    since: Number


class SeasonPlace(Value, frozen=True):
    """A place of a closed season. `amount`: what the fund paid, 0 where there was no prize or it had too little."""

    account: Address
    points: Plain
    asset: AssetId
    amount: Amount


class ClosedSeason(Value, frozen=True):
    """A season that ended: how many had points, and its first places."""

    season: Number
    closed_ms: TimeMs
    participants: Count
    places: tuple[SeasonPlace, ...]


TOGETHER_TERMS_TABLE: Final = Table(280, "together_terms", "", TogetherTermsEntry)
PARTICIPANTS: Final = Table(281, "participants", "address", BoardEntry, group=0)
NICKNAMES: Final = Table(282, "nicknames", "hash", Link)
"""By the hash of a nickname without regard to case: whose it is."""
CLOSED_SEASONS: Final = Table(283, "closed_seasons", "newest_first", ClosedSeason)

TOGETHER_TABLES: Final[tuple[Table[Any], ...]] = (TOGETHER_TERMS_TABLE, PARTICIPANTS, NICKNAMES, CLOSED_SEASONS)

SEASON_DUE: Final = DueKind(280, "season_end")
PARTICIPANT_COUNT: Final = b"participants"
BOARD_NUMBERS: Final = b"board_joins"
OPEN_SEASON: Final = b"open_season"
"""The oldest season that is not closed."""
