"""Transactions of consumption sessions (rules C1, C3, C6, C7, C9): opening, closing, releasing."""

from __future__ import annotations

import msgspec

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import lock
from ledger.bank.points import check_binding
from ledger.chain.context import Context, in_range
from ledger.chain.counters import change_count, counted
from ledger.chain.delegation import Use
from ledger.chain.expiries import schedule
from ledger.chain.parameters import HOUR_MS, PARTS
from ledger.chain.schema import Link
from ledger.energy.events import SessionOpened
from ledger.energy.imbalance import burning_rate, energy_for, gap_of, open_gap
from ledger.energy.limits import MAX_OPEN_SESSIONS, MAX_WAITING_SESSIONS
from ledger.energy.parameters import MAX_SESSION_SHARE, RESERVATION_RATE, SESSION_LIFETIME
from ledger.energy.payloads import CloseSession, OpenSession, ReleaseSession
from ledger.energy.presumed import settle_presumed
from ledger.energy.priority import has_priority
from ledger.energy.schema import SESSION_DUE, SESSIONS, UNIT_SESSIONS, UNITS, Session, SessionEnd, Unit, UnitStatus
from ledger.energy.sessions import (
    OPEN_SESSIONS,
    RESERVATION_LOCK,
    SESSION_LOCK,
    Grant,
    consumption_meter,
    end_session,
    index_key,
    is_sweeping,
    open_grant,
    return_lock,
    waiting_grants,
)
from ledger.energy.weights import SESSION_OPENING
from ledger.errors import Refused
from ledger.metering.bindings import awaited_opening_ms


def session_uses(_context: Context, payload: OpenSession) -> Use:
    """Of an agent's limits a session uses what it locks, and what may be burned of an overdraft later (AG7)."""
    return Use(((ENERGY_ASSET, payload.amount),), later=((ENERGY_ASSET, payload.overdraft),))


def do_open_session(context: Context, payload: OpenSession) -> None:
    """Grant energy for ENT at the present burning rate, which is fixed (C1); what is refused: C7."""
    consumer, address = context.sender, payload.unit
    check_binding(context, consumer)
    _check_unit(context, consumer, address)
    standing = open_grant(context, consumer, address)
    if standing is not None:
        if context.time_ms < standing.session.deadline_ms:
            raise Refused("a session at this unit is open; close it first", code="session_open")
        end_session(context, standing, SessionEnd.EXPIRED)
        settle_presumed(context, consumer, address)
    if counted(context.state, consumer, OPEN_SESSIONS) >= MAX_OPEN_SESSIONS:
        raise Refused(f"at most {MAX_OPEN_SESSIONS} sessions may be open", code="too_many_sessions")
    waiting = waiting_grants(context, consumer, address)
    if len(waiting) >= MAX_WAITING_SESSIONS:
        raise Refused(
            f"{MAX_WAITING_SESSIONS} sessions at this unit wait for their last reading; let the meter report",
            code="too_many_waiting",
        )
    unit = context.get(UNITS, address)
    gap, rate = gap_of(open_gap(context.state)), burning_rate(context)
    energy_wh = energy_for(context, payload.amount, rate, gap)
    _check_energy(context, unit, energy_wh, sum(grant.backed_wh for grant in waiting))
    context.charge(SESSION_OPENING)
    lock(context.state, consumer, ENERGY_ASSET, SESSION_LOCK, payload.amount)
    lifetime_ms = context.parameter(SESSION_LIFETIME)
    reservation = reservation_for(context, energy_wh, lifetime_ms)
    lock(context.state, consumer, ENERGY_ASSET, RESERVATION_LOCK, reservation)
    deadline = in_range(context.time_ms + lifetime_ms)
    number = context.next_number(b"session")
    session = Session(
        number=number, locked=payload.amount, energy_wh=energy_wh, rate=rate, gap=gap, opened_ms=context.time_ms,
        deadline_ms=deadline, returns_ms=deadline, overdraft=payload.overdraft, reservation=reservation, lost_wh=0,
        ended_ms=0, reason=0, has_priority=has_priority(context, consumer),
    )  # fmt: skip
    moved = msgspec.structs.replace(
        unit, available_wh=unit.available_wh - energy_wh, locked_wh=unit.locked_wh + energy_wh
    )
    context.state.put(UNITS, address, moved)
    context.state.put(SESSIONS, consumer + address, session)
    context.state.put(UNIT_SESSIONS, index_key(address, session), Link(consumer))
    schedule(context, deadline, SESSION_DUE, number, consumer + address)
    change_count(context.state, consumer, OPEN_SESSIONS, 1)
    context.emit(SessionOpened(address, consumer, number, payload.amount, energy_wh, rate, gap, deadline, reservation))


