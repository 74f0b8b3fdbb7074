"""How long values and files are kept: days are swept when they are over (rule M22)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.expiries import schedule
from ledger.chain.parameters import DAY_MS
from ledger.chain.sweeps import begin_sweep
from ledger.slots.limits import KEPT_DAYS
from ledger.slots.schema import SLOT_DAY_DUE, SLOT_DAY_SWEEP, SLOT_VALUES
from ledger.slots.weights import FORGOTTEN_DAY
from ledger.state.table import big_endian


def is_kept(time_ms: int, day: int) -> bool:
    """Whether values of a UTC day are kept, and may come in, at a block's time."""
    return day >= time_ms // DAY_MS - KEPT_DAYS


def keep_day(context: Context, day: int) -> None:
    """A value of a day comes in; with the first one it is noted when the day is to be swept."""
    if context.state.first(SLOT_VALUES, big_endian(day)) is None:
        schedule(context, (day + KEPT_DAYS + 1) * DAY_MS, SLOT_DAY_DUE, day, big_endian(day))


def slot_day_due(context: Context, subject: bytes) -> None:
    """The values of a UTC day are kept no longer."""
    begin_sweep(context, SLOT_DAY_SWEEP, subject)


def slot_day_step(context: Context, subject: bytes) -> bool:
    """Forget one point's values of a day; whether there may be more."""
    key = context.state.first(SLOT_VALUES, subject)
    if key is None:
        return False
    context.charge(FORGOTTEN_DAY)
    context.state.delete(SLOT_VALUES, key)
    return True
