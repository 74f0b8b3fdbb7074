"""Decided blocks from the store, as block sync sends them."""

from __future__ import annotations

from consensus.limits import MAX_SYNC_BLOCKS, MAX_SYNC_BYTES
from consensus.messages import DecidedBlock
from ledger.types import CERTIFICATE, HEADER
from nodechain.store.view import StoreView


def decided_blocks(store: StoreView, first: int, count: int) -> tuple[DecidedBlock, ...]:
    """Blocks in a row from `first` (above genesis), as many as are there and fit; at least one if it is there."""
    blocks: list[DecidedBlock] = []
    size = 0
    if max(first, 1) < store.base():
        return ()
    for height in range(max(first, 1), first + min(count, MAX_SYNC_BLOCKS)):
        stored = store.block(height)
        if stored is None:
            break
        size += len(stored.header) + len(stored.certificate) + sum(len(raw) + 5 for raw in stored.transactions)
        if blocks and size > MAX_SYNC_BYTES:
            break
        header, certificate = HEADER.decode(stored.header), CERTIFICATE.decode(stored.certificate)
        blocks.append(DecidedBlock(header, certificate, stored.transactions))
    return tuple(blocks)
