"""What modules do in every block, at its start and at its end, as far as there is room (rule D3).

A module's function does one step and says what it weighed, 0 where nothing is left to do. It is called until then, or
until its part of the room is used: what does not fit goes on in the next block, where it is called again.
"""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.chain.points import Step
from ledger.limits import STEP_SHARE


def take_steps(context: Context, point: HookPoint[Step]) -> int:
    """The steps of all modules, each within its part of 1/STEP_SHARE of the block's weight; what they weighed."""
    before = context.weight
    functions = context.hooks.at(point)
    for step in functions:
        limit = context.weight + context.genesis.block_weight // STEP_SHARE // len(functions)
        while context.weight < limit:
            weight = step(context)
            if not weight:
                break
            context.weight += weight
    return context.weight - before


def reserved_for(context: Context, point: HookPoint[Step]) -> int:
    """What of a block's weight is kept for the steps at its end."""
    return context.genesis.block_weight // STEP_SHARE if context.hooks.at(point) else 0
