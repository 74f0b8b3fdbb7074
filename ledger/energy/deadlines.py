"""What falls due of sessions (rules C5, C6): their deadlines, and locks that have waited for long enough."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.energy.flows import note_flow
from ledger.energy.households import count_energy
from ledger.energy.levels import explain_loss
from ledger.energy.presumed import settle_presumed
from ledger.energy.schema import SESSIONS, WAITING_SESSIONS, SessionEnd
from ledger.energy.sessions import Grant, consumption_meter, draw, end_session, is_sweeping, return_lock
from ledger.metering.registers import Interval, after_jump, at_full_power, is_decided
from ledger.metering.schema import METERS


def session_due(context: Context, subject: bytes) -> None:
    """A deadline has come (C5), or a lock has waited for long enough (C6)."""
    consumer, unit = subject[:20], subject[20:40]
    if len(subject) == 40:
        end_session(context, Grant(consumer, unit, context.get(SESSIONS, subject)), SessionEnd.EXPIRED)
        settle_presumed(context, consumer, unit)
        return
    _draw_undecided(context, Grant(consumer, unit, context.get(WAITING_SESSIONS, subject)))
    left = context.state.get(WAITING_SESSIONS, subject)
    if left is not None:
        return_lock(context, Grant(consumer, unit, left))
    settle_presumed(context, consumer, unit)


def _draw_undecided(context: Context, grant: Grant) -> None:
    """Nobody decided on a jump of the session's time: what maximum power x time explains of it was drawn (C6).

    So that no household waits for voters that look away.
    """
    meter_key = consumption_meter(context, grant.consumer, grant.unit)
    session = grant.session
    if meter_key is None or is_sweeping(context, grant.unit):
        return
    meter = context.get(METERS, meter_key)
    if is_decided(meter, session.opened_ms, session.ended_ms):
        return
    jump, _settled = after_jump(meter)
    start_ms, end_ms = max(jump.start_ms, session.opened_ms), min(jump.end_ms, session.ended_ms)
    most_wh = at_full_power(meter, end_ms - start_ms)
    part = min(session.energy_wh, jump.energy_wh * (end_ms - start_ms) // (jump.end_ms - jump.start_ms), most_wh)
    if part:
        interval = Interval(part, start_ms, end_ms)
        from_books = draw(context, grant, part)
        count_energy(context, grant.consumer, consumed=part)
        note_flow(context, grant.unit, -from_books, interval)
        explain_loss(context, grant.unit, grant.consumer, from_books, interval)
