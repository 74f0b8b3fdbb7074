"""When a unit last reported something by hand, kept as long as a meter's opening could lie before it (rule M2).

What was reported by hand up to then, a meter that was read before it would measure once more.
"""

from __future__ import annotations

from ledger.context import Context, in_range
from ledger.limits import MAX_OPENING_AGE_MS
from ledger.rules.expiries import ExpiryKind, schedule
from ledger.schema import MANUAL_REPORTS, ManualReport, MeterKind


def note_manual_report(context: Context, unit: bytes, account: bytes, kind: MeterKind) -> None:
    """Remember the report that was just applied, once for each unit, account and kind."""
    key = unit + account + bytes((kind,))
    known = context.state.get(MANUAL_REPORTS, key)
    number = known.number if known is not None else context.next_number(b"manual_report")
    context.state.put(MANUAL_REPORTS, key, ManualReport(context.time_ms, number))
    if known is None:
        schedule(context, _forgotten_ms(context.time_ms), ExpiryKind.MANUAL_REPORT, number, key)


def last_manual_report_ms(context: Context, unit: bytes, account: bytes, kind: int) -> int:
    """Block time of the last one that may still matter, 0 if there is none."""
    known = context.state.get(MANUAL_REPORTS, unit + account + bytes((kind,)))
    return 0 if known is None else known.time_ms


def manual_report_due(context: Context, subject: bytes) -> None:
    """Forget a report that is older than any opening may be; one that came meanwhile is kept for its own time."""
    known = context.get(MANUAL_REPORTS, subject)
    due_ms = _forgotten_ms(known.time_ms)
    if context.time_ms < due_ms:
        schedule(context, due_ms, ExpiryKind.MANUAL_REPORT, known.number, subject)
    else:
        context.state.delete(MANUAL_REPORTS, subject)


def _forgotten_ms(reported_ms: int) -> int:
    return in_range(reported_ms + MAX_OPENING_AGE_MS + 1)
