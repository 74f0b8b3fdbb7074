"""The reading routes. Each takes on the loop what the request says and what only the loop may touch (pool, network),

and returns the work that is left: reads of one moment of the store, done by the reading thread.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from aiohttp import web

from ledger.chain.genesis import ConsensusMode
from ledger.encoding.codec import encode
from ledger.governance.schema import MEMBERS, VOTERS, Member, MemberStatus
from ledger.keys.address import format_address
from nodechain.api import chain_reads, requests
from nodechain.api import models as m
from nodechain.api.evidence_reads import evidence_page
from nodechain.api.light_reads import settled
from nodechain.api.peer_reads import peers_of
from nodechain.api.reads import LedgerReads
from nodechain.api.work import Work, blocks_of, ledger, reads_of
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot

VERSION: Final = version("nodechain")


async def status(node: Node, _request: web.Request) -> Work:
    """Height, chain, pool, duty."""
    header, offset = node.app.parent.header, node.offset
    found = m.Status(
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
    return lambda: found


async def genesis(node: Node, _request: web.Request) -> Work:
    """The genesis in canonical bytes."""
    return lambda: m.GenesisAnswer(
        chain_id=node.chain_id, hash=node.genesis.hash.hex(), genesis=encode(node.genesis).hex()
    )


async def account(node: Node, request: web.Request) -> Work:
    """Balances, roles and nonces of an account."""
    address = requests.path_address(request)
    waiting = node.mempool.expected_nonce(node.view(), address) if "height" not in request.query else None
    return ledger(node, request, lambda reads: reads.account(address, waiting))


async def energy(node: Node, request: web.Request) -> Work:
    """Supply, backing, imbalance, rates."""
    return ledger(node, request, lambda reads: reads.energy())


async def units(node: Node, request: web.Request) -> Work:
    """Storage units."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda reads: reads.units(cursor, limit))


async def unit(node: Node, request: web.Request) -> Work:
    """One storage unit."""
    address = requests.path_address(request)
    return ledger(node, request, lambda reads: reads.unit(address))


async def sessions(node: Node, request: web.Request) -> Work:
    """Open sessions, or those that wait, by consumer, unit, or both."""
    consumer, at_unit = requests.address(request, "consumer"), requests.address(request, "unit")
    waiting = requests.flag(request, "state", "waiting")
    cursor, limit = requests.cursor(request), requests.limit(request)

    def answer(reads: LedgerReads) -> m.Sessions:
        found = reads.waiting_sessions if waiting else reads.sessions
        return found(consumer, at_unit, cursor, limit)

    return ledger(node, request, answer)


async def book(node: Node, request: web.Request) -> Work:
    """The best orders of both sides."""
    depth = requests.number(request, "depth", 20, least=1, most=200)
    return ledger(node, request, lambda reads: reads.book(depth))


async def orders(node: Node, request: web.Request) -> Work:
    """Open orders, of one owner or all."""
    owner, cursor, limit = requests.address(request, "owner"), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda reads: reads.orders(owner, cursor, limit))


async def order(node: Node, request: web.Request) -> Work:
    """One open order."""
    number = requests.whole("number", request.match_info["number"])
    return ledger(node, request, lambda reads: reads.order(number))


async def trades(node: Node, request: web.Request) -> Work:
    """The latest trades, newest first."""
    head = node.app.height
    highest, limit = requests.number(request, "cursor", head, most=head), requests.limit(request)

    def answer(snapshot: Snapshot) -> m.Trades:
        found, following = chain_reads.trades_down(snapshot, highest, limit)
        return m.Trades(height=head, trades=found, next=None if following is None else str(following))

    return blocks_of(node, answer)


async def votes(node: Node, request: web.Request) -> Work:
    """Open votes."""
    return ledger(node, request, lambda reads: reads.votes())


