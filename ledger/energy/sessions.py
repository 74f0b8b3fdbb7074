"""The life of a consumption session (rules C2-C6, C8-C10): draws, its end, the wait for its last reading, the return.

A pair of consumer and unit has at most one open session. One that has ended may wait: its lock and what it may still
draw stay until what was consumed before the end is known. `ledger.energy.session_commands` holds the transactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import burn_locked, credit, lock, spend_locked, unlock
from ledger.chain.context import Context, in_range
from ledger.chain.counters import change_count
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import AccountCounter, Counter, Link, Purpose
from ledger.energy.events import EnergyDrawn, EnergyLost, ReservationPaid, SessionClosed, SessionEnded
from ledger.energy.imbalance import (
    BASE_PER_WH,
    burning_cost,
    change_network_energy,
    late_burning_cost,
    open_gap,
    settle_rate,
)
from ledger.energy.level_losses import undo_level_losses
from ledger.energy.losses import explain_in_records
from ledger.energy.parameters import CLOSE_NOTICE, SILENT_LOCK
from ledger.energy.points import SESSION_OVER, BooksChange, tell_books
from ledger.energy.presumed import no_longer_presumed, settle_presumed, trim_presumed
from ledger.energy.schema import (
    SESSION_DUE,
    SESSIONS,
    UNCOVERED,
    UNIT_SESSIONS,
    UNITS,
    WAITING_SESSIONS,
    Gap,
    Session,
    SessionEnd,
)
from ledger.energy.weights import DRAW, LOCK_RETURN, SESSION_END
from ledger.errors import InclusionError, Refused
from ledger.metering.registers import Interval, at_full_power, is_decided
from ledger.metering.schema import BINDINGS, METERS, Meter, MeterKind
from ledger.state.table import big_endian, newest_first

_AFTER_ALL: Final = b"\xff" * 8
"""No number comes to this: numbers begin at 1."""

SESSION_LOCK: Final = Purpose(48, "session")
"""ENT that pay for the energy that an open session grants."""

WAITING_LOCK: Final = Purpose(49, "waiting")
"""What is left of the lock of a session that has ended and waits for its last reading or report."""

RESERVATION_LOCK: Final = Purpose(50, "reservation")
"""ENT that pay the unit's owner for holding energy ready."""

OPEN_SESSIONS: Final = AccountCounter(48, "open_sessions")


_AT_ONCE: Final = frozenset({SessionEnd.EXPIRED, SessionEnd.SHORTFALL, SessionEnd.UNIT_REMOVED})
"""Ends after which nothing more can be reported by hand: the unit knew the deadline, or said itself what it holds."""


_BY_THE_UNIT: Final = frozenset({SessionEnd.SHORTFALL, SessionEnd.UNIT_REMOVED, SessionEnd.RELEASED})
"""Ends after which the unit holds nothing ready any more, or said so itself."""


class Grant(msgspec.Struct, frozen=True):
    """A session with its pair; `session.ended_ms` above 0: it has ended and waits."""

    consumer: bytes
    unit: bytes
    session: Session

    @property
    def waiting(self) -> bool:
        """Whether it has ended."""
        return self.session.ended_ms > 0

    @property
    def key(self) -> bytes:
        """Its key in `SESSIONS`, or in `WAITING_SESSIONS`."""
        pair = self.consumer + self.unit
        return pair + big_endian(self.session.number) if self.waiting else pair

    @property
    def purpose(self) -> Purpose:
        """What its tokens are locked for."""
        return WAITING_LOCK if self.waiting else SESSION_LOCK

    @property
    def backed_wh(self) -> int:
        """The part of its energy that the unit's books hold."""
        return self.session.energy_wh - self.session.lost_wh


def open_grant(context: Context, consumer: bytes, unit: bytes) -> Grant | None:
    """The pair's open session, also one whose deadline has passed and that waits to be worked off (D1)."""
    session = context.state.get(SESSIONS, consumer + unit)
    return None if session is None else Grant(consumer, unit, session)


def waiting_grants(context: Context, consumer: bytes, unit: bytes) -> list[Grant]:
    """The pair's sessions that have ended and wait, oldest first; at most `MAX_WAITING_SESSIONS`."""
    keys = context.state.keys(WAITING_SESSIONS, consumer + unit)
    return [Grant(consumer, unit, context.get(WAITING_SESSIONS, key)) for key in keys]