def _check_unit(context: Context, consumer: bytes, address: bytes) -> None:
    if consumer == address:
        raise Refused("a unit cannot open a session at itself", code="own_unit")
    unit = context.state.get(UNITS, address)
    if unit is None:
        raise Refused("no such storage unit; `nodechain units` lists them", code="unknown_unit")
    if unit.status != UnitStatus.ACTIVE:
        raise Refused("the storage unit is not active", code="unit_inactive")
    if is_sweeping(context, address):
        raise Refused("sessions at this unit are being ended; try again in a few blocks", code="sessions_ending")
    meter = consumption_meter(context, consumer, address)
    if meter is not None and awaited_opening_ms(context, meter) is not None:
        raise Refused("your meter has not sent its first reading since it was bound", code="meter_not_opened")


def _check_energy(context: Context, unit: Unit, energy_wh: int, held_wh: int) -> None:
    """`held_wh`: what the account's earlier sessions at the unit still hold."""
    if energy_wh == 0:
        raise Refused("the amount does not pay for 1 Wh", code="session_too_small")
    if energy_wh > unit.available_wh:
        raise Refused(f"the unit has {unit.available_wh} Wh free", code="unit_short_of_energy")
    if context.sender != unit.owner and energy_wh > unit.available_wh - unit.terms.reserve_wh:
        raise Refused(f"{unit.terms.reserve_wh} Wh are reserved for the owner", code="energy_reserved")
    share = context.parameter(MAX_SESSION_SHARE)
    if (held_wh + energy_wh) * PARTS > share * (unit.available_wh + unit.locked_wh):
        most_wh = max(share * (unit.available_wh + unit.locked_wh) // PARTS - held_wh, 0)
        raise Refused(f"one account may hold at most {most_wh} Wh more of this unit", code="above_session_share")


def reservation_for(context: Context, energy_wh: int, lifetime_ms: int) -> int:
    """What holding energy ready for the whole lifetime costs, in base units of ENT, rounded up (C9)."""
    rate = context.parameter(RESERVATION_RATE)
    return in_range(-(-energy_wh * lifetime_ms * rate // (1000 * HOUR_MS)))


def do_close_session(context: Context, payload: CloseSession) -> None:
    """The consumer ends its session at any time (C3)."""
    found = open_grant(context, context.sender, payload.unit)
    if found is None:
        raise Refused("no session is open at this unit", code="no_session")
    end_session(context, found, SessionEnd.CLOSED)
    settle_presumed(context, context.sender, payload.unit)


def do_release_session(context: Context, payload: ReleaseSession) -> None:
    """The unit ends an open session, or gives the lock of a waiting one back (C6)."""
    unit = context.state.get(UNITS, context.sender)
    if unit is None or unit.status == UnitStatus.REMOVED:
        raise Refused("only a registered storage unit releases sessions, its own", code="not_a_unit")
    for grant in _of_pair(context, payload.consumer, context.sender):
        if grant.session.number == payload.number:
            if grant.waiting:
                return_lock(context, grant)
            else:
                end_session(context, grant, SessionEnd.RELEASED)
            settle_presumed(context, payload.consumer, context.sender)
            return
    raise Refused(f"no session {payload.number} of this consumer is open or waits", code="no_session")


def _of_pair(context: Context, consumer: bytes, unit: bytes) -> list[Grant]:
    found = open_grant(context, consumer, unit)
    return [*waiting_grants(context, consumer, unit), *([found] if found is not None else [])]
