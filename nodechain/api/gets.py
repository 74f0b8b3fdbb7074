"""The reading routes: each takes what the request says, reads one snapshot, and returns a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final

from aiohttp import web

from ledger.address import format_address
from ledger.codec import encode
from ledger.context import Context
from ledger.genesis import ConsensusMode
from ledger.schema import MEMBERS, VOTERS, Member, MemberStatus
from ledger.state import State
from nodechain.api import chain_reads, requests
from nodechain.api import models as m
from nodechain.api.evidence_reads import evidence_page
from nodechain.api.light_reads import settled, state_proof
from nodechain.api.peer_reads import peers_of
from nodechain.api.reads import LedgerReads
from nodechain.app import REGISTRY
from nodechain.errors import NotFound
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot

VERSION: Final = version("nodechain")


@contextmanager
def reading(node: Node, request: web.Request) -> Iterator[LedgerReads]:
    """Reads of one committed state: the head's, or the one of the `height` that is asked for; raises `NotFound`."""
    with node.app.store.snapshot() as snapshot:
        head = snapshot.head()
        newest = 0 if head is None else head.height
        yield reads_of(node, snapshot, requests.number(request, "height", newest))


def reads_of(node: Node, snapshot: Snapshot, height: int) -> LedgerReads:
    """Reads of the state that a snapshot holds of a height."""
    head = snapshot.head()
    is_past = head is not None and height != head.height
    reader = snapshot.at(height) if is_past else snapshot
    time_ms = chain_reads.stored_header(snapshot, height).time_ms if is_past else node.clock.wall_ms()
    view = Context(State(reader), node.genesis, REGISTRY.hooks, height + 1, time_ms, b"")
    return LedgerReads(reader, height, view)


async def status(node: Node, _request: web.Request) -> m.Status:
    """Height, chain, pool, duty."""
    header, offset = node.app.parent.header, node.offset
    return m.Status(
        height=header.height,
        chain_id=node.chain_id,
        genesis_hash=node.genesis.hash.hex(),
        block_hash=header.hash().hex(),
        state_root=header.state_root.hex(),
        time_ms=header.time_ms,
        version=VERSION,
        mode=ConsensusMode(node.genesis.mode).name.lower(),
        validator="" if node.key is None else format_address(node.key.address),
        signing=node.engine.is_signing,
        safe_mode="" if node.safe_mode is None else node.safe_mode.doubt.value,
        safe_mode_ends_at=None if node.safe_mode is None else node.safe_mode.ends_at,
        round=node.engine.place[1],
        behind=node.behind,
        validators=len(node.app.parent.validators.members),
        validators_connected=len(node.network.table.validators()),
        peers=len(node.network.table.ids()),
        pool=m.Pool(transactions=len(node.mempool), bytes=node.mempool.pool.size_bytes),
        simulated_clock=node.genesis.simulated_clock,
        clock_ms=node.clock.wall_ms(),
        clock_ahead_ms=None if offset is None else offset.ahead_ms,
        clock_peers=0 if offset is None else offset.peers,
        clock_limit_ms=node.clock_offset.limit_ms,
    )


async def genesis(node: Node, _request: web.Request) -> m.GenesisAnswer:
    """The genesis in canonical bytes."""
    data = encode(node.genesis).hex()
    return m.GenesisAnswer(chain_id=node.chain_id, hash=node.genesis.hash.hex(), genesis=data)


async def account(node: Node, request: web.Request) -> m.AccountView:
    """Balances, roles and nonces of an account."""
    address = requests.path_address(request)
    with reading(node, request) as reads:
        waiting = node.mempool.expected_nonce(node.view(), address) if "height" not in request.query else None
        return reads.account(address, waiting)


async def energy(node: Node, request: web.Request) -> m.Energy:
    """Supply, backing, imbalance, rates."""
    with reading(node, request) as reads:
        return reads.energy()


async def units(node: Node, request: web.Request) -> m.Units:
    """Storage units."""
    with reading(node, request) as reads:
        return reads.units(requests.cursor(request), requests.limit(request))


async def unit(node: Node, request: web.Request) -> m.UnitAnswer:
    """One storage unit."""
    with reading(node, request) as reads:
        return reads.unit(requests.path_address(request))


async def sessions(node: Node, request: web.Request) -> m.Sessions:
    """Open sessions by consumer, unit, or both."""
    consumer, at_unit = requests.address(request, "consumer"), requests.address(request, "unit")
    with reading(node, request) as reads:
        return reads.sessions(consumer, at_unit, requests.cursor(request), requests.limit(request))


async def book(node: Node, request: web.Request) -> m.Book:
    """The best orders of both sides."""
    with reading(node, request) as reads:
        return reads.book(requests.number(request, "depth", 20, least=1, most=200))


async def orders(node: Node, request: web.Request) -> m.Orders:
    """Open orders, of one owner or all."""
    owner = requests.address(request, "owner")
    with reading(node, request) as reads:
        return reads.orders(owner, requests.cursor(request), requests.limit(request))


async def order(node: Node, request: web.Request) -> m.OrderAnswer:
    """One open order."""
    with reading(node, request) as reads:
        return reads.order(requests.whole("number", request.match_info["number"]))


async def trades(node: Node, request: web.Request) -> m.Trades:
    """The latest trades, newest first."""
    with node.app.store.snapshot() as snapshot:
        head = node.app.height
        highest = requests.number(request, "cursor", head, most=head)
        found, following = chain_reads.trades_down(snapshot, highest, requests.limit(request))
    return m.Trades(height=head, trades=found, next=None if following is None else str(following))


