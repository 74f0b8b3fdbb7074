"""What falls due, in order of time, then kind, then number (rule D1).

Worked off at the start of a block, so many at a time; what waits is dead meanwhile: every rule that meets it treats
it so.
"""

from __future__ import annotations

from functools import partial

from ledger.chain.context import Context
from ledger.chain.own_work import NotDone, do_whole
from ledger.chain.schema import EXPIRIES, DueKind, Expiry, OwnWork
from ledger.chain.weights import EXPIRY
from ledger.limits import EXPIRY_SHARE, MAX_EXPIRIES_PER_BLOCK
from ledger.state.full_key import number_at, number_key
from ledger.state.overlay import State
from ledger.state.table import big_endian


def expiry_key(due_ms: int, kind: DueKind, number: int) -> bytes:
    """The key under which a subject waits."""
    return big_endian(due_ms) + number_key(kind.number) + big_endian(number)


def kind_of(key: bytes) -> int:
    """The number of the kind in a key of `EXPIRIES`."""
    return number_at(key, 8)


def schedule(context: Context, due_ms: int, kind: DueKind, number: int, subject: bytes) -> None:
    """Let a subject fall due."""
    context.state.put(EXPIRIES, expiry_key(due_ms, kind, number), Expiry(subject))


def cancel_expiry(context: Context, due_ms: int, kind: DueKind, number: int) -> None:
    """The subject ended before it was due."""
    context.state.delete(EXPIRIES, expiry_key(due_ms, kind, number))


def first_due_ms(state: State) -> int:
    """The earliest time at which something falls due; 0 if nothing waits."""
    key = state.first(EXPIRIES)
    return 0 if key is None else int.from_bytes(key[:8], "big")


def process_expiries(context: Context) -> None:
    """Handle what is due at the block's time, at most `MAX_EXPIRIES_PER_BLOCK`, within 1/EXPIRY_SHARE of its weight.

    What is refused is due no more (D4).
    """
    limit = context.weight + context.genesis.block_weight // EXPIRY_SHARE
    for _ in range(MAX_EXPIRIES_PER_BLOCK):
        if context.weight >= limit:
            return
        key = context.state.first(EXPIRIES)
        if key is None or int.from_bytes(key[:8], "big") > context.time_ms:
            return
        subject = context.get(EXPIRIES, key).subject
        context.weight += EXPIRY
        outcome = do_whole(context, (OwnWork.DUE, kind_of(key), subject), partial(_handle, context, key, subject))
        if outcome is NotDone.NO_ROOM:
            return
        if outcome is NotDone.REFUSED:
            context.state.delete(EXPIRIES, key)


def _handle(context: Context, key: bytes, subject: bytes) -> None:
    context.state.delete(EXPIRIES, key)
    context.hooks.expiries[kind_of(key)](context, subject)