def reportable_grants(context: Context, consumer: bytes, unit: bytes) -> list[Grant]:
    """The sessions that a unit's report by hand draws from, oldest first: those whose notice runs, then the open one.

    One whose time has passed but that waits to be worked off counts no more (C5, D1).
    """
    now_ms = context.time_ms
    found = [grant for grant in waiting_grants(context, consumer, unit) if now_ms < grant.session.returns_ms]
    opened = open_grant(context, consumer, unit)
    if opened is not None and now_ms < opened.session.deadline_ms:
        found.append(opened)
    return found


def index_key(unit: bytes, session: Session) -> bytes:
    """Where a session stands in `UNIT_SESSIONS`: the newest first, those with priority after all others (C11)."""
    return unit + (_AFTER_ALL if session.has_priority else b"") + newest_first(session.number)


def grant_of(context: Context, unit: bytes, key: bytes) -> Grant:
    """The session that an entry of `UNIT_SESSIONS` points to."""
    consumer = context.get(UNIT_SESSIONS, key).target
    number = 2**64 - 1 - int.from_bytes(key[-8:], "big")
    found = open_grant(context, consumer, unit)
    if found is not None and found.session.number == number:
        return found
    return Grant(consumer, unit, context.get(WAITING_SESSIONS, consumer + unit + big_endian(number)))


def is_sweeping(context: Context, unit: bytes) -> bool:
    """Whether sessions of the unit are being ended over several blocks: it opens and draws nothing meanwhile (C10)."""
    return context.state.get(UNCOVERED, unit) is not None


def uncovered_wh(context: Context, unit: bytes) -> int:
    """Wh that the unit's sessions still name and its books hold no longer, until a sweep has ended them (C10)."""
    entry = context.state.get(UNCOVERED, unit)
    return 0 if entry is None else entry.value


def consumption_meter(context: Context, consumer: bytes, unit: bytes) -> bytes | None:
    """The key of the meter that measures what the consumer takes from the unit."""
    link = context.state.get(BINDINGS, unit + consumer + bytes((MeterKind.CONSUMPTION,)))
    return None if link is None else link.target


def draw(
    context: Context,
    grant: Grant,
    energy_wh: int,
    end: SessionEnd = SessionEnd.USED_UP,
    interval: Interval | None = None,
) -> int:
    """Consume granted energy: one operation of the imbalance rule (C2); `end` is why it ends if it is empty.

    `interval`: the reading's that measured it; None for a manual report, which is about now. Burns at the session's
    rate, never so much that the energy still granted would not be paid at par: that is where the rounding up of many
    small reports stops. What the books have lost already is burned all the same, and comes out of the unit's recorded
    loss instead (C8). Returns what the books held of it.
    """
    if is_sweeping(context, grant.unit):
        raise Refused("sessions at this unit are being ended; try again in a few blocks", code="sessions_ending")
    context.charge(DRAW)
    session = grant.session
    before = open_gap(context.state)
    cost = _draw_cost(context, session, energy_wh, interval)
    left_wh = session.energy_wh - energy_wh
    burned = energy_wh * BASE_PER_WH + cost
    burn_locked(context.state, grant.consumer, ENERGY_ASSET, grant.purpose, burned)
    from_books = min(energy_wh, grant.backed_wh)
    lost_wh = energy_wh - from_books
    unit = context.get(UNITS, grant.unit)
    context.state.put(UNITS, grant.unit, msgspec.structs.replace(unit, locked_wh=unit.locked_wh - from_books))
    change_network_energy(context, -from_books)
    tell_books(context, BooksChange(grant.unit, -from_books, grant.consumer, session=session.number))
    if lost_wh:
        _undo_loss(context, grant.unit, lost_wh)
        no_longer_presumed(context, grant.unit, lost_wh, grant.consumer)
    rest = msgspec.structs.replace(
        session, locked=session.locked - burned, energy_wh=left_wh, lost_wh=session.lost_wh - lost_wh
    )
    kept = _keep(context, grant, rest)
    context.emit(
        EnergyDrawn(
            grant.unit, grant.consumer, energy_wh, burned, cost, session.number, lost_wh, grant.waiting
        )
    )  # fmt: skip
    settle_rate(context, before, cost)
    if left_wh == 0:
        if kept.waiting:
            return_lock(context, kept)
        else:
            end_session(context, kept, end)
    return from_books


