"""What follows when a unit is removed (rule U6): its sessions end with refunds, its meters are unbound.

As many as one transaction may, then the others over the next blocks (D2). Until all is done the unit cannot be
registered anew, and its meters' readings wait.
"""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.sweeps import begin_sweep
from ledger.energy.levels import forget_levels
from ledger.energy.schema import REMOVAL_SWEEP, UNCOVERED, UNIT_SESSIONS, SessionEnd
from ledger.energy.sessions import end_session, grant_of, return_lock, return_waiting, uncovered_wh
from ledger.energy.units import remove_unit
from ledger.errors import require
from ledger.metering.bindings import unbind_next


def carry_out_removal(context: Context, unit: bytes) -> None:
    """Carry out a vote to remove a unit: its energy leaves at once, what depended on it as far as there is room."""
    forget_levels(context, unit)
    remove_unit(context, unit)
    while context.may_end():
        if not removal_step(context, unit):
            return
    begin_sweep(context, REMOVAL_SWEEP, unit)


def removal_step(context: Context, unit: bytes) -> bool:
    """End one session of a removed unit, or unbind one of its meters; whether there may be more."""
    newest = context.state.first(UNIT_SESSIONS, unit)
    if newest is not None:
        grant = grant_of(context, unit, newest)
        if grant.waiting:
            return_lock(context, grant)
        else:
            end_session(context, grant, SessionEnd.UNIT_REMOVED, settled=True)
        return True
    unbound = unbind_next(context, unit)
    if unbound is not None:
        return_waiting(context, unbound.account, unit)
        return True
    require(uncovered_wh(context, unit) == 0, "a removed unit still has energy that no session holds")
    context.state.delete(UNCOVERED, unit)
    return False
