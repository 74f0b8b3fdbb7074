"""Homes whose chain has a past: blocks of many transfers, or only those from a snapshot on."""

from __future__ import annotations

from pathlib import Path

from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.encoding.codec import encode
from nodechain.node import Node
from nodechain.store import layout
from nodechain.store.head_file import FiledHead
from nodechain.store.store import Store
from tests.support.api import STANDING

A_BLOCK = 60
"""Transfers of one account that one block takes without counting."""


async def grow(node: Node, home: HomeFixture, blocks: int, each: int = A_BLOCK) -> None:
    """So many blocks, each with so many transfers of alice."""
    for _ in range(blocks):
        height = node.app.height
        for _ in range(each):
            node.mempool.admit(home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1)), node.view())
        node.make_block_now()
        while node.app.height == height:
            await node.decisions.next_block()


async def grown(home: HomeFixture, blocks: int, each: int = A_BLOCK) -> None:
    """The same for a node that runs only for this."""
    async with home.running(STANDING) as node:
        await grow(node, home, blocks, each)


def forget_blocks_below(path: Path, first: int) -> None:
    """Leave a home's store as one that was taken over from a snapshot at `first` - 1: blocks only from there on."""
    with Store.open(path / "data") as store:
        reads = store._database
        entries: list[tuple[bytes, bytes | None]] = []
        head = reads.get(layout.HEAD)
        for height in range(1, first):
            header = reads.get(layout.header_key(height))
            assert header is not None
            parts = [layout.header_key(height), layout.certificate_key(height), layout.height_of_key(header[:32])]
            for begin in (layout.receipts_key(height, 0), layout.transactions_key(height, 0)):
                parts += [key for key, _data in reads.iterate(begin, layout.after(begin[:-4]))]
            entries += [(key, None) for key in parts]
        entries += [(layout.BASE, layout.number(first)), (layout.HEAD, head)]
        found = store.head()
        assert found is not None
        store._head_file.write(FiledHead(found, store._sequence + reads.write(entries)))


def batch(home: HomeFixture, count: int) -> bytes:
    """The body of a batch of transfers of bob."""
    return encode([home.raw("bob", Transfer(CURRENCY_ASSET, home.address("alice"), 1)) for _ in range(count)])
