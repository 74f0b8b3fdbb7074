"""Consumption sessions (rules C1-C8): ENT locked for energy at a unit; rate and deadline are fixed at opening."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec

from ledger.accounts import burn_locked, count, counted, lock, unlock
from ledger.context import Context, in_range
from ledger.errors import Refused
from ledger.events import EnergyDrawn, SessionClosed, SessionOpened
from ledger.limits import MAX_OPEN_SESSIONS
from ledger.params import SESSION_GRACE, SESSION_LIFETIME
from ledger.rules.expiries import ExpiryKind, cancel_expiry, schedule
from ledger.rules.imbalance import (
    BASE_PER_WH,
    burning_cost,
    burning_rate,
    change_network_energy,
    difference,
    energy_for,
    gap_of,
    settle_rate,
)
from ledger.rules.weights import CLOSING
from ledger.schema import (
    BINDINGS,
    SESSIONS,
    UNIT_SESSIONS,
    UNITS,
    AccountCounter,
    Asset,
    Gap,
    Link,
    MeterKind,
    Purpose,
    Session,
    UnitStatus,
    newest_first,
)
from ledger.transactions.payloads import CloseSession, OpenSession

SESSION_LOCK: Final = Purpose(1, "session")
"""ENT that pay for the energy that a session grants."""

OPEN_SESSIONS: Final = AccountCounter(1, "open_sessions")


class SessionEnd(IntEnum):
    """Why a session ended."""

    USED_UP = 1
    CLOSED = 2
    EXPIRED = 3
    EXCEEDED = 4
    SHORTFALL = 5
    UNIT_REMOVED = 6
    EXPELLED = 7


def open_session_of(context: Context, consumer: bytes, unit: bytes) -> Session | None:
    """The pair's session if it still counts at block time; a dead one that waits to be worked off does not (C5)."""
    session = context.state.get(SESSIONS, consumer + unit)
    return session if session is not None and context.time_ms < session.deadline_ms else None


def returns_at(context: Context, session: Session, consumer: bytes, unit: bytes) -> int:
    """When a session's lock goes back: at its deadline, or after the grace where a meter of the pair is bound (C6).

    One whose deadline has passed but that waits to be worked off is judged as if it had been.
    """
    metered = context.state.get(BINDINGS, unit + consumer + bytes((MeterKind.CONSUMPTION,))) is not None
    if session.returns_ms > session.deadline_ms or not metered:
        return session.returns_ms
    return session.deadline_ms + context.parameter(SESSION_GRACE)


def do_open_session(context: Context, payload: OpenSession) -> None:
    """Grant energy for ENT at the present burning rate, which is fixed (C1); what is refused: C7."""
    consumer, address = context.sender, payload.unit
    if consumer == address:
        raise Refused("a unit cannot open a session at itself", code="own_unit")
    unit = context.state.get(UNITS, address)
    if unit is None:
        raise Refused("no such storage unit; `nodechain units` lists them", code="unknown_unit")
    if unit.status != UnitStatus.ACTIVE:
        raise Refused("the storage unit is not active", code="unit_inactive")
    waiting = context.state.get(SESSIONS, consumer + address)
    if waiting is not None:
        if context.time_ms < returns_at(context, waiting, consumer, address):
            raise Refused("a session at this unit is open; close it first", code="session_open")
        close_session(context, consumer, address, SessionEnd.EXPIRED)
        unit = context.get(UNITS, address)
    if counted(context.state, consumer, OPEN_SESSIONS) >= MAX_OPEN_SESSIONS:
        raise Refused(f"at most {MAX_OPEN_SESSIONS} sessions may be open", code="too_many_sessions")
    gap, rate = gap_of(difference(context.state)), burning_rate(context)
    energy_wh = energy_for(context, payload.amount, rate, gap)
    if energy_wh == 0:
        raise Refused("the amount does not pay for 1 Wh", code="session_too_small")
    if energy_wh > unit.available_wh:
        raise Refused(f"the unit has {unit.available_wh} Wh free", code="unit_short_of_energy")
    if consumer != unit.owner and energy_wh > unit.available_wh - unit.terms.reserve_wh:
        raise Refused(f"{unit.terms.reserve_wh} Wh are reserved for the owner", code="energy_reserved")
    lock(context.state, consumer, Asset.ENT, SESSION_LOCK, payload.amount)
    deadline = in_range(context.time_ms + context.parameter(SESSION_LIFETIME))
    number = context.next_number(b"session")
    session = Session(
        number, payload.amount, energy_wh, rate, gap, context.time_ms, deadline, deadline, payload.overdraft
    )
    moved = msgspec.structs.replace(
        unit, available_wh=unit.available_wh - energy_wh, locked_wh=unit.locked_wh + energy_wh
    )
    context.state.put(UNITS, address, moved)
    context.state.put(SESSIONS, consumer + address, session)
    context.state.put(UNIT_SESSIONS, address + newest_first(number), Link(consumer))
    schedule(context, deadline, ExpiryKind.SESSION, number, consumer + address)
    count(context.state, consumer, OPEN_SESSIONS, 1)
    context.emit(SessionOpened(address, consumer, number, payload.amount, energy_wh, rate, gap, deadline))


