"""A consumption session as people see it: what is locked, until when, and what it waits for."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.energy.schema import Gap
from ledger.energy.sessions import Grant, SessionEnd, consumption_meter
from ledger.keys.address import format_address
from nodechain.api import models as m
from nodechain.api.render import amount


def session_view(view: Context, grant: Grant) -> m.SessionView:
    """An open or waiting session as the interface shows it."""
    session = grant.session
    return m.SessionView(
        number=session.number,
        consumer=format_address(grant.consumer),
        unit=format_address(grant.unit),
        locked=_amount(session.locked),
        energy_wh=session.energy_wh,
        rate=_amount(session.rate),
        gap=Gap(session.gap).name.lower(),
        opened_ms=session.opened_ms,
        deadline_ms=session.deadline_ms,
        returns_ms=session.returns_ms,
        overdraft=_amount(session.overdraft),
        reservation=_amount(session.reservation),
        state="waiting" if grant.waiting else "open",
        ended_ms=session.ended_ms,
        reason=SessionEnd(session.reason).name.lower() if grant.waiting else "",
        waits_for=_waits_for(view, grant),
        lost_wh=session.lost_wh,
    )


def _waits_for(view: Context, grant: Grant) -> str:
    if not grant.waiting:
        return ""
    return "report" if consumption_meter(view, grant.consumer, grant.unit) is None else "reading"


def _amount(base: int) -> m.Amount:
    return m.Amount(**amount(base))
