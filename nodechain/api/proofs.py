"""Proofs of what stands under a header: state entries, transactions, receipts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ledger.chain.envelope import Transaction, full_hash_of
from ledger.encoding.codec import encode
from ledger.limits import MAX_STATE_KEY_BYTES
from ledger.state.full_key import NUMBER_BYTES, split_key
from ledger.state.merkle import ListProof, prove_item
from ledger.state.proofs import StateProof, prove
from ledger.state.tree import TreePart
from market.queries import is_entry_of_order
from nodechain.api.access import require_entry, visitor_of
from nodechain.api.http import requests
from nodechain.api.http.models import At
from nodechain.api.http.rights import EXAMINED, Open, Right, Visitor
from nodechain.api.http.route import Route
from nodechain.api.reading import Work, blocks_of
from nodechain.chain.app import addresses_of
from nodechain.errors import NotFound
from nodechain.light.blocks import light_block
from nodechain.mempool.admission import Busy
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot, StoreView


class ProofAnswer(At):
    """A proof of presence or absence of a state entry, in canonical bytes, against the header of `height`."""

    table: str
    key: str
    value: str | None
    state_root: str
    proof: str


class StateProofs(At):
    """Proofs of state entries after `height`, in the order of the keys, and its header; all in canonical bytes."""

    block: str
    proofs: list[str]


class ItemProof(At):
    """A transaction or receipt of the block of `height`, and the proof that it stands there; in canonical bytes."""

    item: str
    proof: str


class DecisionProof(At):
    """A decided transaction of the block of `height`, its receipt, the header, and the proofs; in canonical bytes."""

    block: str
    transaction: str
    transaction_proof: str
    receipt: str
    receipt_proof: str


MAX_KEYS: Final = 64
"""State entries in one answer."""


_SETTLE_S: Final = 0.005


_SETTLE_TRIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class ProvableHead:
    """The store as of one head, and what its state tree has of some keys: proofs of them for another thread.

    Use it in a `with` statement, or drop it.
    """

    height: int
    state_root: bytes
    snapshot: Snapshot
    _part: TreePart

    def prove(self, full_key: bytes) -> StateProof:
        """The proof of one of the keys."""
        snapshot = self.snapshot
        return prove(self._part, snapshot, full_key, lambda full: snapshot.get(*split_key(full)))

    def __enter__(self) -> ProvableHead:
        return self

    def __exit__(self, *_: object) -> None:
        self.snapshot.close()


async def settled(node: Node, full_keys: Sequence[bytes]) -> ProvableHead:
    """The head that store and state tree both have: a commit runs in a thread and moves the store first."""
    for _ in range(_SETTLE_TRIES):
        snapshot = node.app.store.snapshot()
        head, parent = snapshot.head(), node.app.parent
        if head is not None and head.height == parent.header.height:
            return ProvableHead(head.height, parent.header.state_root, snapshot, parent.tree.part(full_keys))
        snapshot.close()
        await asyncio.sleep(_SETTLE_S)
    raise Busy("the node is busy storing blocks", advice="Ask again.")


def _require(node: Node, visitor: Visitor, full_key: bytes) -> None:
    """As the entry's table says; an order is its owner's, too."""
    if not is_entry_of_order(full_key, sorted(visitor.own), node.view().state):
        require_entry(visitor, full_key)


async def get_proof(node: Node, request: web.Request) -> Work:
    """A proof of presence or absence of a state entry at the head."""
    table = REGISTRY.table_of(request.match_info["table"])
    key = requests.path_hex(request, "key") if request.match_info["key"] != "-" else b""
    _require(node, visitor_of(request), table.full_key(key))
    asked = requests.optional_number(request, "height")
    head = await settled(node, [table.full_key(key)])
    if asked is not None and asked != head.height:
        raise NotFound(f"proofs are made at the head, which is {head.height}", code="no_such_height")

    def work() -> ProofAnswer:
        with head:
            made = head.prove(table.full_key(key))
        return ProofAnswer(
            height=head.height,
            table=table.name,
            key=key.hex(),
            value=None if made.value is None else made.value.hex(),
            state_root=head.state_root.hex(),
            proof=encode(made).hex(),
        )

    return work


async def get_state(node: Node, request: web.Request) -> Work:
    """Proofs of state entries at one height, the head, with its header."""
    texts = request.query.getall("key", [])
    if not 0 < len(texts) <= MAX_KEYS:
        raise requests.bad("key", f"1 to {MAX_KEYS} full keys in hex are expected")
    keys = [requests.hexadecimal("key", text) for text in texts]
    if not all(NUMBER_BYTES <= len(key) <= MAX_STATE_KEY_BYTES for key in keys):
        raise requests.bad("key", f"a full key has {NUMBER_BYTES} to {MAX_STATE_KEY_BYTES} bytes")
    visitor = visitor_of(request)
    for key in keys:
        _require(node, visitor, key)
    head = await settled(node, keys)

    def work() -> StateProofs:
        with head:
            return StateProofs(
                height=head.height,
                block=encode(light_block(head.snapshot, head.height)).hex(),
                proofs=[encode(head.prove(key)).hex() for key in keys],
            )

    return work


async def get_transaction(node: Node, request: web.Request) -> Work:
    """A transaction of a block, with its proof."""
    height, index = _place(request)
    visitor, named = visitor_of(request), _named_id(request)

    def answer(snapshot: Snapshot) -> ItemProof:
        raw, made = _transaction(snapshot, height, index)
        _require_concerned(visitor, snapshot, height, index + 1, named)
        return ItemProof(height=height, item=raw.hex(), proof=encode(made).hex())

    return blocks_of(node, answer)


async def get_decision(node: Node, request: web.Request) -> Work:
    """A transaction of a block with all that shows what became of it: one answer for a meter on a slow line."""
    height, index = _place(request)
    visitor, named = visitor_of(request), _named_id(request)

    def answer(snapshot: Snapshot) -> DecisionProof:
        raw, made = _transaction(snapshot, height, index)
        _require_concerned(visitor, snapshot, height, index + 1, named)
        receipts = snapshot.receipts(height)
        return DecisionProof(
            height=height,
            block=encode(light_block(snapshot, height)).hex(),
            transaction=raw.hex(),
            transaction_proof=encode(made).hex(),
            receipt=receipts[index + 1].hex(),
            receipt_proof=encode(prove_item(receipts, index + 1)).hex(),
        )

    return blocks_of(node, answer)


def _transaction(snapshot: Snapshot, height: int, index: int) -> tuple[bytes, ListProof]:
    found = snapshot.block(height)
    if found is None or index >= len(found.transactions):
        raise NotFound(f"height {height} has no transaction {index}")
    return found.transactions[index], prove_item([full_hash_of(raw) for raw in found.transactions], index)


async def get_receipt(node: Node, request: web.Request) -> Work:
    """A receipt of a block, with its proof; 0 is the block's own."""
    height, index = _place(request)
    visitor, named = visitor_of(request), _named_id(request)

    def answer(snapshot: Snapshot) -> ItemProof:
        found = snapshot.receipts(height)
        if index >= len(found):
            raise NotFound(f"height {height} has no receipt {index}")
        _require_concerned(visitor, snapshot, height, index, named)
        made = prove_item(found, index)
        return ItemProof(height=height, item=found[index].hex(), proof=encode(made).hex())

    return blocks_of(node, answer)


