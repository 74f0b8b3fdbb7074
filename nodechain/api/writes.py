"""The way in: transactions in canonical bytes, singly or in batches, and the clock of a simulated chain."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import msgspec
from aiohttp import web

from ledger.chain.envelope import Transaction
from ledger.encoding.codec import Codec
from ledger.encoding.times import Millis
from ledger.errors import InclusionError, InvalidInput
from ledger.limits import MAX_TRANSACTION_BYTES
from nodechain.api import models as m
from nodechain.api import requests
from nodechain.api.chain_reads import decided_transaction, dropped_transaction, waiting_transaction
from nodechain.api.codes import meaning_of
from nodechain.clock import PlayedClock
from nodechain.errors import UsageError
from nodechain.node import Node

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_CLOCK_BYTES: Final = 1_024
MAX_BATCH: Final = 5_000
DEFAULT_WAIT_S: Final = 30
MAX_WAIT_S: Final = 300

Batch = Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]
_BATCH: Final[Codec[tuple[bytes, ...]]] = Codec(Batch, MAX_BODY_BYTES)


async def post_transaction(node: Node, request: web.Request, raw: bytes) -> tuple[int, m.TransactionAnswer]:
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


def _known(node: Node, raw: bytes) -> m.TransactionAnswer | None:
    """What is known of exactly these bytes; a false signature on a known id is a new matter."""
    if len(raw) > MAX_TRANSACTION_BYTES:
        return None
    transaction = Transaction(raw)
    location = node.app.store.location(transaction.id)
    if location is not None and node.app.store.transaction(location) == raw:
        return decided_transaction(node.app.store, transaction.id, full=True)
    waiting = node.mempool.pool.get(transaction.id)
    return waiting_transaction(waiting, full=True) if waiting is not None and waiting.raw == raw else None


async def _submit(node: Node, raw: bytes, wait_s: float | None) -> m.TransactionAnswer:
    if wait_s is None:
        return waiting_transaction(await node.submit(raw), full=True)
    transaction, decision = await node.submit_and_wait(raw, wait_s)
    if decision is None:
        return waiting_transaction(transaction, full=True)
    if decision.dropped:
        return dropped_transaction(transaction.id, decision.dropped)
    answer = decided_transaction(node.app.store, transaction.id, full=True)
    return answer or waiting_transaction(transaction, full=True)


async def post_batch(node: Node, request: web.Request, body: bytes) -> tuple[int, m.BatchAnswer]:
    """Take many in with one request; each item has its own answer, in order."""
    batch = _BATCH.decode(body)
    wait_s = _wait_s(request)
    outcomes = await asyncio.gather(*(_item(node, raw, wait_s) for raw in batch))
    return 200, m.BatchAnswer(results=list(outcomes))


async def _item(node: Node, raw: bytes, wait_s: float | None) -> m.BatchItem:
    try:
        transaction_id, known = Transaction(raw).id.hex(), _known(node, raw)
        if known is None:
            return await _new_item(node, raw, wait_s)
        return m.BatchItem(
            id=transaction_id, status=known.status, height=known.height, code=known.code, explanation=known.explanation
        )
    except (InvalidInput, InclusionError) as error:
        return _refused(raw, error)


async def _new_item(node: Node, raw: bytes, wait_s: float | None) -> m.BatchItem:
    if wait_s is None:
        transaction = await node.submit(raw)
        return m.BatchItem(id=transaction.id.hex(), status="waiting", height=None, code="", explanation="")
    transaction, decision = await node.submit_and_wait(raw, wait_s)
    if decision is None:
        return m.BatchItem(id=transaction.id.hex(), status="waiting", height=None, code="", explanation="")
    code = decision.dropped or ("" if decision.receipt is None else decision.receipt.code)
    return m.BatchItem(
        id=transaction.id.hex(),
        status="dropped" if decision.dropped else "decided",
        height=None if decision.dropped else decision.height,
        code=code,
        explanation=meaning_of(code) if code else "",
    )


def _refused(raw: bytes, error: InvalidInput | InclusionError) -> m.BatchItem:
    try:
        transaction_id = Transaction(raw).id.hex()
    except InvalidInput:
        transaction_id = ""
    return m.BatchItem(id=transaction_id, status="refused", height=None, code=error.code, explanation=error.detail)


class _ClockRequest(msgspec.Struct, forbid_unknown_fields=True):
    time_ms: Millis
    block: bool = False


async def post_clock(node: Node, _request: web.Request, body: bytes) -> tuple[int, m.Clock]:
    """Move the clock of a simulated chain forward; `block`: and make a block at once."""
    if not isinstance(node.clock, PlayedClock):
        raise UsageError(
            "this chain runs on real time", code="real_time", advice="Only a genesis with simulated_clock has this."
        )
    try:
        wanted = msgspec.json.decode(body, type=_ClockRequest)
    except msgspec.DecodeError as error:
        raise requests.bad("body", str(error)) from None
    node.clock.move_to(wanted.time_ms)
    node.forget_view()
    if wanted.block:
        height = node.app.height
        node.make_block_now()
        while node.app.height == height:
            await node.decisions.next_block()
    return 200, m.Clock(clock_ms=node.clock.wall_ms())
