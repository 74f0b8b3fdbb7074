"""What a unit really holds against its books (rules E8, E9, E13-E15).

A storage meter's level is compared with the books as of its signed time, once the unit's other meters have reported
up to then, or after `slot_grace`: else an interval that is still on its way would look like a loss. Two levels of a
unit wait at most: the one that came first, and the latest that came since.
"""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, in_range, saturated
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.energy.events import (
    ActualReported,
    ExpectedLoss,
    GainExplained,
    GainQuarantined,
    LossExplained,
)
from ledger.energy.flows import flowed_after, flows_known_since, flows_of, part_until, with_open
from ledger.energy.genesis import ENERGY_SECTION
from ledger.energy.imbalance import network_room, open_gap, settle_rate
from ledger.energy.level_losses import (
    explained_by,
    explained_in_order,
    has_level_losses,
    note_level_loss,
    undo_level_losses,
)
from ledger.energy.losses import explain_in_records, record_loss
from ledger.energy.parameters import LEVEL_BAND, SLOT_GRACE
from ledger.energy.presumed import no_longer_presumed, presume_drawn, presumed_of
from ledger.energy.schema import LEVEL_DUE, UNITS, WAITING_LEVELS, Level, UnitStatus, WaitingLevels
from ledger.energy.silent_meters import silent_accounts
from ledger.energy.terms import standing_until, with_standing_booked
from ledger.energy.units import add_to_books, books, reduce_books
from ledger.energy.weights import BINDING_LOOK, LEVEL, LEVEL_LOSS
from ledger.metering.registers import Interval
from ledger.metering.schema import BINDINGS, METERS, Meter, MeterKind


def apply_actual(context: Context, address: bytes, energy_wh: int) -> None:
    """A manual report of what a unit holds now: the books are set to it (E8, E9)."""
    lost_wh, gained_wh = _compare(context, address, Level(context.time_ms, energy_wh, context.time_ms, 0, 0, 0), 0)
    if lost_wh == gained_wh == 0:
        context.emit(ActualReported(address, energy_wh, 0, 0))


def note_level(context: Context, address: bytes, interval: Interval) -> None:
    """A storage meter's level: it waits until `settle_levels`, or until it is due (E14).

    One of a time at which the books are not known any more is not compared (E13).
    """
    context.charge(LEVEL)
    if interval.end_ms < flows_known_since(context, address):
        return
    due_ms = in_range(context.time_ms + context.parameter(SLOT_GRACE))
    level = Level(interval.end_ms, interval.energy_wh, due_ms, context.next_number(b"level"), 0, 0)
    level = with_open(level, flows_of(context, address))
    waiting = context.state.get(WAITING_LEVELS, address)
    if waiting is None:
        _wait(context, address, WaitingLevels((level,), b""))
    else:
        changed = WaitingLevels((waiting.levels[0], level), waiting.awaited)
        context.state.put(WAITING_LEVELS, address, changed)


def settle_after_readings(context: Context, meter: Meter) -> None:
    """A meter of a unit has reported (E14)."""
    settle_levels(context, meter.unit)


def settle_levels(context: Context, address: bytes) -> None:
    """Compare the levels that wait for nobody any more; a meter of the unit has reported (E14).

    The meter that was found missing is watched: only when it has reported are those after it looked at, so that the
    work for one level is at most the unit's bindings, however often they report.
    """
    waiting = context.state.get(WAITING_LEVELS, address)
    while waiting is not None:
        level = waiting.levels[0]
        awaited = b""
        if context.time_ms < level.due_ms:
            awaited = _unreported(context, address, level.time_ms, waiting.awaited)
        if awaited:
            if awaited != waiting.awaited:
                context.state.put(WAITING_LEVELS, address, WaitingLevels(waiting.levels, awaited))
            return
        cancel_expiry(context, level.due_ms, LEVEL_DUE, level.number)
        waiting = _settle_first(context, address, waiting, b"")


def level_due(context: Context, subject: bytes) -> None:
    """A level has waited long enough (E14)."""
    waiting = context.get(WAITING_LEVELS, subject)
    _settle_first(context, subject, waiting, waiting.awaited)


