"""The genesis, blocks and headers."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.chain.envelope import Transaction
from ledger.chain.header import HEADER, Header
from ledger.encoding.codec import encode
from ledger.encoding.quantities import TimeMs
from market.denominations import UNKNOWN
from nodechain.api.amounts import view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, EVERYTHING, Right
from nodechain.api.http.route import PAGE, POINT, Route
from nodechain.api.reading import Work, blocks_of
from nodechain.errors import NotFound
from nodechain.node import Node
from nodechain.store.view import Snapshot, StoreView


class HeaderView(ApiModel):
    """A block's header with its hash; `next_due_ms`: when the state has work next, 0 if nothing waits."""

    hash: str
    format: int
    version: int
    chain_id: str
    height: int
    parent: str
    time_ms: TimeMs
    proposer: str
    transactions_root: str
    receipts_root: str
    state_root: str
    validators_hash: str
    next_validators_hash: str
    parameters_hash: str
    next_due_ms: TimeMs
    commits_hash: str
    known_version: int


class BlockView(ApiModel):
    """A block: header, certificate in canonical bytes, ids of its transactions."""

    header: HeaderView
    certificate: str
    transactions: list[str]


class BlockViews(At):
    """Headers, newest first, a page."""

    blocks: list[HeaderView]
    next: str | None


class GenesisAnswer(ApiModel):
    """The chain's genesis in canonical bytes."""

    chain_id: str
    hash: str
    genesis: str


def header_view(header: Header) -> HeaderView:
    """A header with its hash."""
    return view(UNKNOWN, HeaderView, header, hash=header.hash().hex())


def block_view(store: StoreView, height: int) -> BlockView:
    """A block; raises `NotFound`."""
    block = store.block(height)
    if block is None:
        raise NotFound(f"there is no block at height {height} yet")
    ids = [Transaction(raw).id.hex() for raw in block.transactions]
    return BlockView(
        header=header_view(HEADER.decode(block.header)), certificate=block.certificate.hex(), transactions=ids
    )


def headers_down(store: StoreView, highest: int, limit: int) -> tuple[list[HeaderView], int | None]:
    """Headers from `highest` downwards; the next height, or None at the genesis."""
    lowest = max(highest - limit + 1, 0)
    views = [header_view(HEADER.decode(stored.header)) for stored in store.headers(lowest, highest)]
    return views[::-1], lowest - 1 if lowest > 0 else None


async def get_genesis(node: Node, _request: web.Request) -> Work:
    """The genesis in canonical bytes."""
    return lambda: GenesisAnswer(
        chain_id=node.chain_id, hash=node.genesis.hash.hex(), genesis=encode(node.genesis).hex()
    )


async def get_blocks(node: Node, request: web.Request) -> Work:
    """Headers, newest first."""
    head = node.app.height
    highest, limit = requests.number(request, "cursor", head, most=head), requests.limit(request)

    def answer(snapshot: Snapshot) -> BlockViews:
        views, following = headers_down(snapshot, highest, limit)
        return BlockViews(height=head, blocks=views, next=None if following is None else str(following))

    return blocks_of(node, answer)


async def get_headers(node: Node, request: web.Request) -> Work:
    """Headers of a range of heights, newest first."""
    head = node.app.height
    last = requests.number(request, "to", head, most=head)
    first = requests.number(request, "from", max(last - requests.DEFAULT_LIMIT + 1, 0), most=last)

    def answer(snapshot: Snapshot) -> BlockViews:
        views, following = headers_down(snapshot, last, min(last - first + 1, requests.MAX_LIMIT))
        cursor = None if following is None or following < first else str(following)
        return BlockViews(height=head, blocks=views, next=cursor)

    return blocks_of(node, answer)


async def get_block(node: Node, request: web.Request) -> Work:
    """A block by height, by hash, or the latest."""
    name = request.match_info["block"]
    if len(name) == 64:
        block_hash = requests.hexadecimal("block", name, 32)

        def by_hash(snapshot: Snapshot) -> BlockView:
            height = snapshot.height_of(block_hash)
            if height is None:
                raise NotFound("no block has this hash")
            return block_view(snapshot, height)

        return blocks_of(node, by_hash)
    height = node.app.height if name == "latest" else requests.whole("block", name)
    return blocks_of(node, lambda snapshot: block_view(snapshot, height))


ROUTES: Final = (
    Route("GET", "/v1/genesis", "The chain's genesis", GenesisAnswer, get_genesis, kind=POINT),
    Route("GET", "/v1/blocks", "Headers, newest first", BlockViews, get_blocks, query=PAGE),
    Route("GET", "/v1/blocks/{block}", "A block by height, hash or `latest`", BlockView, get_block),
    Route(
        "GET",
        "/v1/headers",
        "Headers of a range",
        BlockViews,
        get_headers,
        query=(("from", "lowest height"), ("to", "highest height")),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/genesis": EVERYBODY,
    "/v1/blocks": EVERYBODY,
    "/v1/blocks/{block}": EVERYTHING,
    "/v1/headers": EVERYBODY,
}