def _draw_cost(context: Context, session: Session, energy_wh: int, interval: Interval | None) -> int:
    """What a draw pays beside par: of its own time where it is late (I8), at most what the lock has above par."""
    most, gap = session.locked - session.energy_wh * BASE_PER_WH, Gap(session.gap)
    if interval is not None:
        late = late_burning_cost(context, energy_wh, session.rate, gap, most=most, interval=interval)
        if late is not None:
            return late
    return min(burning_cost(context, energy_wh, session.rate, gap), most)


def has_sessions(context: Context, consumer: bytes, unit: bytes) -> bool:
    """Whether the pair has a session, open or waiting."""
    pair, state = consumer + unit, context.state
    return state.get(SESSIONS, pair) is not None or state.first(WAITING_SESSIONS, pair) is not None


def draw_interval(context: Context, meter: Meter, interval: Interval) -> tuple[int, int]:
    """Draw what a meter measured from the pair's sessions, oldest first (M8); what is left was grid import.

    Of an interval that began before a session opened counts what the declared power can have drawn since then: when its
    meter is read, the consumer decides, so what nobody knows is its to pay. A session ends with the first reading
    signed at or after its end, whose interval is drawn whole; not while a jump of its time waits for a vote. Returns
    the Wh drawn and what the books held of them.
    """
    drawn = from_books = 0
    for session in _sessions_until(context, meter.account, meter.unit, interval.end_ms):
        most_wh = interval.energy_wh
        if interval.start_ms < session.opened_ms:
            most_wh = min(most_wh, at_full_power(meter, interval.end_ms - session.opened_ms))
        end_ms = session.ended_ms or session.deadline_ms
        part = min(interval.energy_wh - drawn, most_wh, session.energy_wh) if interval.start_ms < end_ms else 0
        if part:
            from_books += draw(context, Grant(meter.account, meter.unit, session), part, interval=interval)
            drawn += part
        if interval.end_ms >= end_ms and part < session.energy_wh and is_decided(meter, session.opened_ms, end_ms):
            _settle(context, meter.account, meter.unit, session.number)
    return drawn, from_books


def _sessions_until(context: Context, consumer: bytes, unit: bytes, time_ms: int) -> Iterator[Session]:
    """The pair's sessions that were opened before a time, oldest first, those that wait and then the open one.

    Each opened after the one before had ended, so the first that is younger is the last that is looked at: a reading of
    old time pays for no look at what came since (W1).
    """
    pair = consumer + unit
    for key in context.state.keys(WAITING_SESSIONS, pair):
        session = context.get(WAITING_SESSIONS, key)
        if session.opened_ms >= time_ms:
            return
        yield session
    opened = context.state.get(SESSIONS, pair)
    if opened is not None and opened.opened_ms < time_ms:
        yield opened


def settle_decided(context: Context, meter: Meter) -> None:
    """The locks return that waited for a jump of the meter which is no more, if its last reading is known (M8)."""
    if meter.kind != MeterKind.CONSUMPTION:
        return
    opened = open_grant(context, meter.account, meter.unit)
    for grant in [*waiting_grants(context, meter.account, meter.unit), *([opened] if opened is not None else [])]:
        session = grant.session
        end_ms = session.ended_ms or session.deadline_ms
        if meter.time_ms >= end_ms and is_decided(meter, session.opened_ms, end_ms):
            _settle(context, grant.consumer, grant.unit, session.number)


def _settle(context: Context, consumer: bytes, unit: bytes, number: int) -> None:
    """The last reading of a session has come: what is left returns."""
    found = open_grant(context, consumer, unit)
    if found is not None and found.session.number == number:
        end_session(context, found, SessionEnd.EXPIRED, settled=True)
        return
    session = context.get(WAITING_SESSIONS, consumer + unit + big_endian(number))
    return_lock(context, Grant(consumer, unit, session))


