"""Transactions: in by canonical bytes, singly or in batches; out with what became of them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web

from ledger.chain.envelope import Transaction
from ledger.chain.header import Receipt
from ledger.encoding.codec import Codec
from ledger.errors import InclusionError, InvalidInput
from ledger.keys.address import format_address
from ledger.limits import MAX_TRANSACTION_BYTES
from market.denominations import Denominations
from nodechain.api.amounts import Amount, tokens
from nodechain.api.codes import meaning_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import BY_NAME, EVERYBODY, Right
from nodechain.api.http.route import POINT, WAIT, Route
from nodechain.api.reading import Work, blocks_of
from nodechain.api.render import event, struct
from nodechain.client.rest import CANONICAL
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot, StoreView


class ReceiptView(ApiModel):
    """What became of a transaction; `code` is empty when it was applied."""

    height: int
    index: int
    transaction_id: str
    code: str
    explanation: str
    fee: Amount
    weight: int
    events: list[dict[str, Any]]


class TransactionView(ApiModel):
    """A transaction as it was signed."""

    type: str
    sender: str
    nonce: int
    valid_until_height: int
    fee: Amount
    payload: dict[str, Any]
    bytes: int


class TransactionAnswer(ApiModel):
    """What is known of a transaction. `status`: decided, waiting or dropped; its place only when it is decided."""

    id: str
    status: str
    height: int | None
    index: int | None
    code: str
    explanation: str
    receipt: ReceiptView | None
    transaction: TransactionView | None


class BatchItem(ApiModel):
    """One of a batch: its id and what became of it, or why it was not taken in."""

    id: str
    status: str
    height: int | None
    code: str
    explanation: str


class BatchAnswer(ApiModel):
    """The items of a batch in their order."""

    results: list[BatchItem]


def _chain(node: Node) -> Denominations:
    return Denominations.of(node.genesis)


def receipt_at(store: StoreView, location: Location) -> Receipt:
    """The receipt at a place; raises `NotFound`."""
    data = store.receipt(location)
    if data is None:
        raise NotFound("no such receipt")
    return REGISTRY.receipts.decode_trusted(data)


def receipt_view(chain: Denominations, location: Location, receipt: Receipt) -> ReceiptView:
    """A receipt as it is shown."""
    return ReceiptView(
        height=location.height,
        index=location.index,
        transaction_id=receipt.transaction_id.hex(),
        code=receipt.code,
        explanation=meaning_of(receipt.code) if receipt.code else "",
        fee=tokens(chain, chain.fee_asset, receipt.fee),
        weight=receipt.weight,
        events=[event(chain, entry) for entry in receipt.events],
    )


def transaction_view(chain: Denominations, raw: bytes) -> TransactionView:
    """A transaction as it was signed, with its payload decoded."""
    transaction = REGISTRY.decode(raw)
    envelope = transaction.envelope
    return TransactionView(
        type=REGISTRY.types[envelope.type].name,
        sender=format_address(transaction.sender),
        nonce=envelope.nonce,
        valid_until_height=envelope.valid_until_height,
        fee=tokens(chain, chain.fee_asset, envelope.fee),
        payload=struct(chain, transaction.payload),
        bytes=len(raw),
    )


def decided_transaction(
    chain: Denominations, store: StoreView, transaction_id: bytes, *, full: bool
) -> TransactionAnswer | None:
    """What a block decided of a transaction; None if none did. `full`: with receipt and payload.

    The location of a transaction counts from 0, its receipt from 1: receipt 0 is the block's own.
    """
    location = store.location(transaction_id)
    if location is None:
        return None
    place = Location(location.height, location.index + 1)
    receipt = receipt_at(store, place)
    raw = store.transaction(location) if full else None
    return TransactionAnswer(
        id=transaction_id.hex(),
        status="decided",
        height=location.height,
        index=location.index,
        code=receipt.code,
        explanation=meaning_of(receipt.code) if receipt.code else "",
        receipt=receipt_view(chain, place, receipt) if full else None,
        transaction=transaction_view(chain, raw) if raw is not None else None,
    )


def waiting_transaction(chain: Denominations, transaction: Transaction, *, full: bool) -> TransactionAnswer:
    """A transaction in the pool."""
    return TransactionAnswer(
        id=transaction.id.hex(),
        status="waiting",
        height=None,
        index=None,
        code="",
        explanation="",
        receipt=None,
        transaction=transaction_view(chain, transaction.raw) if full else None,
    )


def dropped_transaction(transaction_id: bytes, code: str) -> TransactionAnswer:
    """A transaction that will never be decided."""
    return TransactionAnswer(
        id=transaction_id.hex(),
        status="dropped",
        height=None,
        index=None,
        code=code,
        explanation=meaning_of(code),
        receipt=None,
        transaction=None,
    )


MAX_BODY_BYTES: Final = 1024 * 1024


MAX_BATCH: Final = 5_000


DEFAULT_WAIT_S: Final = 30


MAX_WAIT_S: Final = 300


Batch = Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]


_BATCH: Final[Codec[tuple[bytes, ...]]] = Codec(Batch, MAX_BODY_BYTES)


async def post_transaction(node: Node, request: web.Request, raw: bytes) -> tuple[int, TransactionAnswer]:
    """Take a transaction in: 202 when it is durable here, 200 when `wait=decided` and it was decided in time.

    What is known already is answered as it stands, so that sending twice is harmless.
    """
    wait_s = _wait_s(request)
    known = _known(node, raw)
    if known is not None and (known.status == "decided" or wait_s is None):
        return 200 if known.status == "decided" else 202, known
    answer = await _submit(node, raw, wait_s)
    return 202 if answer.status == "waiting" else 200, answer


def _wait_s(request: web.Request) -> int | None:
    if not requests.flag(request, "wait", "decided"):
        return None
    return requests.number(request, "timeout", DEFAULT_WAIT_S, least=1, most=MAX_WAIT_S)


def _known(node: Node, raw: bytes) -> TransactionAnswer | None:
    """What is known of exactly these bytes; a false signature on a known id is a new matter."""
    if len(raw) > MAX_TRANSACTION_BYTES:
        return None
    transaction = Transaction(raw)
    location = node.app.store.location(transaction.id)
    if location is not None and node.app.store.transaction(location) == raw:
        return decided_transaction(_chain(node), node.app.store, transaction.id, full=True)
    waiting = node.mempool.pool.get(transaction.id)
    return waiting_transaction(_chain(node), waiting, full=True) if waiting is not None and waiting.raw == raw else None


async def _submit(node: Node, raw: bytes, wait_s: float | None) -> TransactionAnswer:
    if wait_s is None:
        return waiting_transaction(_chain(node), await node.submit(raw), full=True)
    transaction, decision = await node.submit_and_wait(raw, wait_s)
    if decision is None:
        return waiting_transaction(_chain(node), transaction, full=True)
    if decision.dropped:
        return dropped_transaction(transaction.id, decision.dropped)
    answer = decided_transaction(_chain(node), node.app.store, transaction.id, full=True)
    return answer or waiting_transaction(_chain(node), transaction, full=True)


async def post_batch(node: Node, request: web.Request, body: bytes) -> tuple[int, BatchAnswer]:
    """Take many in with one request; each item has its own answer, in order."""
    batch = _BATCH.decode(body)
    wait_s = _wait_s(request)
    outcomes = await asyncio.gather(*(_item(node, raw, wait_s) for raw in batch))
    return 200, BatchAnswer(results=list(outcomes))


async def _item(node: Node, raw: bytes, wait_s: float | None) -> BatchItem:
    try:
        transaction_id, known = Transaction(raw).id.hex(), _known(node, raw)
        if known is None:
            return await _new_item(node, raw, wait_s)
        return BatchItem(
            id=transaction_id, status=known.status, height=known.height, code=known.code, explanation=known.explanation
        )
    except (InvalidInput, InclusionError) as error:
        return _refused(raw, error)


async def _new_item(node: Node, raw: bytes, wait_s: float | None) -> BatchItem:
    if wait_s is None:
        transaction = await node.submit(raw)
        return BatchItem(id=transaction.id.hex(), status="waiting", height=None, code="", explanation="")
    transaction, decision = await node.submit_and_wait(raw, wait_s)
    if decision is None:
        return BatchItem(id=transaction.id.hex(), status="waiting", height=None, code="", explanation="")
    code = decision.dropped or ("" if decision.receipt is None else decision.receipt.code)
    return BatchItem(
        id=transaction.id.hex(),
        status="dropped" if decision.dropped else "decided",
        height=None if decision.dropped else decision.height,
        code=code,
        explanation=meaning_of(code) if code else "",
    )


def _refused(raw: bytes, error: InvalidInput | InclusionError) -> BatchItem:
    try:
        transaction_id = Transaction(raw).id.hex()
    except InvalidInput:
        transaction_id = ""
    return BatchItem(id=transaction_id, status="refused", height=None, code=error.code, explanation=error.detail)


async def get_transaction(node: Node, request: web.Request) -> Work:
    """A transaction: decided with its receipt, or waiting."""
    transaction_id = requests.path_hex(request, "id", 32)
    waiting = node.mempool.pool.get(transaction_id)

    def work() -> TransactionAnswer:
        found = decided_transaction(_chain(node), node.app.store, transaction_id, full=True)
        if found is not None:
            return found
        if waiting is None:
            raise NotFound(
                "no transaction has this id here", advice="It may have expired, or was never sent to this node."
            )
        return waiting_transaction(_chain(node), waiting, full=True)

    return work


async def get_receipt(node: Node, request: web.Request) -> Work:
    """The receipt of a transaction."""
    transaction_id = requests.path_hex(request, "id", 32)

    def answer(snapshot: Snapshot) -> ReceiptView:
        location = snapshot.location(transaction_id)
        if location is None:
            raise NotFound("no block holds this transaction")
        place = Location(location.height, location.index + 1)
        return receipt_view(_chain(node), place, receipt_at(snapshot, place))

    return blocks_of(node, answer)


ROUTES: Final = (
    Route(
        "GET",
        "/v1/transactions/{id}",
        "A transaction and its receipt",
        TransactionAnswer,
        get_transaction,
        kind=POINT,
    ),
    Route("GET", "/v1/receipts/{id}", "The receipt of a transaction", ReceiptView, get_receipt, kind=POINT),
    Route(
        "POST",
        "/v1/transactions",
        "Take in a transaction (canonical bytes)",
        TransactionAnswer,
        write=post_transaction,
        query=WAIT,
        body=CANONICAL,
        most_bytes=MAX_BODY_BYTES,
    ),
    Route(
        "POST",
        "/v1/transactions/batch",
        "Take in many (a MessagePack array of byte strings)",
        BatchAnswer,
        write=post_batch,
        query=WAIT,
        body=CANONICAL,
        most_bytes=MAX_BODY_BYTES,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/transactions/{id}": BY_NAME,
    "/v1/receipts/{id}": BY_NAME,
    "/v1/transactions": EVERYBODY,
    "/v1/transactions/batch": EVERYBODY,
}