async def votes(node: Node, request: web.Request) -> m.Votes:
    """Open votes."""
    with reading(node, request) as reads:
        return reads.votes()


async def voters(node: Node, request: web.Request) -> m.Addresses:
    """Who decides votes."""
    with reading(node, request) as reads:
        return reads.addresses(VOTERS, requests.cursor(request), requests.limit(request))


async def members(node: Node, request: web.Request) -> m.Addresses:
    """Admitted members; members by role alone are not listed."""

    def admitted(member: Member) -> bool:
        return member.status == MemberStatus.ADMITTED

    with reading(node, request) as reads:
        return reads.addresses(MEMBERS, requests.cursor(request), requests.limit(request), admitted)


async def parameters(node: Node, request: web.Request) -> m.Parameters:
    """Parameters in force."""
    with reading(node, request) as reads:
        return reads.parameters()


async def validators(node: Node, request: web.Request) -> m.Validators:
    """The validators of the next height."""
    with reading(node, request) as reads:
        return reads.validators()


async def meter(node: Node, request: web.Request) -> m.MeterView:
    """What the chain knows of a meter key."""
    with reading(node, request) as reads:
        return reads.meter(requests.key(request))


async def peers(node: Node, _request: web.Request) -> m.Peers:
    """Who may connect, and who is connected."""
    return peers_of(node)


async def evidence(node: Node, request: web.Request) -> m.Evidence:
    """Punished equivocations."""
    with node.app.store.snapshot() as snapshot:
        reads = reads_of(node, snapshot, node.app.height)
        return evidence_page(snapshot, reads, requests.cursor(request), requests.limit(request))


async def blocks(node: Node, request: web.Request) -> m.Blocks:
    """Headers, newest first."""
    with node.app.store.snapshot() as snapshot:
        head = node.app.height
        highest = requests.number(request, "cursor", head, most=head)
        views, following = chain_reads.headers_down(snapshot, highest, requests.limit(request))
    return m.Blocks(height=head, blocks=views, next=None if following is None else str(following))


async def headers(node: Node, request: web.Request) -> m.Blocks:
    """Headers of a range of heights, newest first."""
    head = node.app.height
    last = requests.number(request, "to", head, most=head)
    first = requests.number(request, "from", max(last - requests.DEFAULT_LIMIT + 1, 0), most=last)
    with node.app.store.snapshot() as snapshot:
        count = min(last - first + 1, requests.MAX_LIMIT)
        views, following = chain_reads.headers_down(snapshot, last, count)
    cursor = None if following is None or following < first else str(following)
    return m.Blocks(height=head, blocks=views, next=cursor)


async def block(node: Node, request: web.Request) -> m.BlockView:
    """A block by height, by hash, or the latest."""
    name = request.match_info["block"]
    with node.app.store.snapshot() as snapshot:
        if name == "latest":
            return chain_reads.block_view(snapshot, node.app.height)
        if len(name) == 64:
            height = snapshot.height_of(requests.hexadecimal("block", name, 32))
            if height is None:
                raise NotFound("no block has this hash")
            return chain_reads.block_view(snapshot, height)
        return chain_reads.block_view(snapshot, requests.whole("block", name))


async def transaction(node: Node, request: web.Request) -> m.TransactionAnswer:
    """A transaction: decided with its receipt, or waiting."""
    transaction_id = requests.path_hex(request, "id", 32)
    found = chain_reads.decided_transaction(node.app.store, transaction_id, full=True)
    if found is not None:
        return found
    waiting = node.mempool.pool.get(transaction_id)
    if waiting is None:
        raise NotFound("no transaction has this id here", advice="It may have expired, or was never sent to this node.")
    return chain_reads.waiting_transaction(waiting, full=True)


async def receipt(node: Node, request: web.Request) -> m.ReceiptView:
    """The receipt of a transaction."""
    location = node.app.store.location(requests.path_hex(request, "id", 32))
    if location is None:
        raise NotFound("no block holds this transaction")
    place = Location(location.height, location.index + 1)
    return chain_reads.receipt_view(place, chain_reads.receipt_at(node.app.store, place))


async def statement(node: Node, request: web.Request) -> m.Statement:
    """An account's movements from its events, oldest first."""
    address, limit = requests.path_address(request), requests.limit(request)
    first, last = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    cursor = requests.place_cursor(request) or (Location(first - 1, 2**32 - 1) if first else None)
    with node.app.store.snapshot() as snapshot:
        found = list(chain_reads.movements(snapshot, address, cursor, limit))
    kept = [movement for movement in found if movement.height <= last]
    more = len(found) == limit and len(kept) == len(found)
    following = f"{found[-1].height}-{found[-1].index}" if more else None
    return m.Statement(height=node.app.height, address=format_address(address), movements=kept, next=following)


async def proof(node: Node, request: web.Request) -> m.ProofAnswer:
    """A proof of presence or absence of a state entry at the head."""
    table = REGISTRY.table_of(request.match_info["table"])
    key = requests.path_hex(request, "key") if request.match_info["key"] != "-" else b""
    async with settled(node) as snapshot:
        height = node.app.height
        if requests.number(request, "height", height) != height:
            raise NotFound(f"proofs are made at the head, which is {height}", code="no_such_height")
        made = state_proof(node, snapshot, table.full_key(key))
        return m.ProofAnswer(
            height=height,
            table=table.name,
            key=key.hex(),
            value=None if made.value is None else made.value.hex(),
            state_root=node.app.parent.header.state_root.hex(),
            proof=encode(made).hex(),
        )
