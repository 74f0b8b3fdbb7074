"""What people ask of units, sessions and households. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from ledger.chain.context import Context
from ledger.energy.households import NO_HOUSEHOLD
from ledger.energy.limits import MAX_UNITS
from ledger.energy.schema import (
    HOUSEHOLDS,
    OWNERS,
    PRIORITY_ACCOUNTS,
    SESSIONS,
    UNIT_SESSIONS,
    UNITS,
    WAITING_SESSIONS,
    Household,
    PriorityAccount,
    Unit,
    UnitStatus,
)
from ledger.energy.sessions import Grant, grant_of
from ledger.metering.schema import BINDINGS, METERS, Meter, MeterKind
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of

MAX_SCANNED_UNITS: Final = 1_000


class Grants(msgspec.Struct, frozen=True):
    """A page of sessions with their pairs."""

    entries: tuple[Grant, ...]
    cursor: bytes | None


def units(reader: Reader, cursor: bytes | None, limit: int) -> Page[Unit]:
    """A page of all storage units by address, also of removed ones."""
    return page_of(reader, UNITS, b"", cursor, limit)


def unit_of(state: State, address: bytes) -> Unit | None:
    """The storage unit of an address, also a removed one."""
    return state.get(UNITS, address)


def bound_meters(reader: Reader, state: State, account: bytes) -> Iterator[tuple[bytes, Meter]]:
    """The keys that measure an account's production and consumption now, of the first `MAX_SCANNED_UNITS` units."""
    for address, _unit in units(reader, None, MAX_SCANNED_UNITS).entries:
        for kind in (MeterKind.PRODUCTION, MeterKind.CONSUMPTION):
            link = state.get(BINDINGS, address + account + bytes((kind,)))
            meter = None if link is None else state.get(METERS, link.target)
            if link is not None and meter is not None:
                yield link.target, meter


def is_unit(state: State, address: bytes) -> bool:
    """Whether the address is that of a unit which was not removed."""
    unit = unit_of(state, address)
    return unit is not None and unit.status != UnitStatus.REMOVED


def owns_unit(state: State, address: bytes) -> bool:
    """Whether the account owns a unit."""
    return state.get(OWNERS, address) is not None


def units_owned_by(reader: Reader, account: bytes) -> tuple[bytes, ...]:
    """The addresses of the units that an account owns."""
    if not owns_unit(State(reader), account):
        return ()
    return tuple(address for address, unit in units(reader, None, MAX_UNITS).entries if unit.owner == account)


def household_of(state: State, address: bytes) -> Household:
    """An account's metered energy, zeros where nothing was measured."""
    return state.get(HOUSEHOLDS, address) or NO_HOUSEHOLD


def open_sessions(
    reader: Reader, consumer: bytes | None, unit: bytes | None, cursor: bytes | None, limit: int
) -> Grants:
    """A page of the open sessions: of a consumer, of a pair, or all."""
    page = page_of(reader, SESSIONS, (consumer or b"") + (unit or b""), cursor, limit)
    return Grants(tuple(Grant(key[:20], key[20:], session) for key, session in page.entries), page.cursor)


def waiting_sessions(
    reader: Reader, consumer: bytes | None, unit: bytes | None, cursor: bytes | None, limit: int
) -> Grants:
    """The same of those that have ended and wait for a reading, a report or their time."""
    page = page_of(reader, WAITING_SESSIONS, (consumer or b"") + (unit or b""), cursor, limit)
    return Grants(tuple(Grant(key[:20], key[20:40], session) for key, session in page.entries), page.cursor)


def sessions_at(
    reader: Reader, context: Context, unit: bytes, cursor: bytes | None, limit: int, *, waiting: bool
) -> Grants:
    """Of the sessions whose energy a unit still holds those that wait, or those that are open; the newest first.

    `context` has the state that `reader` reads. A page may hold fewer than `limit` with more to follow.
    """
    page = page_of(reader, UNIT_SESSIONS, unit, cursor, limit)
    found = (grant_of(context, unit, key) for key, _link in page.entries)
    return Grants(tuple(grant for grant in found if grant.waiting == waiting), page.cursor)


def priority_accounts(state: State) -> tuple[tuple[bytes, PriorityAccount], ...]:
    """Accounts whose sessions end last, at most `MAX_PRIORITY_ACCOUNTS`."""
    return tuple((key, entry) for key in state.keys(PRIORITY_ACCOUNTS) if (entry := state.get(PRIORITY_ACCOUNTS, key)))