def do_close_session(context: Context, payload: CloseSession) -> None:
    """The consumer ends its session at any time (C3)."""
    if context.state.get(SESSIONS, context.sender + payload.unit) is None:
        raise Refused("no session is open at this unit", code="no_session")
    close_session(context, context.sender, payload.unit, SessionEnd.CLOSED)


def close_session(context: Context, consumer: bytes, unit_address: bytes, reason: SessionEnd) -> None:
    """Return what is left of the lock to the consumer and of the energy to the unit (C4)."""
    state = context.state
    session = context.get(SESSIONS, consumer + unit_address)
    context.charge(CLOSING)
    unlock(state, consumer, Asset.ENT, SESSION_LOCK, session.locked)
    unit = context.get(UNITS, unit_address)
    moved = msgspec.structs.replace(
        unit, available_wh=unit.available_wh + session.energy_wh, locked_wh=unit.locked_wh - session.energy_wh
    )
    state.put(UNITS, unit_address, moved)
    state.delete(SESSIONS, consumer + unit_address)
    state.delete(UNIT_SESSIONS, unit_address + newest_first(session.number))
    cancel_expiry(context, session.returns_ms, ExpiryKind.SESSION, session.number)
    count(context.state, consumer, OPEN_SESSIONS, -1)
    context.emit(SessionClosed(unit_address, consumer, session.number, session.locked, session.energy_wh, reason))


def draw(
    context: Context, consumer: bytes, unit_address: bytes, energy_wh: int, end: SessionEnd = SessionEnd.USED_UP
) -> None:
    """Consume granted energy: one operation of the imbalance rule (C2); `end` is why the session ends if it is empty.

    Burns at the session's rate, never so much that the energy still granted would not be paid at par: that is where
    the rounding up of many small reports stops.
    """
    session = context.get(SESSIONS, consumer + unit_address)
    before = difference(context.state)
    cost = burning_cost(context, energy_wh, session.rate, Gap(session.gap))
    left_wh = session.energy_wh - energy_wh
    burned = min(energy_wh * BASE_PER_WH + cost, session.locked - left_wh * BASE_PER_WH)
    burn_locked(context.state, consumer, Asset.ENT, SESSION_LOCK, burned)
    unit = context.get(UNITS, unit_address)
    context.state.put(UNITS, unit_address, msgspec.structs.replace(unit, locked_wh=unit.locked_wh - energy_wh))
    change_network_energy(context, -energy_wh)
    rest = msgspec.structs.replace(session, locked=session.locked - burned, energy_wh=left_wh)
    context.state.put(SESSIONS, consumer + unit_address, rest)
    context.emit(EnergyDrawn(unit_address, consumer, energy_wh, burned, burned - energy_wh * BASE_PER_WH))
    settle_rate(context, before)
    if left_wh == 0:
        close_session(context, consumer, unit_address, end)


def close_sessions_of(context: Context, consumer: bytes) -> None:
    """End all sessions of an expelled member, with refunds (N3)."""
    for key in context.state.scan(SESSIONS, consumer):
        close_session(context, consumer, key[20:], SessionEnd.EXPELLED)


def session_due(context: Context, subject: bytes) -> None:
    """A deadline has come: return the lock, or let it wait for late readings of a bound meter (C5, C6)."""
    consumer, unit_address = subject[:20], subject[20:]
    session = context.get(SESSIONS, subject)
    returns_ms = returns_at(context, session, consumer, unit_address)
    if context.time_ms < returns_ms:
        context.state.put(SESSIONS, subject, msgspec.structs.replace(session, returns_ms=in_range(returns_ms)))
        schedule(context, returns_ms, ExpiryKind.SESSION, session.number, subject)
        return
    close_session(context, consumer, unit_address, SessionEnd.EXPIRED)
