"""From a register to an interval of energy: what a reading says, and whether it can be true (rules M5, M6).

A meter's account stands at `register`. A step that cannot be true is kept beside it as a jump: what the register shows
from then on is compared with the reading that jumped, so only its rise above that counts, and time makes no jump true.
"""

from __future__ import annotations

import msgspec

from ledger.chain.parameters import HOUR_MS
from ledger.limits import MAX_INTEGER
from ledger.metering.schema import Meter, MeterKind, Quarantine


class Interval(msgspec.Struct, frozen=True):
    """What one reading adds: `energy_wh` (a level for storage) between two signed times, the last accepted and its own.

    `start_ms < end_ms`; the binding's opening is the first one's start. `energy_mwh`: the same of a rising register, as
    fine as that counts, at most the range of numbers.
    """

    energy_wh: int
    start_ms: int
    end_ms: int
    energy_mwh: int = 0


def to_wh(register: int, scale: int, factor: int = 1) -> int:
    """A raw register in Wh, rounded to the nearest, halves up; only differences of these are billed."""
    if scale >= 0:
        return int(register * factor * 10**scale)
    unit = int(10**-scale)
    return (2 * register * factor + unit) // (2 * unit)


def to_raw(energy_wh: int, scale: int, factor: int) -> int | None:
    """The raw register that shows just so many Wh; None where a step is larger, or does not go into it."""
    shown, step = energy_wh * 10 ** max(-scale, 0), factor * 10 ** max(scale, 0)
    register, rest = divmod(shown, step)
    return None if rest else int(register)


def interval_between(meter: Meter, register: int, time_ms: int, latest_ms: int) -> Interval | Quarantine:
    """The interval from the last accepted reading to this one, or why it cannot be true (M5, M6).

    `latest_ms`: block time plus the drift that genesis allows.
    """
    base, base_ms = _base(meter, register)
    if time_ms <= base_ms:
        return Quarantine.NOT_LATER
    if time_ms > latest_ms:
        return Quarantine.IN_FUTURE
    level = meter.kind == MeterKind.STORAGE
    if register < 0 or (meter.rollover and register >= meter.rollover):
        return Quarantine.FALLEN
    if register > MAX_INTEGER:
        return Quarantine.TOO_MUCH
    wraps = register < base and not level
    if wraps and (not meter.rollover or 2 * (register + meter.rollover - base) >= meter.rollover):
        # More than half way round nobody can tell a turn from a glitch.
        return Quarantine.FALLEN
    unwrapped = register + meter.rollover if wraps else register
    risen_wh = to_wh(unwrapped, meter.scale, meter.factor) - to_wh(base, meter.scale, meter.factor)
    if risen_wh > at_full_power(meter, time_ms - base_ms) + _step_wh(meter):
        return Quarantine.FALLEN if wraps else Quarantine.TOO_MUCH
    if level:
        return Interval(to_wh(register, meter.scale, meter.factor), base_ms, time_ms)
    risen_mwh = min(risen_wh * 1_000, MAX_INTEGER) if meter.scale >= 0 else _risen_mwh(meter, base, unwrapped)
    return Interval(risen_wh, base_ms, time_ms, risen_mwh)


def _risen_mwh(meter: Meter, base: int, register: int) -> int:
    scale = meter.scale + 3
    return min(to_wh(register, scale, meter.factor) - to_wh(base, scale, meter.factor), MAX_INTEGER)


def _base(meter: Meter, register: int) -> tuple[int, int]:
    """What a register is compared with, and since when: the quarantined one where it stands at or above that."""
    if meter.quarantined_register and register >= meter.quarantined_register:
        return meter.quarantined_register, meter.quarantined_ms
    return meter.register, meter.time_ms


def at_full_power(meter: Meter, elapsed_ms: int) -> int:
    """Declared power x time in Wh, rounded up."""
    return -(-meter.max_power_w * elapsed_ms // HOUR_MS)


def _step_wh(meter: Meter) -> int:
    """One step of the register, at least 1 Wh."""
    return meter.factor * int(10 ** max(meter.scale, 0))


def after_accepted(meter: Meter, register: int, time_ms: int) -> Meter:
    """The meter after a reading that counted; one below a quarantined register clears that (M6)."""
    if meter.quarantined_register and register >= meter.quarantined_register:
        counted = meter.register + register - meter.quarantined_register
        return msgspec.structs.replace(
            meter, register=counted, time_ms=time_ms, quarantined_register=register, quarantined_ms=time_ms
        )
    return _settled_at(meter, register, time_ms)


def after_quarantine(meter: Meter, register: int, time_ms: int, why: Quarantine) -> Meter:
    """The meter after a reading that did not count; a jump of a register, not of a level, is kept in mind (M6)."""
    if why is not Quarantine.TOO_MUCH or meter.kind == MeterKind.STORAGE or register > MAX_INTEGER:
        return meter
    goes_on = meter.quarantined_register and register >= meter.quarantined_register
    since_ms = meter.quarantined_from_ms if goes_on else meter.time_ms
    return msgspec.structs.replace(
        meter,
        quarantined_register=register,
        quarantined_from_ms=since_ms,
        quarantined_until_ms=time_ms,
        quarantined_ms=time_ms,
    )


def jump_of(meter: Meter) -> int:
    """Raw steps that are quarantined, 0 if none."""
    return meter.quarantined_register - meter.register if meter.quarantined_register else 0


def after_jump(meter: Meter) -> tuple[Interval, Meter]:
    """A quarantined jump as the interval that it would be, and the meter when its account goes on above it (M10)."""
    energy_wh = to_wh(meter.quarantined_register, meter.scale, meter.factor) - to_wh(
        meter.register, meter.scale, meter.factor
    )
    energy_mwh = _risen_mwh(meter, meter.register, meter.quarantined_register)
    interval = Interval(energy_wh, meter.quarantined_from_ms, meter.quarantined_until_ms, energy_mwh)
    return interval, _settled_at(meter, meter.quarantined_register, meter.quarantined_ms)


def opened_at(meter: Meter, register: int, time_ms: int) -> Meter:
    """The meter when its account begins at a register: what it showed before is nobody's, a jump included (JO9)."""
    return _settled_at(meter, register, time_ms)


def is_decided(meter: Meter, start_ms: int, end_ms: int) -> bool:
    """Whether no jump waits for a vote that may have been between two times (M8)."""
    if not meter.quarantined_register:
        return True
    return meter.quarantined_until_ms <= start_ms or meter.quarantined_from_ms >= end_ms


def _settled_at(meter: Meter, register: int, time_ms: int) -> Meter:
    return msgspec.structs.replace(
        meter,
        register=register,
        time_ms=time_ms,
        quarantined_register=0,
        quarantined_from_ms=0,
        quarantined_until_ms=0,
        quarantined_ms=0,
    )
