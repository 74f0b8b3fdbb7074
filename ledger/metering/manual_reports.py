"""Up to when something has counted, kept as long as a meter's opening could lie before it (rule M2).

What was reported by hand, or read from a meter that was bound before, a meter that was read earlier would measure once
more.
"""

from __future__ import annotations

from ledger.chain.context import Context, in_range
from ledger.chain.expiries import schedule
from ledger.metering.limits import MAX_OPENING_AGE_MS
from ledger.metering.schema import MANUAL_REPORT_DUE, MANUAL_REPORTS, ManualReport, MeterKind


def note_manual_report(context: Context, unit: bytes, account: bytes, kind: MeterKind) -> None:
    """Remember the report that was just applied, once for each unit, account and kind."""
    _note(context, unit, account, kind, context.time_ms)


def note_unbound(context: Context, unit: bytes, account: bytes, kind: MeterKind, read_ms: int) -> None:
    """Remember when a meter that is unbound was read last, if another one's opening may still lie before that."""
    if context.time_ms < _forgotten_ms(read_ms):
        _note(context, unit, account, kind, max(read_ms, last_manual_report_ms(context, unit, account, kind)))


def _note(context: Context, unit: bytes, account: bytes, kind: MeterKind, time_ms: int) -> None:
    key = unit + account + bytes((kind,))
    known = context.state.get(MANUAL_REPORTS, key)
    number = known.number if known is not None else context.next_number(b"manual_report")
    context.state.put(MANUAL_REPORTS, key, ManualReport(time_ms, number))
    if known is None:
        schedule(context, _forgotten_ms(time_ms), MANUAL_REPORT_DUE, number, key)


def last_manual_report_ms(context: Context, unit: bytes, account: bytes, kind: int) -> int:
    """The time up to which something has counted that may still matter, 0 if there is none."""
    known = context.state.get(MANUAL_REPORTS, unit + account + bytes((kind,)))
    return 0 if known is None else known.time_ms


def manual_report_due(context: Context, subject: bytes) -> None:
    """Forget a report that is older than any opening may be; one that came meanwhile is kept for its own time."""
    known = context.get(MANUAL_REPORTS, subject)
    due_ms = _forgotten_ms(known.time_ms)
    if context.time_ms < due_ms:
        schedule(context, due_ms, MANUAL_REPORT_DUE, known.number, subject)
    else:
        context.state.delete(MANUAL_REPORTS, subject)


def _forgotten_ms(reported_ms: int) -> int:
    return in_range(reported_ms + MAX_OPENING_AGE_MS + 1)
