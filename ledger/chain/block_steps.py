"""What modules do in every block, at its start and at its end, as far as there is room (rule D3).

A module's function does one step and says what it weighed beside what it charged, 0 where nothing is left to do. It is
called until then, or until its part of the room is used: what does not fit goes on in the next block, where it is
called again.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.chain.own_work import NotDone, do_whole
from ledger.chain.points import Step
from ledger.chain.schema import OwnWork
from ledger.limits import STEP_SHARE


class StepsTaken(NamedTuple):
    """What steps weighed, and whether a module had no room for more."""

    weight: int
    more: bool


def take_steps(context: Context, point: HookPoint[Step]) -> StepsTaken:
    """The steps of all modules, each within its part of 1/STEP_SHARE of the block's weight.

    One that is refused has left no trace and is called again in the next block (D4).
    """
    before, more = context.weight, False
    functions = context.hooks.at(point)
    for number, step in enumerate(functions):
        limit = context.weight + context.genesis.block_weight // STEP_SHARE // len(functions)
        while context.weight < limit:
            weight = do_whole(context, (OwnWork.STEP, number, b""), partial(step, context))
            if isinstance(weight, NotDone) or not weight:
                more = more or weight is NotDone.NO_ROOM
                break
            context.weight += weight
        else:
            more = True
    return StepsTaken(context.weight - before, more)


def reserved_for(context: Context, point: HookPoint[Step]) -> int:
    """What of a block's weight is kept for the steps at its end."""
    return context.genesis.block_weight // STEP_SHARE if context.hooks.at(point) else 0
