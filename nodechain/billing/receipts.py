"""Receipts in their places, as a node's index or a proof gives them: what bills are made of."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ledger.chain.header import Receipt


class PlacedReceipt(msgspec.Struct, frozen=True):
    """A receipt, the height and time of its block, and its place in it: 0 is the block's own."""

    height: int
    index: int
    time_ms: int
    receipt: Receipt


def within(receipts: Iterable[PlacedReceipt], from_ms: int, to_ms: int) -> tuple[PlacedReceipt, ...]:
    """Those of blocks whose time lies in a period, in order."""
    return tuple(
        sorted(
            (placed for placed in receipts if from_ms <= placed.time_ms < to_ms),
            key=lambda placed: (placed.height, placed.index),
        )
    )