def forget_levels(context: Context, address: bytes) -> None:
    """The unit is removed: nothing of it waits."""
    waiting = context.state.get(WAITING_LEVELS, address)
    if waiting is not None:
        first = waiting.levels[0]
        cancel_expiry(context, first.due_ms, LEVEL_DUE, first.number)
        context.state.delete(WAITING_LEVELS, address)


def explain_loss(context: Context, address: bytes, consumer: bytes, drawn_wh: int, interval: Interval) -> None:
    """A draw that was measured before a level that came first is no loss: out of both records, into the books (E15).

    Only of what the first level after it found missing: an older or a newer loss has another cause. What the consumer
    was presumed to have drawn by a level within the interval was drawn by then (I9), of the rest its part by time.
    """
    presumed_wh = min(presumed_of(context, address, consumer).energy_wh, drawn_wh)
    part, left_wh = explained_in_order(context, address, presumed_wh, interval)
    part += explained_by(context, address, drawn_wh - presumed_wh + left_wh, interval)
    explained = min(part, context.get(UNITS, address).shortfall_wh, network_room(context.state))
    if explained <= 0:
        return
    before = open_gap(context.state)
    explain_in_records(context, address, explained)
    add_to_books(context, address, explained)
    no_longer_presumed(context, address, explained, consumer)
    context.emit(LossExplained(address, explained))
    settle_rate(context, before)


def explain_gain(context: Context, address: bytes, stored_wh: int, interval: Interval) -> None:
    """Production measured before a level that came first: what that booked as a gain is not booked twice (E15).

    What it covered of a level's loss later draws do not explain; what earlier ones have the next level finds.
    """
    unit = context.get(UNITS, address)
    if not unit.level_gain_wh and not has_level_losses(context, address):
        return
    part = part_until(stored_wh, interval.start_ms, interval.end_ms, unit.level_ms)
    explained = max(min(part, unit.level_gain_wh), 0)
    if explained:
        before = open_gap(context.state)
        changed = msgspec.structs.replace(unit, level_gain_wh=unit.level_gain_wh - explained)
        context.state.put(UNITS, address, changed)
        reduce_books(context, address, explained)
        context.emit(GainExplained(address, explained))
        settle_rate(context, before)
    explained_by(context, address, explained - stored_wh, interval)


def _wait(context: Context, address: bytes, waiting: WaitingLevels) -> None:
    first = waiting.levels[0]
    schedule(context, first.due_ms, LEVEL_DUE, first.number, address)
    context.state.put(WAITING_LEVELS, address, waiting)


def _settle_first(context: Context, address: bytes, waiting: WaitingLevels, awaited: bytes) -> WaitingLevels | None:
    """Compare the first level; the other one, if there is one, waits now."""
    unit = context.get(UNITS, address)
    band_wh = unit.capacity_wh * context.parameter(LEVEL_BAND) // PARTS
    _compare(context, address, waiting.levels[0], band_wh)
    if len(waiting.levels) == 1:
        context.state.delete(WAITING_LEVELS, address)
        return None
    following = WaitingLevels(waiting.levels[1:], awaited)
    _wait(context, address, following)
    return following


def _unreported(context: Context, address: bytes, time_ms: int, awaited: bytes) -> bytes:
    """The first binding, from the awaited one on, whose meter has not reported up to a time; empty if there is none."""
    key: bytes | None = awaited or None
    if key is None or context.state.get(BINDINGS, key) is None:
        key = next(context.state.scan(BINDINGS, address, key), None)
    while key is not None:
        context.charge(BINDING_LOOK)
        if key[-1] != MeterKind.STORAGE:
            meter = context.get(METERS, context.get(BINDINGS, key).target)
            if meter.time_ms < time_ms:
                return key
        key = next(context.state.scan(BINDINGS, address, key), None)
    return b""


