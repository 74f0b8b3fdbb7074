"""What light clients ask for: headers with certificates and sets, and proofs of what stands under them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from ledger.codec import encode
from ledger.limits import MAX_STATE_KEY_BYTES
from ledger.merkle import ListProof, prove_item
from ledger.proofs import StateProof, prove
from ledger.transactions.envelope import full_hash_of
from nodechain.admission import Busy
from nodechain.api import models as m
from nodechain.api import requests
from nodechain.errors import NotFound
from nodechain.light.blocks import light_block
from nodechain.node import Node
from nodechain.store.view import Snapshot

MAX_KEYS: Final = 64
"""State entries in one answer."""

_SETTLE_S: Final = 0.005
_SETTLE_TRIES: Final = 1_000


@asynccontextmanager
async def settled(node: Node) -> AsyncIterator[Snapshot]:
    """The store as of the head that the state tree has: a commit runs in a thread and moves the store first."""
    for _ in range(_SETTLE_TRIES):
        snapshot = node.app.store.snapshot()
        try:
            head = snapshot.head()
            if head is not None and head.height == node.app.height:
                yield snapshot
                return
        finally:
            snapshot.close()
        await asyncio.sleep(_SETTLE_S)
    raise Busy("the node is busy storing blocks", advice="Ask again.")


def state_proof(node: Node, snapshot: Snapshot, full_key: bytes) -> StateProof:
    """The proof of a key at the head of a settled snapshot; no `await` may lie between the two."""
    return prove(node.app.parent.tree, snapshot, full_key, lambda full: snapshot.get(full[0], full[1:]))


async def block(node: Node, request: web.Request) -> m.LightBlockAnswer:
    """A header with its certificate and validators."""
    with node.app.store.snapshot() as snapshot:
        head = snapshot.head()
        newest = 0 if head is None else head.height
        name = request.match_info["height"]
        height = newest if name == "latest" else requests.whole("height", name)
        return m.LightBlockAnswer(height=newest, block=encode(light_block(snapshot, height)).hex())


async def changes(node: Node, request: web.Request) -> m.SetChanges:
    """The heights whose block hands over to another set of validators."""
    first, limit = requests.number(request, "from", 0), requests.limit(request)
    with node.app.store.snapshot() as snapshot:
        found = snapshot.set_changes(first, limit)
    return m.SetChanges(height=node.app.height, changes=found)


async def state(node: Node, request: web.Request) -> m.StateProofs:
    """Proofs of state entries at one height, the head, with its header."""
    texts = request.query.getall("key", [])
    if not 0 < len(texts) <= MAX_KEYS:
        raise requests.bad("key", f"1 to {MAX_KEYS} full keys in hex are expected")
    keys = [requests.hexadecimal("key", text) for text in texts]
    if not all(0 < len(key) <= MAX_STATE_KEY_BYTES for key in keys):
        raise requests.bad("key", f"a full key has 1 to {MAX_STATE_KEY_BYTES} bytes")
    async with settled(node) as snapshot:
        height = node.app.height
        return m.StateProofs(
            height=height,
            block=encode(light_block(snapshot, height)).hex(),
            proofs=[encode(state_proof(node, snapshot, key)).hex() for key in keys],
        )


async def transaction(node: Node, request: web.Request) -> m.ItemProof:
    """A transaction of a block, with its proof."""
    height, index = _place(request)
    with node.app.store.snapshot() as snapshot:
        raw, made = _transaction(snapshot, height, index)
        return m.ItemProof(height=height, item=raw.hex(), proof=encode(made).hex())


async def decision(node: Node, request: web.Request) -> m.DecisionProof:
    """A transaction of a block with all that shows what became of it: one answer for a meter on a slow line."""
    height, index = _place(request)
    with node.app.store.snapshot() as snapshot:
        raw, made = _transaction(snapshot, height, index)
        receipts = snapshot.receipts(height)
        return m.DecisionProof(
            height=height,
            block=encode(light_block(snapshot, height)).hex(),
            transaction=raw.hex(),
            transaction_proof=encode(made).hex(),
            receipt=receipts[index + 1].hex(),
            receipt_proof=encode(prove_item(receipts, index + 1)).hex(),
        )


def _transaction(snapshot: Snapshot, height: int, index: int) -> tuple[bytes, ListProof]:
    found = snapshot.block(height)
    if found is None or index >= len(found.transactions):
        raise NotFound(f"height {height} has no transaction {index}")
    return found.transactions[index], prove_item([full_hash_of(raw) for raw in found.transactions], index)


async def receipt(node: Node, request: web.Request) -> m.ItemProof:
    """A receipt of a block, with its proof; 0 is the block's own."""
    height, index = _place(request)
    with node.app.store.snapshot() as snapshot:
        found = snapshot.receipts(height)
        if index >= len(found):
            raise NotFound(f"height {height} has no receipt {index}")
        made = prove_item(found, index)
        return m.ItemProof(height=height, item=found[index].hex(), proof=encode(made).hex())


def _place(request: web.Request) -> tuple[int, int]:
    return requests.whole("height", request.match_info["height"]), requests.whole("index", request.match_info["index"])
