"""The model of a meter: what the next sample means, judged by the last accepted one. Pure.

    OK             counted on, no faster than the connection can carry
    GAP            the same after a long silence; no energy is lost, registers are cumulative
    ROLLOVER       fell by wrapping round where the profile declares it, and the way round is plausible
    REPLACED       the owner declared another meter or a reset; the account goes on from here
    ROLLBACK       fell without a reason: nothing is signed until the owner says what happened
    IMPLAUSIBLE    too fast, not later, or not confirmed: left out, the next sample may be right

It mirrors the ledger's rules M5 and M6, so that a device never signs what the ledger would quarantine; it may be
stricter, never laxer. Levels (what a storage holds) may fall.
"""

from __future__ import annotations

from enum import Enum, IntFlag

import msgspec

from devices.protocols.registers import RegisterEnergy, in_wh, power_of_ten
from devices.sample import WH_MS_PER_W, Quality, Sample


class MeterState(Enum):
    """What a sample says about its meter; the table stands at the top of this file."""

    OK = "ok"
    GAP = "gap"
    ROLLOVER = "rollover"
    REPLACED = "replaced"
    ROLLBACK = "rollback"
    IMPLAUSIBLE = "implausible"

    @property
    def accepted(self) -> bool:
        """Whether the sample may be signed."""
        return self not in (MeterState.ROLLBACK, MeterState.IMPLAUSIBLE)


class StatusFlag(IntFlag):
    """Signed with every reading; bit 0 is the ledger's, the others are the device's."""

    TAMPER = 1
    GAP = 2
    ROLLOVER = 4
    REPLACED = 8
    CLOCK_STEPPED = 16


FLAG_OF_STATE = {
    MeterState.GAP: StatusFlag.GAP,
    MeterState.ROLLOVER: StatusFlag.ROLLOVER,
    MeterState.REPLACED: StatusFlag.REPLACED,
}


class MeterLimits(msgspec.Struct, frozen=True):
    """What a meter can do. `rollover`: modulus in raw steps, 0 if it never wraps; `gap_ms`: silence worth a flag.

    `scale`: the power of ten that the meter is bound with; None: not known. `factor`: of the transformers before it.
    """

    max_power_w: int
    rollover: int = 0
    gap_ms: int = 3_600_000
    level: bool = False
    scale: int | None = None
    factor: int = 1


class Judgement(msgspec.Struct, frozen=True):
    """A sample's meaning: `step_wh` since the last accepted one (0 unless accepted), and why it was refused."""

    state: MeterState
    step_wh: int = 0
    reason: str = ""

    @property
    def flags(self) -> StatusFlag:
        """What is signed about it."""
        return FLAG_OF_STATE.get(self.state, StatusFlag(0))


def judge(last: Sample | None, new: Sample, limits: MeterLimits, *, replaced: bool = False) -> Judgement:
    """What `new` means after `last`; `replaced`: the owner declared that the account starts anew with `new`."""
    if new.quality is not Quality.CONFIRMED:
        return Judgement(MeterState.IMPLAUSIBLE, reason="not_confirmed")
    if new.raw < 0 or (limits.rollover and new.raw >= limits.rollover):
        return Judgement(MeterState.IMPLAUSIBLE, reason="out_of_range")
    if limits.scale is not None and new.scale_exponent != limits.scale:
        return Judgement(MeterState.IMPLAUSIBLE, reason="scale_mismatch")
    if last is not None and new.time_ms <= last.time_ms:
        return Judgement(MeterState.IMPLAUSIBLE, reason="clock_not_later")
    if last is None:
        return Judgement(MeterState.OK)
    if replaced:
        return Judgement(MeterState.REPLACED)
    if (new.obis, new.scale_exponent) != (last.obis, last.scale_exponent):
        return Judgement(MeterState.IMPLAUSIBLE, reason="another_register")
    wrapped = new.raw < last.raw and not limits.level
    if wrapped and not limits.rollover:
        return Judgement(MeterState.ROLLBACK, reason="register_fell")
    if wrapped and 2 * (new.raw + limits.rollover - last.raw) >= limits.rollover:
        # More than half way round: nobody can tell a turn from a glitch.
        return Judgement(MeterState.ROLLBACK, reason="register_fell")
    unwrapped = new.raw + (limits.rollover if wrapped else 0)
    step_wh = _wh(unwrapped * limits.factor, new) - _wh(last.raw * limits.factor, last)
    if step_wh > most_wh(limits, new.time_ms - last.time_ms, new.scale_exponent):
        state = MeterState.ROLLBACK if wrapped else MeterState.IMPLAUSIBLE
        return Judgement(state, reason="register_fell" if wrapped else "too_fast")
    if wrapped:
        return Judgement(MeterState.ROLLOVER, step_wh)
    silent = new.time_ms - last.time_ms > limits.gap_ms
    return Judgement(MeterState.GAP if silent else MeterState.OK, step_wh)


def most_wh(limits: MeterLimits, elapsed_ms: int, scale_exponent: int) -> int:
    """What the connection can carry in that time, rounded up, and one step of the register."""
    carried_wh = -(-limits.max_power_w * elapsed_ms // WH_MS_PER_W)
    return carried_wh + limits.factor * power_of_ten(max(scale_exponent, 0))


def _wh(raw: int, sample: Sample) -> int:
    return in_wh(RegisterEnergy(raw, sample.scale_exponent))
