"""Generators: what a production register is of, and what it metered day by day (rules CE1 to CE3)."""

from __future__ import annotations

import msgspec

from ledger.certificates.events import EnergyHeldBack, GeneratorDescribed
from ledger.certificates.limits import (
    FORGOTTEN_DAYS_AT_ONCE,
    KEPT_GENERATOR_DAYS,
    MAX_GENERATOR_WH,
    MAX_GENERATORS,
)
from ledger.certificates.payloads import DescribeGenerator, HoldBackEnergy
from ledger.certificates.schema import GENERATOR_COUNT, GENERATOR_DAYS, GENERATORS, EnergyGenerator, GeneratorDay
from ledger.certificates.weights import GENERATOR_CHANGE, GENERATOR_DAY, GENERATOR_LOOK
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.errors import Refused
from ledger.metering.bindings import binding_key
from ledger.metering.points import IntervalBooking
from ledger.metering.registers import Interval
from ledger.metering.schema import BINDINGS, Meter, MeterKind, Quarantine
from ledger.state.table import big_endian


def check_describe_generator(context: Context, action: DescribeGenerator) -> None:
    """Refuse what cannot be carried out now, or changes nothing (CE1)."""
    context.charge(GENERATOR_CHANGE)
    known = context.state.get(GENERATORS, action.unit + action.account)
    if known is None:
        if context.state.get(BINDINGS, binding_key(action.unit, action.account, MeterKind.PRODUCTION)) is None:
            raise Refused("no production meter of this account is bound at this unit", code="unknown_register")
        if context.count(GENERATOR_COUNT) >= MAX_GENERATORS:
            raise Refused(f"at most {MAX_GENERATORS} generators are described", code="too_many_generators")
    elif (known.source, known.rated_w, known.commissioned_ms) == (
        action.source,
        action.rated_w,
        action.commissioned_ms,
    ):
        raise Refused("the generator is described so already", code="unchanged")


def describe_generator(context: Context, action: DescribeGenerator) -> None:
    """Carry out a vote: what was not certified yet is certified as what voters say now (CE1)."""
    check_describe_generator(context, action)
    key = action.unit + action.account
    known = context.state.get(GENERATORS, key)
    if known is None:
        context.change_count(GENERATOR_COUNT, 1)
        known = EnergyGenerator(
            action.source, action.rated_w, action.commissioned_ms, context.time_ms, 0, 0, 0, 0, 0
        )  # fmt: skip
    described = msgspec.structs.replace(
        known, source=action.source, rated_w=action.rated_w, commissioned_ms=action.commissioned_ms
    )
    context.state.put(GENERATORS, key, described)
    context.emit(GeneratorDescribed(action.unit, action.account, action.source, action.rated_w, action.commissioned_ms))


def check_hold_back(context: Context, action: HoldBackEnergy) -> None:
    """Refuse more than was ever metered, less what is corrected already (CE3)."""
    context.charge(GENERATOR_CHANGE)
    found = known_generator(context, action.unit, action.account)
    if action.energy_wh > found.metered_wh - found.corrected_wh - found.withheld_wh:
        raise Refused("the register has not metered so much", code="above_metered")


def hold_back(context: Context, action: HoldBackEnergy) -> None:
    """Carry out a vote: certificates that are out stay, the next ones are less (CE3)."""
    check_hold_back(context, action)
    found = known_generator(context, action.unit, action.account)
    later = msgspec.structs.replace(found, withheld_wh=found.withheld_wh + action.energy_wh)
    context.state.put(GENERATORS, action.unit + action.account, later)
    context.emit(EnergyHeldBack(action.unit, action.account, action.energy_wh, action.document))


def known_generator(context: Context, unit: bytes, account: bytes) -> EnergyGenerator:
    """One that voters have described; refuses others."""
    found = context.state.get(GENERATORS, unit + account)
    if found is None:
        raise Refused("voters have not described this production register", code="unknown_generator")
    return found


def day_key(unit: bytes, account: bytes, day: int) -> bytes:
    """The key of a UTC day (counted from 1970 on) of a generator."""
    return unit + account + big_endian(day)


def open_generator(context: Context, meter: Meter) -> IntervalBooking | None:
    """A production meter whose register voters have described: what it measures counts for days (CE2)."""
    if meter.kind != MeterKind.PRODUCTION:
        return None
    context.charge(GENERATOR_LOOK)
    if context.state.get(GENERATORS, meter.unit + meter.account) is None:
        return None
    return _Counting(context, meter)


class _Counting:
    """See `IntervalBooking`: nothing that other modules have booked is impossible here."""

    __slots__ = ("_context", "_days", "_key")

    def __init__(self, context: Context, meter: Meter) -> None:
        self._context, self._key = context, meter.unit + meter.account
        self._days: dict[int, int] = {}

    def book(self, _meter: Meter, interval: Interval) -> Quarantine | None:
        """Of an interval all counts for the day in which it ended."""
        day = (interval.end_ms - 1) // DAY_MS
        today = self._context.time_ms // DAY_MS
        if day < today - KEPT_GENERATOR_DAYS:
            day = today
        self._days[day] = self._days.get(day, 0) + interval.energy_wh
        return None

    def close(self) -> None:
        """Write the days, in order."""
        for day in sorted(self._days):
            self._context.charge(GENERATOR_DAY)
            _count(self._context, self._key, day, self._days[day])


def _count(context: Context, key: bytes, day: int, measured_wh: int) -> None:
    """Count energy for a day; what is of one that is certified already counts for that of the block (CE2)."""
    found = context.get(GENERATORS, key)
    energy_wh = min(measured_wh, MAX_GENERATOR_WH - found.metered_wh)
    if not energy_wh:
        return
    place = key + big_endian(day)
    entry = context.state.get(GENERATOR_DAYS, place)
    if entry is not None and entry.certificate:
        place = key + big_endian(context.time_ms // DAY_MS)
        entry = context.state.get(GENERATOR_DAYS, place)
    counted = msgspec.structs.replace(found, metered_wh=found.metered_wh + energy_wh)
    if entry is None:
        entry = GeneratorDay(0, 0)
        counted = _forget(context, key, counted)
    context.state.put(GENERATOR_DAYS, place, msgspec.structs.replace(entry, energy_wh=entry.energy_wh + energy_wh))
    context.state.put(GENERATORS, key, counted)


def _forget(context: Context, key: bytes, found: EnergyGenerator) -> EnergyGenerator:
    """With a new day the oldest ones go that are kept no longer, so that a generator has a bounded number (CE2)."""
    horizon = key + big_endian(max(0, context.time_ms // DAY_MS - KEPT_GENERATOR_DAYS))
    for _ in range(FORGOTTEN_DAYS_AT_ONCE):
        oldest = context.state.first(GENERATOR_DAYS, key)
        if oldest is None or oldest >= horizon:
            break
        context.charge(GENERATOR_DAY)
        entry = context.get(GENERATOR_DAYS, oldest)
        context.state.delete(GENERATOR_DAYS, oldest)
        if not entry.certificate:
            found = msgspec.structs.replace(found, forgotten_wh=found.forgotten_wh + entry.energy_wh)
    return found
