"""What follows from a unit's terms (rule U8): what it keeps of energy put in, and what it loses by standing."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, in_range, saturated
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.parameters import DAY_MS
from ledger.energy.schema import STANDING_LOSS_DUE, UNITS, Unit
from ledger.energy.storage_terms import WHOLE, StorageTerms
from ledger.errors import Refused


def check_terms(capacity_wh: int, terms: StorageTerms) -> None:
    """Refuse terms that cannot be those of one unit; without a registered capacity there is none to compare with."""
    if capacity_wh and (terms.nominal_wh and terms.nominal_wh < capacity_wh):
        raise Refused("the nominal capacity is below the usable one", code="bad_terms")
    if capacity_wh and max(terms.standing_wh, terms.reserve_wh) > capacity_wh:
        raise Refused("the standing loss of a day or the reserve exceeds the capacity", code="bad_terms")


def kept_of(unit: Unit, energy_wh: int) -> int:
    """What a unit keeps of energy put in: floor(X' x e) - floor(X x e) of its cumulative inflow (E5).

    Cumulative, so that many small readings lose nothing to rounding; X counts modulo `WHOLE`, which changes nothing.
    """
    parts = unit.terms.efficiency_parts
    return (unit.inflow_wh + energy_wh) * parts // WHOLE - unit.inflow_wh * parts // WHOLE


def room_for(unit: Unit, room_wh: int) -> int:
    """The most energy that may be put in so that the unit keeps at most `room_wh` of it."""
    if room_wh <= 0:
        return 0
    parts = unit.terms.efficiency_parts
    beyond = unit.inflow_wh * parts // WHOLE + room_wh + 1
    return -(-beyond * WHOLE // parts) - 1 - unit.inflow_wh


def with_inflow(unit: Unit, energy_wh: int, booked_wh: int) -> Unit:
    """The unit with energy put in: `booked_wh` is free there, the rest its efficiency takes (U8)."""
    return msgspec.structs.replace(
        unit,
        available_wh=in_range(unit.available_wh + booked_wh),
        inflow_wh=(unit.inflow_wh + energy_wh) % WHOLE,
        expected_wh=saturated(unit.expected_wh + energy_wh - booked_wh),
    )


def standing_until(unit: Unit, time_ms: int) -> int:
    """The standing loss up to a time that is not booked yet (U9)."""
    if not unit.standing_from_ms:
        return 0
    passed_ms = max(time_ms - unit.standing_from_ms, 0)
    return unit.standing_owed_wh + max(unit.terms.standing_wh * passed_ms // DAY_MS - unit.standing_booked_wh, 0)


def with_standing_booked(unit: Unit, energy_wh: int) -> Unit:
    """The unit with some of its standing loss booked: the oldest first."""
    owed_wh = max(unit.standing_owed_wh - energy_wh, 0)
    booked_wh = unit.standing_booked_wh + energy_wh - (unit.standing_owed_wh - owed_wh)
    return msgspec.structs.replace(unit, standing_owed_wh=owed_wh, standing_booked_wh=booked_wh)


def start_standing(context: Context, address: bytes) -> None:
    """Begin a unit's days of standing loss now, if it has one."""
    unit = context.get(UNITS, address)
    if unit.terms.standing_wh:
        run_standing(context, address, context.time_ms, 0)


def run_standing(context: Context, address: bytes, from_ms: int, owed_wh: int) -> None:
    """Let a day of a unit's standing loss begin."""
    unit = context.get(UNITS, address)
    schedule(context, in_range(from_ms + DAY_MS), STANDING_LOSS_DUE, unit.number, address)
    changed = msgspec.structs.replace(unit, standing_from_ms=from_ms, standing_booked_wh=0, standing_owed_wh=owed_wh)
    context.state.put(UNITS, address, changed)


def stop_standing(context: Context, address: bytes) -> None:
    """A unit loses nothing more by standing: it is removed, or its terms change."""
    unit = context.get(UNITS, address)
    if unit.standing_from_ms:
        cancel_expiry(context, unit.standing_from_ms + DAY_MS, STANDING_LOSS_DUE, unit.number)
        changed = msgspec.structs.replace(unit, standing_from_ms=0, standing_booked_wh=0, standing_owed_wh=0)
        context.state.put(UNITS, address, changed)
