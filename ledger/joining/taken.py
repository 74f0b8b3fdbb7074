"""How many requests this hour has taken (rule JO2): a bound for all strangers together, whatever keys they make."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.parameters import HOUR_MS
from ledger.chain.schema import ONLY
from ledger.joining.schema import APPLICATION_PACE, ApplicationPace


def taken_this_hour(context: Context) -> int:
    """Since the last full hour of block time."""
    pace = context.state.get(APPLICATION_PACE, ONLY)
    return pace.taken if pace is not None and pace.hour_ms == _hour_of(context) else 0


def note_taken(context: Context) -> None:
    """One more."""
    taken = taken_this_hour(context)
    context.state.put(APPLICATION_PACE, ONLY, ApplicationPace(_hour_of(context), taken + 1))


def _hour_of(context: Context) -> int:
    return context.time_ms // HOUR_MS * HOUR_MS
