"""An exported chain and its replay: genesis bytes, then for each block its header bytes and raw transactions.

`python -m tests.support.replay FILE...` executes exports from genesis and prints the state and receipts root of each
height as JSON; it fails where a header is not what execution gives.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ledger.chain.blocks import Block, Chain, Parent, check_block, genesis_block
from ledger.chain.genesis import GENESIS, Genesis
from ledger.chain.header import HEADER
from ledger.chain.registry import Registry
from ledger.encoding.codec import encode
from ledger.state.overlay import MemoryReader
from ledger.state.tree import InMemoryTreeStorage, StateTree
from nodechain.modules import MODULES


def export(genesis: Genesis, blocks: Sequence[Block]) -> bytes:
    """The chain as bytes; block 0 follows from the genesis."""
    return encode(
        (
            encode(genesis),
            [(encode(block.header), [entry.raw for entry in block.transactions]) for block in blocks[1:]],
        )
    )


def replay(exported: bytes) -> list[tuple[str, str]]:
    """State root and receipts root of every height; raises `InvalidBlock` where one differs from its header."""
    raw_genesis, raw_blocks = msgspec.msgpack.decode(exported, type=tuple[bytes, list[tuple[bytes, list[bytes]]]])
    chain = Chain(Registry(MODULES), GENESIS.decode(raw_genesis))
    block = genesis_block(chain)
    reader, storage = MemoryReader(), InMemoryTreeStorage()
    tree = StateTree.load(chain.genesis.tree_bits, ())
    roots = []
    for raw_block in [None, *raw_blocks]:
        if raw_block is not None:
            raw_header, raw_transactions = raw_block
            parent = Parent(block.header, reader, tree, storage, block.executed.validators)
            block = check_block(chain, parent, HEADER.decode(raw_header), raw_transactions, frozenset())
        reader.apply(block.executed.changes)
        tree.apply(block.update)
        storage.write(block.update)
        roots.append((block.header.state_root.hex(), block.header.receipts_root.hex()))
    return roots


if __name__ == "__main__":
    sys.stdout.write(json.dumps([replay(Path(name).read_bytes()) for name in sys.argv[1:]]))
