"""A meter's transaction: readings applied one after the other (rule M9)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, saturated
from ledger.errors import Refused
from ledger.limits import MAX_INTEGER
from ledger.metering.bindings import awaited_opening_ms
from ledger.metering.events import MeterOpened, ReadingQuarantined, ReadingsAccepted
from ledger.metering.payloads import SubmitReadings
from ledger.metering.points import READINGS_BOOKED, READINGS_CHECK, book, open_bookings
from ledger.metering.registers import Interval, after_accepted, after_quarantine, interval_between, opened_at
from ledger.metering.schema import AWAITED_OPENINGS, METERS, MeterKind, Quarantine
from ledger.metering.weights import TWO_READINGS


def do_submit_readings(context: Context, payload: SubmitReadings) -> None:
    """Apply the readings of a bound meter; a bad one is quarantined, the rest goes on.

    Refused as a whole: another profile, register or scale than the bound one, or a boot counter that fell.
    """
    context.charge((TWO_READINGS * (1 + len(payload.steps)) + 1) // 2)
    key = context.sender_key
    if not isinstance(key, bytes):
        raise Refused("a meter has a single key", code="unknown_meter")
    meter = context.get(METERS, key)
    for check in context.hooks.at(READINGS_CHECK):
        check(context, meter)
    if (payload.profile, payload.obis, payload.scale) != (meter.profile, meter.obis, meter.scale):
        raise Refused("profile, OBIS code or scale differ from the bound ones", code="profile_mismatch")
    if payload.boot < meter.boot:
        raise Refused("the boot counter fell", code="boot_counter_fell")
    latest_ms = context.time_ms + context.genesis.drift_ms
    bookings = open_bookings(context, meter)
    awaited_ms = awaited_opening_ms(context, key)
    accepted = total_wh = shown_register = 0
    for sequence, time_ms, register in absolute_readings(payload, context.nonce):
        outcome: Interval | Quarantine | None = interval_between(meter, register, time_ms, latest_ms)
        if awaited_ms is not None and time_ms < awaited_ms:
            outcome = Quarantine.NOT_LATER
        elif awaited_ms is not None and isinstance(outcome, Interval):
            # The first reading since voters bound it: nothing that it counted before is anybody's (JO9).
            meter, awaited_ms, outcome = opened_at(meter, register, time_ms), None, None
            context.state.delete(AWAITED_OPENINGS, key)
            context.emit(MeterOpened(key, meter.account, sequence, register, time_ms))
            continue
        if isinstance(outcome, Interval):
            energy_wh = outcome.energy_wh
            outcome = book(bookings, meter, outcome)
            if outcome is None:
                accepted += 1
                total_wh = energy_wh if meter.kind == MeterKind.STORAGE else saturated(total_wh + energy_wh)
                meter, shown_register = after_accepted(meter, register, time_ms), register
        if outcome is not None:
            meter = after_quarantine(meter, register, time_ms, outcome)
            shown = min(max(register, 0), MAX_INTEGER)
            context.emit(ReadingQuarantined(key, sequence, shown, min(max(time_ms, 0), MAX_INTEGER), int(outcome)))
    for booking in bookings:
        booking.close()
    meter = msgspec.structs.replace(meter, sequence=context.nonce, boot=payload.boot)
    context.state.put(METERS, key, meter)
    for follow in context.hooks.at(READINGS_BOOKED):
        follow(context, meter)
    if accepted:
        context.emit(
            ReadingsAccepted(key, meter.account, context.nonce, accepted, total_wh, shown_register, meter.time_ms)
        )


def absolute_readings(payload: SubmitReadings, nonce: int) -> list[tuple[int, int, int]]:
    """The readings as (sequence, time in ms, raw register)."""
    sequence = payload.first_sequence(nonce)
    time_ms, register = payload.first_ms, payload.first_register
    readings = [(sequence, time_ms, register)]
    for step in payload.steps:
        sequence += step.sequence
        time_ms += step.time_ms
        register += step.register
        readings.append((sequence, time_ms, register))
    return readings
