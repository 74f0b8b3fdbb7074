"""Amounts over a group's members, in chunks, to the last unit (rule GP11): pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.sharing.apportion import apportion


def chunk_parts(amount: int, totals: Sequence[int], own_weight: int, number: int) -> tuple[int, ...]:
    """What of an amount goes to each chunk of members; the rest is the group's own part.

    `totals`: the weights of the chunks' members; `number`: the distribution's, which turns equal remainders around.
    """
    to_members = apportion(amount, (sum(totals), own_weight), number)[0]
    return apportion(to_members, totals, number)


def member_parts(part: int, weights: Sequence[int], number: int) -> tuple[int, ...]:
    """What of a chunk's part goes to each of its members."""
    return apportion(part, weights, number)