def _require_concerned(visitor: Visitor, store: StoreView, height: int, index: int, named: bytes | None) -> None:
    """A receipt, and the transaction that it is of, are open to the accounts that they name and to who knows the id."""
    if visitor.reads_everything:
        return
    receipt = REGISTRY.receipts.decode_trusted(store.receipts(height)[index])
    if named is not None and index and named == receipt.transaction_id:
        return
    concerned = {address for event in receipt.events for address in addresses_of(event)}
    raw = store.transaction(Location(height, index)) if index else None
    visitor.require(Open.OWN, concerned if raw is None else {*concerned, Transaction(raw).sender})


def _named_id(request: web.Request) -> bytes | None:
    text = request.query.get("id")
    return None if text is None else requests.hexadecimal("id", text, 32)


def _place(request: web.Request) -> tuple[int, int]:
    return requests.whole("height", request.match_info["height"]), requests.whole("index", request.match_info["index"])


_ID: Final = (("id", "the transaction's, in hex: who knows it may read what became of it"),)

ROUTES: Final = (
    Route(
        "GET",
        "/v1/proofs/{table}/{key}",
        "Proof of a state entry; key in hex, `-` for an empty one",
        ProofAnswer,
        get_proof,
        query=(("height", "the head's"),),
    ),
    Route(
        "GET",
        "/v1/light/state",
        "Proofs of state entries at the head, with its header",
        StateProofs,
        get_state,
        query=(("key", "a full key in hex; up to 64 times"),),
    ),
    Route(
        "GET",
        "/v1/light/transactions/{height}/{index}",
        "A transaction with its proof",
        ItemProof,
        get_transaction,
        query=_ID,
    ),
    Route(
        "GET",
        "/v1/light/decisions/{height}/{index}",
        "A transaction, its receipt and the header, with proofs",
        DecisionProof,
        get_decision,
        query=_ID,
    ),
    Route(
        "GET",
        "/v1/light/receipts/{height}/{index}",
        "A receipt with its proof; 0 is the block's own",
        ItemProof,
        get_receipt,
        query=_ID,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/proofs/{table}/{key}": EXAMINED,
    "/v1/light/state": EXAMINED,
    "/v1/light/transactions/{height}/{index}": EXAMINED,
    "/v1/light/decisions/{height}/{index}": EXAMINED,
    "/v1/light/receipts/{height}/{index}": EXAMINED,
}
