"""Reads of blocks, transactions and receipts for the interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from ledger.chain.envelope import Transaction
from ledger.chain.header import HEADER, Header, Receipt
from ledger.keys.address import format_address
from market.events import Traded
from nodechain.api import models as m
from nodechain.api.codes import meaning_of
from nodechain.api.render import amount, event, struct
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from nodechain.store.layout import CHUNK, Location
from nodechain.store.view import StoreView

TRADES_LOOK_BACK: Final = 2_000
"""How many blocks a page of trades may look through."""

MAX_PAGE_RECEIPTS: Final = 5_000
"""How many receipts a page may read; the block that begins below it is read whole."""

MAX_PAGE_BYTES: Final = 1024 * 1024
"""How many bytes of receipts a page of a statement shows; the receipt that begins below it is shown whole."""


def header_view(header: Header) -> m.HeaderView:
    """A header with its hash."""
    fields = {name: getattr(header, name) for name in Header.__struct_fields__}
    shown: dict[str, Any] = {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}
    shown["proposer"] = format_address(header.proposer)
    return m.HeaderView(hash=header.hash().hex(), **shown)


def stored_header(store: StoreView, height: int) -> Header:
    """The header of a height; raises `NotFound` above the head."""
    stored = store.header(height)
    if stored is None:
        raise NotFound(f"there is no block at height {height} yet")
    return HEADER.decode(stored.header)


def block_view(store: StoreView, height: int) -> m.BlockView:
    """A block; raises `NotFound`."""
    block = store.block(height)
    if block is None:
        raise NotFound(f"there is no block at height {height} yet")
    ids = [Transaction(raw).id.hex() for raw in block.transactions]
    return m.BlockView(
        header=header_view(HEADER.decode(block.header)), certificate=block.certificate.hex(), transactions=ids
    )


def headers_down(store: StoreView, highest: int, limit: int) -> tuple[list[m.HeaderView], int | None]:
    """Headers from `highest` downwards; the next height, or None at the genesis."""
    lowest = max(highest - limit + 1, 0)
    views = [header_view(HEADER.decode(stored.header)) for stored in store.headers(lowest, highest)]
    return views[::-1], lowest - 1 if lowest > 0 else None


def receipt_at(store: StoreView, location: Location) -> Receipt:
    """The receipt at a place; raises `NotFound`."""
    data = store.receipt(location)
    if data is None:
        raise NotFound("no such receipt")
    return REGISTRY.receipts.decode_trusted(data)


def receipt_view(location: Location, receipt: Receipt) -> m.ReceiptView:
    """A receipt as it is shown."""
    return m.ReceiptView(
        height=location.height,
        index=location.index,
        transaction_id=receipt.transaction_id.hex(),
        code=receipt.code,
        explanation=meaning_of(receipt.code) if receipt.code else "",
        fee=m.Amount(**amount(receipt.fee)),
        weight=receipt.weight,
        events=[event(entry) for entry in receipt.events],
    )


def transaction_view(raw: bytes) -> m.TransactionView:
    """A transaction as it was signed, with its payload decoded."""
    transaction = REGISTRY.decode(raw)
    envelope = transaction.envelope
    return m.TransactionView(
        type=REGISTRY.types[envelope.type].name,
        sender=format_address(transaction.sender),
        nonce=envelope.nonce,
        valid_until_height=envelope.valid_until_height,
        fee=m.Amount(**amount(envelope.fee)),
        payload=struct(transaction.payload),
        bytes=len(raw),
    )


def decided_transaction(store: StoreView, transaction_id: bytes, *, full: bool) -> m.TransactionAnswer | None:
    """What a block decided of a transaction; None if none did. `full`: with receipt and payload.

    The location of a transaction counts from 0, its receipt from 1: receipt 0 is the block's own.
    """
    location = store.location(transaction_id)
    if location is None:
        return None
    place = Location(location.height, location.index + 1)
    receipt = receipt_at(store, place)
    raw = store.transaction(location) if full else None
    return m.TransactionAnswer(
        id=transaction_id.hex(),
        status="decided",
        height=location.height,
        index=location.index,
        code=receipt.code,
        explanation=meaning_of(receipt.code) if receipt.code else "",
        receipt=receipt_view(place, receipt) if full else None,
        transaction=transaction_view(raw) if raw is not None else None,
    )


def waiting_transaction(transaction: Transaction, *, full: bool) -> m.TransactionAnswer:
    """A transaction in the pool."""
    return m.TransactionAnswer(
        id=transaction.id.hex(),
        status="waiting",
        height=None,
        index=None,
        code="",
        explanation="",
        receipt=None,
        transaction=transaction_view(transaction.raw) if full else None,
    )


def dropped_transaction(transaction_id: bytes, code: str) -> m.TransactionAnswer:
    """A transaction that will never be decided."""
    return m.TransactionAnswer(
        id=transaction_id.hex(),
        status="dropped",
        height=None,
        index=None,
        code=code,
        explanation=meaning_of(code),
        receipt=None,
        transaction=None,
    )


def movements(
    store: StoreView, address: bytes, cursor: Location | None, limit: int, last: int
) -> tuple[list[m.Movement], Location | None]:
    """The receipts up to a height that concern an account, oldest first; the last one's place if more may follow."""
    found: list[m.Movement] = []
    places = store.account_history(address, limit=limit, cursor=cursor, newest_first=False)
    size, header = 0, None
    for place, data in _receipts_at(store, places):
        if place.height > last:
            return found, None
        if header is None or header.height != place.height:
            header = stored_header(store, place.height)
        receipt = REGISTRY.receipts.decode_trusted(data)
        found.append(
            m.Movement(
                height=place.height,
                index=place.index,
                time_ms=header.time_ms,
                transaction_id=receipt.transaction_id.hex(),
                code=receipt.code,
                events=[event(entry) for entry in receipt.events if _names(entry, address)],
            )
        )
        size += len(data)
        if size >= MAX_PAGE_BYTES:
            return found, place
    return found, places[-1] if len(places) == limit else None