def end_session(context: Context, grant: Grant, reason: SessionEnd, *, settled: bool = False) -> None:
    """End an open session (C3-C6): its lock waits for what was consumed before, or returns at once.

    `settled`: all that was consumed is known.
    """
    context.charge(SESSION_END)
    state, session = context.state, grant.session
    ended_ms = min(context.time_ms, session.deadline_ms)
    returns_ms = ended_ms if settled or session.energy_wh == 0 else _returns_at(context, grant, reason, ended_ms)
    state.delete(SESSIONS, grant.key)
    cancel_expiry(context, session.deadline_ms, SESSION_DUE, session.number)
    change_count(state, grant.consumer, OPEN_SESSIONS, -1)
    if returns_ms <= context.time_ms:
        _return(context, grant, reason)
        return
    unlock(state, grant.consumer, ENERGY_ASSET, SESSION_LOCK, session.locked)
    lock(state, grant.consumer, ENERGY_ASSET, WAITING_LOCK, session.locked)
    waits = Grant(
        grant.consumer,
        grant.unit,
        msgspec.structs.replace(session, ended_ms=ended_ms, reason=int(reason), returns_ms=in_range(returns_ms)),
    )
    state.put(WAITING_SESSIONS, waits.key, waits.session)
    schedule(context, returns_ms, SESSION_DUE, session.number, waits.key)
    context.emit(
        SessionEnded(
            grant.unit, grant.consumer, session.number, session.locked, session.energy_wh, reason, ended_ms, returns_ms
        )
    )


def _returns_at(context: Context, grant: Grant, reason: SessionEnd, ended_ms: int) -> int:
    """When the lock of a session that ends returns at the latest: the last reading may be known already."""
    meter_key = consumption_meter(context, grant.consumer, grant.unit)
    if meter_key is None:
        return ended_ms if reason in _AT_ONCE else ended_ms + context.parameter(CLOSE_NOTICE)
    meter = context.get(METERS, meter_key)
    if meter.time_ms >= ended_ms and is_decided(meter, grant.session.opened_ms, ended_ms):
        return ended_ms
    return ended_ms + context.parameter(SILENT_LOCK)


def return_lock(context: Context, grant: Grant) -> None:
    """Give a waiting session's lock back (C4, C6): settled, released, or waited for long enough."""
    context.charge(LOCK_RETURN)
    context.state.delete(WAITING_SESSIONS, grant.key)
    cancel_expiry(context, grant.session.returns_ms, SESSION_DUE, grant.session.number)
    _return(context, grant, SessionEnd(grant.session.reason))


def return_waiting(context: Context, consumer: bytes, unit: bytes) -> None:
    """Give all waiting locks of a pair back: no reading will come any more (C6)."""
    for grant in waiting_grants(context, consumer, unit):
        return_lock(context, grant)


def _return(context: Context, grant: Grant, reason: SessionEnd) -> None:
    state, session = context.state, grant.session
    _pay_reservation(context, grant, reason)
    unlock(state, grant.consumer, ENERGY_ASSET, grant.purpose, session.locked)
    state.delete(UNIT_SESSIONS, index_key(grant.unit, session))
    for forget in context.hooks.at(SESSION_OVER):
        forget(context, grant.unit, grant.consumer, session.number)
    freed_wh = _give_back(context, grant.unit, grant.backed_wh)
    context.emit(
        SessionClosed(grant.unit, grant.consumer, session.number, session.locked, freed_wh, reason, grant.waiting)
    )


def give_up_energy(context: Context, grant: Grant, needed_wh: int) -> None:
    """End a session because the unit holds less (C8): refunded at once, or, where a meter is bound, when its last
    reading has come. Then it keeps what it may draw, as far as needed without energy behind it.
    """
    if not grant.waiting:
        end_session(context, grant, SessionEnd.SHORTFALL)
        pair = context.state.get(WAITING_SESSIONS, grant.consumer + grant.unit + big_endian(grant.session.number))
        if pair is None:
            trim_presumed(context, grant.consumer, grant.unit)
            return
        grant = Grant(grant.consumer, grant.unit, pair)
    elif consumption_meter(context, grant.consumer, grant.unit) is None:
        return_lock(context, grant)
        return
    taken = min(needed_wh, grant.backed_wh)
    freed_wh = _give_back(context, grant.unit, taken)
    lost = msgspec.structs.replace(grant.session, lost_wh=grant.session.lost_wh + taken)
    _keep(context, grant, lost)
    context.emit(EnergyLost(grant.unit, grant.consumer, grant.session.number, taken, freed_wh))


