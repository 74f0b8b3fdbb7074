"""An honest validator signs at most one block in each step of a round, and none below one that it signed."""

from __future__ import annotations

from consensus.events import SignRecord, Step


def may_sign(last: SignRecord, height: int, round_: int, step: Step, block_hash: bytes) -> bool:
    """Whether signing this after `last` is honest: a later place, or the very same thing again."""
    place = (height, round_, int(step))
    signed = (last.height, last.round, last.step)
    if place == signed:
        return block_hash == last.block_hash
    return place > signed


def first_round(last: SignRecord, height: int) -> int:
    """The round in which to go on at a height after a restart.

    Where something was signed at this height, the next round: what was signed must not be contradicted in its own.
    """
    return last.round + 1 if last.height == height else 0
