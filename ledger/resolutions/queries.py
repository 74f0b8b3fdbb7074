"""What people ask of resolutions. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.resolutions.schema import BALLOTS, OPEN_COUNT, RESOLUTIONS, Resolution
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


def resolution_of(state: State, number: int) -> Resolution | None:
    """One that is open, or whose outcome is still kept."""
    return state.get(RESOLUTIONS, big_endian(number))


def resolutions(reader: Reader, cursor: bytes | None, limit: int) -> Page[Resolution]:
    """A page of resolutions by number."""
    return page_of(reader, RESOLUTIONS, b"", cursor, limit)


def count_of_open_resolutions(context: Context) -> int:
    """How many questions the members are asked now."""
    return context.count(OPEN_COUNT)


def ballot_of(state: State, number: int, account: bytes) -> int | None:
    """What an account said of an open resolution, or None; 0: it abstains."""
    ballot = state.get(BALLOTS, big_endian(number) + account)
    return None if ballot is None else ballot.option