def _give_back(context: Context, address: bytes, energy_wh: int) -> int:
    """Energy of a session makes up for what the books lost before; the rest, which is returned, is free again."""
    uncovered = uncovered_wh(context, address)
    covered_wh = min(energy_wh, uncovered)
    if covered_wh:
        context.state.put(UNCOVERED, address, Counter(uncovered - covered_wh))
    freed_wh = energy_wh - covered_wh
    unit = context.get(UNITS, address)
    moved = msgspec.structs.replace(
        unit, available_wh=unit.available_wh + freed_wh, locked_wh=unit.locked_wh - freed_wh
    )
    context.state.put(UNITS, address, moved)
    return freed_wh


def _keep(context: Context, grant: Grant, session: Session) -> Grant:
    """Store a session as it is now; the unit's index names those whose energy its books hold."""
    kept = Grant(grant.consumer, grant.unit, session)
    context.state.put(WAITING_SESSIONS if kept.waiting else SESSIONS, kept.key, session)
    key = index_key(grant.unit, session)
    if kept.backed_wh:
        context.state.put(UNIT_SESSIONS, key, Link(grant.consumer))
    else:
        context.state.delete(UNIT_SESSIONS, key)
    return kept


def _undo_loss(context: Context, unit_address: bytes, energy_wh: int) -> None:
    """What the books lost is known to have been consumed: it is out of both records of the unit's losses (U5)."""
    undone = min(energy_wh, context.get(UNITS, unit_address).shortfall_wh)
    undo_level_losses(context, unit_address, undone)
    explain_in_records(context, unit_address, undone)


def _pay_reservation(context: Context, grant: Grant, reason: SessionEnd) -> None:
    """The unit's owner is paid for the time held, rounded down; the rest returns (C9).

    A session that waits holds its energy still, unless the unit itself has ended it.
    """
    session = grant.session
    until_ms = session.ended_ms if grant.waiting and reason in _BY_THE_UNIT else context.time_ms
    held_ms = min(until_ms, session.deadline_ms) - session.opened_ms
    if session.reservation == 0:
        return
    lifetime_ms = session.deadline_ms - session.opened_ms
    paid = session.reservation * held_ms // lifetime_ms
    owner = context.get(UNITS, grant.unit).owner
    spend_locked(context.state, grant.consumer, ENERGY_ASSET, RESERVATION_LOCK, paid)
    credit(context.state, owner, ENERGY_ASSET, paid)
    unlock(context.state, grant.consumer, ENERGY_ASSET, RESERVATION_LOCK, session.reservation - paid)
    context.emit(ReservationPaid(grant.unit, grant.consumer, owner, session.number, paid, session.reservation - paid))


def end_sessions_of(context: Context, consumer: bytes) -> None:
    """End all open sessions of an expelled member (N3); at most `MAX_OPEN_SESSIONS`."""
    for key in context.state.scan(SESSIONS, consumer):
        end_session(context, Grant(consumer, key[20:], context.get(SESSIONS, key)), SessionEnd.EXPELLED)
        settle_presumed(context, consumer, key[20:])


def end_with_binding(context: Context, meter: Meter) -> None:
    """The open session of a meter that is unbound ends (M4): its consumer agreed to what the meter measures, not to
    reports by hand.
    """
    if meter.kind == MeterKind.CONSUMPTION:
        _release_open(context, meter.account, meter.unit)
        return_waiting(context, meter.account, meter.unit)
        settle_presumed(context, meter.account, meter.unit)


def _release_open(context: Context, consumer: bytes, unit: bytes) -> None:
    opened = open_grant(context, consumer, unit)
    if opened is not None:
        end_session(context, opened, SessionEnd.RELEASED, settled=True)


def check_not_sweeping(context: Context, meter: Meter) -> None:
    """While a unit's sessions are being ended, readings wait (C10)."""
    if is_sweeping(context, meter.unit):
        raise InclusionError("sessions at the meter's unit are being ended; its readings wait", code="unit_sweeping")