def _receipts_at(store: StoreView, places: Iterable[Location]) -> Iterator[tuple[Location, bytes]]:
    """The receipts at places of the account index; neighbours lie in one chunk, which is read once."""
    here: tuple[int, int] | None = None
    items: tuple[bytes, ...] = ()
    for place in places:
        chunk = place.height, place.index // CHUNK
        if chunk != here:
            here, items = chunk, store.receipts_from(place.height, chunk[1] * CHUNK, CHUNK)
        yield place, items[place.index % CHUNK]


def _names(entry: object, address: bytes) -> bool:
    return any(getattr(entry, name, None) == address for name in getattr(entry, "__struct_fields__", ()))


def trades_down(store: StoreView, highest: int, limit: int) -> tuple[list[m.Trade], int | None]:
    """Trades from a height downwards, newest first, whole blocks; the next height.

    A page ends after `limit` trades, `TRADES_LOOK_BACK` blocks or `MAX_PAGE_RECEIPTS` receipts, whatever comes first.
    """
    found: list[m.Trade] = []
    read = 0
    lowest = max(highest - TRADES_LOOK_BACK + 1, 0)
    for height in range(highest, lowest - 1, -1):
        if len(found) >= limit or read >= MAX_PAGE_RECEIPTS:
            return found, height
        time_ms = stored_header(store, height).time_ms
        receipts = store.receipts(height)
        read += len(receipts)
        block = [entry for data in receipts for entry in REGISTRY.receipts.decode_trusted(data).events]
        found.extend(_trade(entry, height, time_ms) for entry in reversed(block) if isinstance(entry, Traded))
    return found, lowest - 1 if lowest > 0 else None


def _trade(entry: Traded, height: int, time_ms: int) -> m.Trade:
    return m.Trade(
        height=height,
        time_ms=time_ms,
        buy=entry.buy,
        sell=entry.sell,
        buyer=format_address(entry.buyer),
        seller=format_address(entry.seller),
        price=m.Amount(**amount(entry.price)),
        quantity=m.Amount(**amount(entry.quantity)),
        payment=m.Amount(**amount(entry.payment)),
    )