async def voters(node: Node, request: web.Request) -> Work:
    """Who decides votes."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda reads: reads.addresses(VOTERS, cursor, limit))


async def members(node: Node, request: web.Request) -> Work:
    """Admitted members; members by role alone are not listed."""

    def admitted(member: Member) -> bool:
        return member.status == MemberStatus.ADMITTED

    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda reads: reads.addresses(MEMBERS, cursor, limit, admitted))


async def parameters(node: Node, request: web.Request) -> Work:
    """Parameters in force."""
    return ledger(node, request, lambda reads: reads.parameters())


async def validators(node: Node, request: web.Request) -> Work:
    """The validators of the next height."""
    return ledger(node, request, lambda reads: reads.validators())


async def meter(node: Node, request: web.Request) -> Work:
    """What the chain knows of a meter key."""
    key = requests.key(request)
    return ledger(node, request, lambda reads: reads.meter(key))


async def peers(node: Node, _request: web.Request) -> Work:
    """Who may connect, and who is connected."""
    found = peers_of(node)
    return lambda: found


async def evidence(node: Node, request: web.Request) -> Work:
    """Punished equivocations."""
    cursor, limit, time_ms = requests.cursor(request), requests.limit(request), node.clock.wall_ms()

    def answer(snapshot: Snapshot) -> m.Evidence:
        head = snapshot.head()
        reads = reads_of(node, snapshot, 0 if head is None else head.height, time_ms)
        return evidence_page(snapshot, reads, cursor, limit)

    return blocks_of(node, answer)


async def blocks(node: Node, request: web.Request) -> Work:
    """Headers, newest first."""
    head = node.app.height
    highest, limit = requests.number(request, "cursor", head, most=head), requests.limit(request)

    def answer(snapshot: Snapshot) -> m.Blocks:
        views, following = chain_reads.headers_down(snapshot, highest, limit)
        return m.Blocks(height=head, blocks=views, next=None if following is None else str(following))

    return blocks_of(node, answer)


async def headers(node: Node, request: web.Request) -> Work:
    """Headers of a range of heights, newest first."""
    head = node.app.height
    last = requests.number(request, "to", head, most=head)
    first = requests.number(request, "from", max(last - requests.DEFAULT_LIMIT + 1, 0), most=last)

    def answer(snapshot: Snapshot) -> m.Blocks:
        views, following = chain_reads.headers_down(snapshot, last, min(last - first + 1, requests.MAX_LIMIT))
        cursor = None if following is None or following < first else str(following)
        return m.Blocks(height=head, blocks=views, next=cursor)

    return blocks_of(node, answer)


async def block(node: Node, request: web.Request) -> Work:
    """A block by height, by hash, or the latest."""
    name = request.match_info["block"]
    if len(name) == 64:
        block_hash = requests.hexadecimal("block", name, 32)

        def by_hash(snapshot: Snapshot) -> m.BlockView:
            height = snapshot.height_of(block_hash)
            if height is None:
                raise NotFound("no block has this hash")
            return chain_reads.block_view(snapshot, height)

        return blocks_of(node, by_hash)
    height = node.app.height if name == "latest" else requests.whole("block", name)
    return blocks_of(node, lambda snapshot: chain_reads.block_view(snapshot, height))


async def transaction(node: Node, request: web.Request) -> Work:
    """A transaction: decided with its receipt, or waiting."""
    transaction_id = requests.path_hex(request, "id", 32)
    waiting = node.mempool.pool.get(transaction_id)

    def work() -> m.TransactionAnswer:
        found = chain_reads.decided_transaction(node.app.store, transaction_id, full=True)
        if found is not None:
            return found
        if waiting is None:
            raise NotFound(
                "no transaction has this id here", advice="It may have expired, or was never sent to this node."
            )
        return chain_reads.waiting_transaction(waiting, full=True)

    return work


async def receipt(node: Node, request: web.Request) -> Work:
    """The receipt of a transaction."""
    transaction_id = requests.path_hex(request, "id", 32)

    def answer(snapshot: Snapshot) -> m.ReceiptView:
        location = snapshot.location(transaction_id)
        if location is None:
            raise NotFound("no block holds this transaction")
        place = Location(location.height, location.index + 1)
        return chain_reads.receipt_view(place, chain_reads.receipt_at(snapshot, place))

    return blocks_of(node, answer)


async def statement(node: Node, request: web.Request) -> Work:
    """An account's movements from its events, oldest first."""
    address, limit, height = requests.path_address(request), requests.limit(request), node.app.height
    first, last = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    cursor = requests.place_cursor(request) or (Location(first - 1, 2**32 - 1) if first else None)

    def answer(snapshot: Snapshot) -> m.Statement:
        found, place = chain_reads.movements(snapshot, address, cursor, limit, last)
        following = None if place is None else f"{place.height}-{place.index}"
        return m.Statement(height=height, address=format_address(address), movements=found, next=following)

    return blocks_of(node, answer)


async def proof(node: Node, request: web.Request) -> Work:
    """A proof of presence or absence of a state entry at the head."""
    table = REGISTRY.table_of(request.match_info["table"])
    key = requests.path_hex(request, "key") if request.match_info["key"] != "-" else b""
    asked = requests.optional_number(request, "height")
    head = await settled(node, [table.full_key(key)])
    if asked is not None and asked != head.height:
        raise NotFound(f"proofs are made at the head, which is {head.height}", code="no_such_height")

    def work() -> m.ProofAnswer:
        with head:
            made = head.prove(table.full_key(key))
        return m.ProofAnswer(
            height=head.height,
            table=table.name,
            key=key.hex(),
            value=None if made.value is None else made.value.hex(),
            state_root=head.state_root.hex(),
            proof=encode(made).hex(),
        )

    return work
