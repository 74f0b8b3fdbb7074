"""What people ask of agents. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.agents.acting import DAY_MS
from ledger.agents.schema import AUTHORISATIONS, DAY_USES, OWNERS_OF_AGENT, Authorisation
from ledger.bank.balances import ASSET_KEYS
from ledger.chain.schema import Link
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of


def authorisation_of(state: State, owner: bytes, agent: bytes) -> Authorisation | None:
    """What an agent may do for an owner, also where it has expired and waits to be worked off."""
    return state.get(AUTHORISATIONS, owner + agent)


def agents_of(reader: Reader, owner: bytes, cursor: bytes | None, limit: int) -> Page[Authorisation]:
    """A page of those that may act for an account, by their addresses."""
    return page_of(reader, AUTHORISATIONS, owner, cursor, limit)


def owners_of(reader: Reader, agent: bytes, cursor: bytes | None, limit: int) -> Page[Link]:
    """A page of the accounts for which an agent may act, as links to authorisations."""
    return page_of(reader, OWNERS_OF_AGENT, agent, cursor, limit)


def used_on(state: State, found: Authorisation, asset: int, time_ms: int) -> int:
    """Base units of an asset that an agent has used of its limit on the day of `time_ms`."""
    entry = state.get(DAY_USES, found.owner + found.agent + ASSET_KEYS[asset])
    return 0 if entry is None or entry.day != time_ms // DAY_MS else entry.amount


def swept_on(state: State, found: Authorisation, asset: int, time_ms: int) -> bool:
    """Whether an agent asked on the day of `time_ms` that an asset be paid out."""
    entry = state.get(DAY_USES, found.owner + found.agent + ASSET_KEYS[asset])
    return entry is not None and entry.swept_day == time_ms // DAY_MS


def count_of_authorisations(reader: Reader) -> int:
    """How many authorisations there are."""
    return sum(1 for _entry in reader.scan(AUTHORISATIONS.number, b"", None))
