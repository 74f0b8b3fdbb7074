"""Work that is too large for one transaction, done over blocks (rule D2).

A sweep is a kind and a subject. At the start of a block the oldest sweeps are worked on step by step, up to a share of
the block's weight; what they do stands in the block's own receipt. So nothing is too large for a block for ever.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from ledger.chain.context import Context
from ledger.chain.own_work import NotDone, do_whole
from ledger.chain.schema import SWEEPS, OwnWork, Sweep, SweepKind
from ledger.chain.weights import SWEEP_STEP
from ledger.limits import SWEEP_SHARE
from ledger.state.overlay import State
from ledger.state.table import big_endian

SWEEP_NUMBERS: Final = b"sweep"


def begin_sweep(context: Context, kind: SweepKind, subject: bytes) -> None:
    """Let work be done from the next block on."""
    context.state.put(SWEEPS, big_endian(context.next_number(SWEEP_NUMBERS)), Sweep(kind.number, subject))


def sweeps_wait(state: State) -> bool:
    """Whether work goes on in the next block."""
    return state.first(SWEEPS) is not None


def process_sweeps(context: Context, taken: int) -> None:
    """Steps of the oldest sweeps, while they fit into 1/SWEEP_SHARE of the block's weight, of which `taken` is used.

    One whose step is refused goes on in the next block and lets the others go before (D4); so does one that says None:
    it waits for the next block.
    """
    limit = context.weight + context.genesis.block_weight // SWEEP_SHARE - taken
    for key in context.state.scan(SWEEPS):
        entry = context.get(SWEEPS, key)
        step = context.hooks.sweeps[entry.kind]
        while context.weight < limit:
            context.weight += SWEEP_STEP
            more = do_whole(context, (OwnWork.SWEEP, entry.kind, entry.subject), partial(step, context, entry.subject))
            if more is NotDone.NO_ROOM:
                return
            if more is NotDone.REFUSED or more is None:
                break
            if not more:
                context.state.delete(SWEEPS, key)
                break
        else:
            return
