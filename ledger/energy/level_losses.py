"""Which loss belongs to which level of a unit, so that a late draw explains only what it made missing (rule E15).

Of a draw that came after levels it was measured before, each part was missing at the first of them after it. The latest
`MAX_LEVEL_LOSSES` levels that found a loss are kept; what was measured before those explains nothing any more.
"""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.energy.flows import part_until
from ledger.energy.limits import MAX_LEVEL_LOSSES
from ledger.energy.schema import LEVEL_LOSSES, LevelLoss, LevelLosses
from ledger.metering.registers import Interval

_NONE = LevelLosses(0, ())


def note_level_loss(context: Context, unit: bytes, time_ms: int, lost_wh: int) -> None:
    """Remember what the books lost at a level."""
    if lost_wh:
        known = context.state.get(LEVEL_LOSSES, unit) or _NONE
        levels = (*known.levels, LevelLoss(time_ms, lost_wh, lost_wh))
        dropped = levels[:-MAX_LEVEL_LOSSES]
        since_ms = dropped[-1].time_ms if dropped else known.since_ms
        context.state.put(LEVEL_LOSSES, unit, LevelLosses(since_ms, levels[-MAX_LEVEL_LOSSES:]))


def has_level_losses(context: Context, unit: bytes) -> bool:
    """Whether losses of the unit's levels are recorded."""
    return context.state.get(LEVEL_LOSSES, unit) is not None


def explained_by(context: Context, unit: bytes, left_wh: int, interval: Interval) -> int:
    """The Wh of recorded losses that `left_wh` explain which left the unit in an interval before its levels.

    `left_wh` below 0: energy that came in, of which a level saw as much less missing. It explains nothing, and later
    draws explain less; what earlier ones explained too much the next level finds.
    """
    known = context.state.get(LEVEL_LOSSES, unit) or _NONE
    before = part_until(left_wh, interval.start_ms, interval.end_ms, known.since_ms)
    explained, levels = 0, []
    for level in known.levels:
        until = part_until(left_wh, interval.start_ms, interval.end_ms, level.time_ms)
        changed = _explained(level, until - before)
        explained += level.booked_wh - changed.booked_wh
        levels.append(changed)
        before = until
    if known.levels:
        context.state.put(LEVEL_LOSSES, unit, LevelLosses(known.since_ms, tuple(levels)))
    return explained


def explained_in_order(context: Context, unit: bytes, drawn_wh: int, interval: Interval) -> tuple[int, int]:
    """The Wh of recorded losses that a draw explains which was drawn when the levels of its interval say so (I9).

    Of each, from the first after the interval began to the first that it ended before, as much as was missing there;
    and what is left of the draw.
    """
    known = context.state.get(LEVEL_LOSSES, unit) or _NONE
    explained, left_wh, levels = 0, drawn_wh, list(known.levels)
    for number, level in enumerate(levels):
        if level.time_ms <= interval.start_ms or interval.end_ms <= known.since_ms:
            continue
        part = min(left_wh, max(level.net_wh, 0))
        levels[number] = _explained(level, part)
        explained, left_wh = explained + level.booked_wh - levels[number].booked_wh, left_wh - part
        if level.time_ms >= interval.end_ms:
            break
    if left_wh < drawn_wh:
        context.state.put(LEVEL_LOSSES, unit, LevelLosses(known.since_ms, tuple(levels)))
    return explained, left_wh


def undo_level_losses(context: Context, unit: bytes, energy_wh: int) -> None:
    """A gain, or a draw of what the books had lost, has undone so much: of the newest levels first."""
    known = context.state.get(LEVEL_LOSSES, unit) or _NONE
    levels: list[LevelLoss] = []
    for level in reversed(known.levels):
        undone = min(_lost(level), energy_wh)
        energy_wh -= undone
        levels.append(LevelLoss(level.time_ms, level.booked_wh - undone, level.net_wh - undone))
    if known.levels:
        context.state.put(LEVEL_LOSSES, unit, LevelLosses(known.since_ms, tuple(reversed(levels))))


def forget_level_losses(context: Context, unit: bytes) -> None:
    """The unit is removed, or voters have cleared its records."""
    context.state.delete(LEVEL_LOSSES, unit)


def _explained(level: LevelLoss, left_wh: int) -> LevelLoss:
    """The level, of whose loss so much left the unit before (below 0: came in)."""
    changed = LevelLoss(level.time_ms, level.booked_wh, level.net_wh - left_wh)
    return LevelLoss(level.time_ms, level.booked_wh - max(_lost(level) - _lost(changed), 0), changed.net_wh)


def _lost(level: LevelLoss) -> int:
    """What the books have lost at a level and nothing has explained."""
    return min(max(level.net_wh, 0), level.booked_wh)
