"""What a unit lost beyond its terms, in two records (rule U5).

The shortfall is what a gain may undo; the daily sums of losses are what suspends the unit, and no gain clears them:
else a false loss that honest producers pay could be undone and its energy drawn as a relief.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.chain.context import Context, saturated
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.energy.daily import add_today, sum_of, take_newest
from ledger.energy.events import LossesNoticed, SuspensionLifted, UnitSuspended
from ledger.energy.parameters import LOSS_LIMIT, LOSS_WINDOW
from ledger.energy.schema import UNIT_LOSSES, UNITS, Unit, UnitStatus

NOTICED_SHARE: Final = 4
"""Past one part in so many of the limit, a unit's losses are named in an event."""


def loss_limit(context: Context, unit: Unit) -> int:
    """The Wh that a unit may lose within the window; 0 for one without a registered capacity: no limit."""
    return unit.capacity_wh * context.parameter(LOSS_LIMIT) // PARTS


def recent_losses(context: Context, address: bytes) -> int:
    """What the unit lost beyond its terms within the window, whatever it gained since."""
    return sum_of(context, UNIT_LOSSES, address, context.parameter(LOSS_WINDOW) // DAY_MS)


def is_losing(context: Context, address: bytes, unit: Unit) -> bool:
    """Whether the unit's losses are past the share of the limit at which they are named."""
    return unit.capacity_wh > 0 and recent_losses(context, address) > loss_limit(context, unit) // NOTICED_SHARE


def record_loss(context: Context, address: bytes, lost_wh: int) -> None:
    """Add to both records; past the limit the unit is suspended."""
    if lost_wh == 0:
        return
    unit = context.get(UNITS, address)
    total, since = unit.shortfall_wh, unit.shortfall_from_ms
    if total == 0 or context.time_ms >= since + context.parameter(LOSS_WINDOW):
        total, since = 0, context.time_ms
    before = recent_losses(context, address)
    add_today(context, UNIT_LOSSES, address, lost_wh)
    recent, limit = saturated(before + lost_wh), loss_limit(context, unit)
    status = unit.status
    if unit.capacity_wh and before <= limit // NOTICED_SHARE < recent:
        context.emit(LossesNoticed(address, recent, limit))
    if unit.capacity_wh and recent > limit and status == UnitStatus.ACTIVE:
        status = int(UnitStatus.SUSPENDED)
        context.emit(UnitSuspended(address, recent))
    context.state.put(
        UNITS,
        address,
        msgspec.structs.replace(unit, shortfall_wh=saturated(total + lost_wh), shortfall_from_ms=since, status=status),
    )


def explain_in_records(context: Context, address: bytes, explained_wh: int) -> None:
    """Take what was no loss out of both records; a suspension that nothing carries any more ends (U5)."""
    unit = context.get(UNITS, address)
    shortfall_wh = unit.shortfall_wh - min(explained_wh, unit.shortfall_wh)
    status, limit, before = unit.status, loss_limit(context, unit), recent_losses(context, address)
    take_newest(context, UNIT_LOSSES, address, explained_wh)
    recent = recent_losses(context, address)
    if status == UnitStatus.SUSPENDED and recent <= limit < before:
        status = int(UnitStatus.ACTIVE)
        context.emit(SuspensionLifted(address, recent))
    context.state.put(UNITS, address, msgspec.structs.replace(unit, shortfall_wh=shortfall_wh, status=status))