def _compare(context: Context, address: bytes, level: Level, band_wh: int) -> tuple[int, int]:
    """Move the books by what a level differs from them beyond the band, and beyond what intervals across its time leave
    open; returns what was lost and gained (E13)."""
    context.charge(LEVEL)
    unit = context.get(UNITS, address)
    before = open_gap(context.state)
    surplus_wh = level.level_wh - (books(unit) - flowed_after(context, address, level.time_ms))
    context.state.put(UNITS, address, msgspec.structs.replace(unit, level_ms=level.time_ms, level_gain_wh=0))
    lost_wh = gained_wh = 0
    missing_wh = -surplus_wh - band_wh - level.less_wh
    if missing_wh > 0:
        lost_wh = _book_loss(context, address, missing_wh, level.time_ms)
        _quarantine(context, address, 0)
    else:
        gained_wh = _book_gain(context, address, max(surplus_wh - band_wh - level.more_wh, 0), level)
    if lost_wh or gained_wh:
        context.emit(ActualReported(address, level.level_wh, lost_wh, gained_wh))
    settle_rate(context, before)
    return lost_wh, gained_wh


def _book_loss(context: Context, address: bytes, missing_wh: int, time_ms: int) -> int:
    """Take what is missing off the books; what the terms do not explain is recorded, and returned (E8)."""
    context.charge(LEVEL_LOSS)
    granted_wh = context.get(UNITS, address).locked_wh
    taken = reduce_books(context, address, missing_wh)
    unit = context.get(UNITS, address)
    expected_wh = min(standing_until(unit, time_ms), taken)
    if expected_wh:
        changed = with_standing_booked(unit, expected_wh)
        total = saturated(unit.expected_wh + expected_wh)
        context.state.put(UNITS, address, msgspec.structs.replace(changed, expected_wh=total))
        context.emit(ExpectedLoss(address, expected_wh))
    record_loss(context, address, taken - expected_wh)
    note_level_loss(context, address, time_ms, taken - expected_wh)
    if granted_wh:
        presume_drawn(context, address, taken - expected_wh, time_ms)
    return taken - expected_wh


def _book_gain(context: Context, address: bytes, gain_wh: int, level: Level) -> int:
    """A gain undoes recorded loss, then what the terms took; of the rest a unit books a share a day (E9).

    Nothing while a production meter is silent, which may have measured it: who withholds its readings would make a
    surplus of them. It books no more than the network has room for: what it found missing is no reason to refuse the
    level.
    """
    unit = context.get(UNITS, address)
    fitting_wh = min(gain_wh, network_room(context.state))
    if fitting_wh and level.number and _may_be_unread(context, address, level.time_ms):
        fitting_wh = 0
    day = context.time_ms // DAY_MS
    today = unit.gain_wh if unit.gain_day == day else 0
    undone = accepted = 0
    if unit.status == UnitStatus.ACTIVE:
        undone = min(fitting_wh, unit.shortfall_wh)
        accepted = min(fitting_wh - undone, unit.expected_wh)
        rest = fitting_wh - undone - accepted
        most = rest
        if unit.capacity_wh:
            most = max(unit.capacity_wh * ENERGY_SECTION.of(context.genesis).gain_parts // PARTS - today, 0)
        today += min(rest, most)
        accepted += min(rest, most)
    booked = undone + accepted
    changed = msgspec.structs.replace(
        unit,
        shortfall_wh=unit.shortfall_wh - undone,
        expected_wh=0 if booked else unit.expected_wh,
        gain_day=day,
        gain_wh=saturated(today),
        level_gain_wh=booked,
    )
    context.state.put(UNITS, address, changed)
    undo_level_losses(context, address, undone)
    add_to_books(context, address, booked)
    no_longer_presumed(context, address, booked)
    _quarantine(context, address, gain_wh - booked)
    return booked


def _may_be_unread(context: Context, address: bytes, time_ms: int) -> bool:
    """Whether a production meter of the unit has not said what it measured before a time."""
    return any(silent_accounts(context, address, MeterKind.PRODUCTION, time_ms))


def _quarantine(context: Context, address: bytes, energy_wh: int) -> None:
    """The gain that waits is what the latest level leaves unexplained, not a sum over levels (E9)."""
    unit = context.get(UNITS, address)
    if unit.quarantined_wh != energy_wh:
        context.state.put(UNITS, address, msgspec.structs.replace(unit, quarantined_wh=energy_wh))
        if energy_wh:
            context.emit(GainQuarantined(address, energy_wh))
