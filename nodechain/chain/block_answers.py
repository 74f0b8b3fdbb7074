"""What a peer that asks for blocks or their bodies is answered; reads the store, so it runs beside the driver.

Nothing here waits or sends: `nodechain.chain.serving` does, on real connections, and the simulator on virtual ones.
"""

from __future__ import annotations

from typing import Final

import msgspec

from consensus.bodies import Body, BodyListing, block_transactions, hashes_part
from consensus.limits import MAX_SYNC_BLOCKS
from consensus.messages import (
    BlocksRequest,
    BlocksResponse,
    Decided,
    DecidedBlock,
    HashesRequest,
    Message,
    TransactionsRequest,
)
from ledger.chain.blocks import Block
from ledger.chain.commits import commits_hash
from ledger.chain.envelope import full_hash_of
from ledger.chain.header import CERTIFICATE, HEADER, Certificate
from nodechain.store.view import StoreView

ANSWER_BYTES: Final = 2 * 1024 * 1024
"""Blocks sent at once; the first one is sent whatever its size. Less than the protocol allows: who asks, asks again."""

PRICE_OF_A_BLOCK: Final = 32 * 1024
"""What reading a block costs besides its bytes, in bytes: 64 small blocks cost as much work as 2 MiB of large ones."""


class DecidedRequest(msgspec.Struct, frozen=True):
    """A peer works on a height that is decided here: it gets that block's DECIDED."""

    height: int


Request = HashesRequest | TransactionsRequest | BlocksRequest | DecidedRequest
UnderWay = Block | Body | None
"""A block that is not decided yet: executed, or its body as it came, or unknown."""


class BlockAnswer(msgspec.Struct, frozen=True):
    """`price`: bytes read from the disk for it, and a share for what reading costs besides."""

    message: Message
    price: int


def answer_to(store: StoreView, under_way: UnderWay, request: Request) -> BlockAnswer | None:
    """The answer, None where none is due. Raises `DataDamaged`, `StorageFailed`, `NotFound`."""
    match request:
        case BlocksRequest():
            return _decided_blocks(store, request)
        case DecidedRequest():
            return _decided(store, request.height)
        case HashesRequest():
            listed, price = _listed(store, under_way, request.block_hash)
            return BlockAnswer(hashes_part(request.block_hash, listed, request.part), price)
        case TransactionsRequest():
            body, price = _body(store, under_way, request.block_hash)
            return BlockAnswer(block_transactions(request, None if body is None else body.transactions), price)


def _decided_blocks(store: StoreView, request: BlocksRequest) -> BlockAnswer:
    """Blocks in a row (above genesis), as many as are there and fit; at least one if it is there."""
    blocks: list[DecidedBlock] = []
    size = 0
    first = max(request.first, 1)
    commits: Certificate | None = None
    heights = range(first, first + min(request.count, MAX_SYNC_BLOCKS)) if first >= store.base() else range(0)
    for height in heights:
        stored = store.block(height)
        if stored is None:
            break
        size += len(stored.header) + len(stored.certificate) + sum(len(raw) + 5 for raw in stored.transactions)
        if blocks and size > ANSWER_BYTES:
            break
        header, certificate = HEADER.decode(stored.header), CERTIFICATE.decode(stored.certificate)
        if not blocks:
            commits = commits_of(store, height)
        elif commits_hash(blocks[-1].certificate) != header.commits_hash:
            # The head was read just before the next block brought the COMMITs that take its certificate's place.
            break
        blocks.append(DecidedBlock(header, certificate, stored.transactions))
    return BlockAnswer(
        BlocksResponse(request.first, commits, tuple(blocks)), size + PRICE_OF_A_BLOCK * (len(blocks) + 1)
    )


def _decided(store: StoreView, height: int) -> BlockAnswer | None:
    header, certificate = store.header(height), store.certificate(height)
    if header is None or not certificate:
        return None
    return BlockAnswer(Decided(HEADER.decode(header.header), CERTIFICATE.decode(certificate)), PRICE_OF_A_BLOCK)


def commits_of(store: StoreView, height: int) -> Certificate | None:
    """The COMMITs that the block of a height carries: the store keeps them as its parent's certificate."""
    stored = store.certificate(height - 1)
    return CERTIFICATE.decode(stored) if stored else None


def _listed(store: StoreView, under_way: UnderWay, block_hash: bytes) -> tuple[BodyListing | None, int]:
    """COMMITs and full hashes of a block's body, and the price of knowing them."""
    if isinstance(under_way, Block):
        hashes = tuple(transaction.full_hash for transaction in under_way.transactions)
        return BodyListing(under_way.commits, hashes), PRICE_OF_A_BLOCK
    body, price = _body(store, under_way, block_hash)
    if body is None:
        return None, price
    return BodyListing(body.commits, tuple(full_hash_of(raw) for raw in body.transactions)), price


def _body(store: StoreView, under_way: UnderWay, block_hash: bytes) -> tuple[Body | None, int]:
    """A block's body, of one that is under way or decided; reading it has its price."""
    if isinstance(under_way, Block):
        return Body(under_way.commits, tuple(entry.raw for entry in under_way.transactions)), PRICE_OF_A_BLOCK
    if under_way is not None:
        return under_way, PRICE_OF_A_BLOCK
    stored = store.block_by_hash(block_hash)
    if stored is None:
        return None, PRICE_OF_A_BLOCK
    body = Body(commits_of(store, stored.height), stored.transactions)
    return body, PRICE_OF_A_BLOCK + sum(len(raw) for raw in stored.transactions)
