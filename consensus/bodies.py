"""Getting a block's body by its hash from whoever has it; a state machine without I/O.

First the COMMITs for its parent and the full hashes of its transactions: the header names the hash of the former and
the root of the latter, so what gives these is right. Most of the transactions wait in the own pool already; only the
others are asked for, so that a transaction travels once. A lying peer costs a retry and its turn, never a wrong block.
Who was seen to vote for a block is asked first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from consensus.limits import (
    BODY_FETCHES,
    HASHES_PER_PART,
    HELD_BLOCKS,
    MAX_HASH_PARTS,
    PLACES_PER_REQUEST,
    TRANSACTIONS_BYTES,
)
from consensus.messages import BlockTransactions, HashesPart, HashesRequest, TransactionsRequest
from ledger.chain.commits import commits_hash
from ledger.chain.envelope import full_hash_of
from ledger.chain.header import Certificate, Header
from ledger.encoding.codec import Codec, Value
from ledger.limits import MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS, MAX_CERTIFICATE_BYTES, MAX_VALIDATORS
from ledger.state.merkle import list_root

RETRY_MS: Final = 1_000
"""How long a peer has for an answer before another one is asked."""

MAX_BODY_BYTES: Final = MAX_BLOCK_BYTES + 5 * MAX_BLOCK_TRANSACTIONS + MAX_CERTIFICATE_BYTES + 16


class Body(Value, frozen=True):
    """What a block has beside its header: the COMMITs for its parent (None at height 1), its transactions."""

    commits: Certificate | None
    transactions: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_BLOCK_TRANSACTIONS)]


BODY: Final[Codec[Body]] = Codec(Body, MAX_BODY_BYTES)


class BodyListing(msgspec.Struct, frozen=True):
    """What a body consists of: COMMITs, and full hashes of the transactions."""

    commits: Certificate | None
    hashes: tuple[bytes, ...]


def hashes_part(block_hash: bytes, listed: BodyListing | None, part: int) -> HashesPart:
    """The answer to a request: a part of the hashes, with the first one the COMMITs; or that the block is not here."""
    if listed is None:
        return HashesPart(block_hash, part, 0, (), None)
    parts = max(-(-len(listed.hashes) // HASHES_PER_PART), 1)
    hashes = listed.hashes[part * HASHES_PER_PART : (part + 1) * HASHES_PER_PART]
    return HashesPart(block_hash, part, parts, hashes, listed.commits if part == 0 else None)


def block_transactions(request: TransactionsRequest, transactions: tuple[bytes, ...] | None) -> BlockTransactions:
    """The answer to a request: the first of the transactions that it names, as many as fit; at least one."""
    found: list[bytes] = []
    size = 0
    for place in request.places if transactions is not None else ():
        if transactions is None or place >= len(transactions):
            break
        size += len(transactions[place]) + 5
        if found and size > TRANSACTIONS_BYTES:
            break
        found.append(transactions[place])
    return BlockTransactions(request.block_hash, request.places[0], tuple(found))


def is_body_of(header: Header, body: Body) -> bool:
    """Whether this gives what the header names."""
    hashes = [full_hash_of(raw) for raw in body.transactions]
    return commits_hash(body.commits) == header.commits_hash and list_root(hashes) == header.transactions_root


class _Fetch(msgspec.Struct):
    """`commits` come with the first part; `hashes` grow part by part and are final when `listed`.

    `found` holds transactions by their full hash.

    `is_idle`: all have refused, and nobody is asked until the next turn, or until somebody shows that it has the block.
    """

    header: Header
    asked: bytes = b""
    asked_ms: int = 0
    refused: int = 0
    is_idle: bool = False
    parts: int = 0
    commits: Certificate | None = None
    hashes: list[bytes] = msgspec.field(default_factory=list)
    listed: bool = False
    found: dict[bytes, bytes] = msgspec.field(default_factory=dict)
    places: tuple[int, ...] = ()

    def forget_unproven(self) -> None:
        """Another peer is asked: what cannot be checked by itself is worth nothing."""
        if not self.listed:
            self.hashes, self.parts = [], 0


class Request(msgspec.Struct, frozen=True):
    """Send this to a peer."""

    peer: bytes
    message: HashesRequest | TransactionsRequest


class Fetched(msgspec.Struct, frozen=True):
    """The whole body of a header's block."""

    header: Header
    body: Body


class WrongBodyPart(msgspec.Struct, frozen=True):
    """A peer sent what is no part of the block."""

    peer: bytes


Result = Request | Fetched | WrongBodyPart


def no_pool(_full_hash: bytes) -> bytes | None:
    """For who has no pool."""
    return None


class Bodies:
    """What is being fetched, and from whom. `peers` in calls: all that are connected now, in a fixed order.

    `known` gives a transaction that is here already by its full hash.
    """

    def __init__(self, known: Callable[[bytes], bytes | None] = no_pool) -> None:
        self._known = known
        self._fetches: dict[bytes, _Fetch] = {}
        self._holders: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._fetches)

    def want(self, header: Header, peers: list[bytes], now_ms: int) -> list[Result]:
        """Begin to fetch a body; of too many at a time the oldest is given up."""
        block_hash = header.hash()
        if block_hash in self._fetches:
            return []
        self._fetches[block_hash] = _Fetch(header)
        if len(self._fetches) > BODY_FETCHES:
            del self._fetches[next(iter(self._fetches))]
        return self._ask_next(block_hash, peers, now_ms)

    def holds(self, peer: bytes, block_hash: bytes, peers: list[bytes], now_ms: int) -> list[Result]:
        """A peer proposed a block or voted for it: it has its transactions, and is asked first."""
        holders = self._holders.setdefault(block_hash, [])
        if peer not in holders and len(holders) < MAX_VALIDATORS:
            holders.append(peer)
        if len(self._holders) > HELD_BLOCKS:
            del self._holders[next(iter(self._holders))]
        fetch = self._fetches.get(block_hash)
        if fetch is None or not fetch.is_idle or peer not in peers:
            return []
        return self._ask_of(block_hash, peer, now_ms)

    def tick(self, peers: list[bytes], now_ms: int) -> list[Result]:
        """Ask somebody else for what has not come."""
        results: list[Result] = []
        for block_hash, fetch in list(self._fetches.items()):
            if now_ms - fetch.asked_ms >= RETRY_MS or fetch.asked not in peers:
                fetch.refused = 0
                results += self._ask_next(block_hash, peers, now_ms)
        return results

    def _ask_another(self, block_hash: bytes, peers: list[bytes], now_ms: int) -> list[Result]:
        """After a refusal at once, unless everybody has refused: then `tick` tries again later."""
        fetch = self._fetches[block_hash]
        fetch.refused += 1
        if fetch.refused >= len(peers):
            fetch.forget_unproven()
            fetch.places, fetch.asked_ms, fetch.is_idle = (), now_ms, True
            return []
        return self._ask_next(block_hash, peers, now_ms)

    def _ask_next(self, block_hash: bytes, peers: list[bytes], now_ms: int) -> list[Result]:
        """The next peer in turn, those that voted for the block first."""
        fetch = self._fetches[block_hash]
        fetch.asked_ms = now_ms
        turn = [peer for peer in self._holders.get(block_hash, ()) if peer in peers]
        turn += [peer for peer in peers if peer not in turn]
        if not turn:
            return []
        place = turn.index(fetch.asked) + 1 if fetch.asked in turn else 0
        return self._ask_of(block_hash, turn[place % len(turn)], now_ms)

    def _ask_of(self, block_hash: bytes, peer: bytes, now_ms: int) -> list[Result]:
        fetch = self._fetches[block_hash]
        fetch.asked, fetch.asked_ms, fetch.is_idle = peer, now_ms, False
        fetch.forget_unproven()
        return self._ask(block_hash)

    def _ask(self, block_hash: bytes) -> list[Result]:
        """What is missing, of the peer whose turn it is; or the whole body."""
        fetch = self._fetches[block_hash]
        if not fetch.listed:
            part = len(fetch.hashes) // HASHES_PER_PART
            return [Request(fetch.asked, HashesRequest(block_hash, part))]
        for full_hash in fetch.hashes:
            if full_hash not in fetch.found:
                raw = self._known(full_hash)
                if raw is not None:
                    fetch.found[full_hash] = raw
        missing = [place for place, full_hash in enumerate(fetch.hashes) if full_hash not in fetch.found]
        if missing:
            fetch.places = tuple(missing[:PLACES_PER_REQUEST])
            return [Request(fetch.asked, TransactionsRequest(block_hash, fetch.places))]
        del self._fetches[block_hash]
        transactions = tuple(fetch.found[full_hash] for full_hash in fetch.hashes)
        return [Fetched(fetch.header, Body(fetch.commits, transactions))]

    def received(
        self, peer: bytes, message: HashesPart | BlockTransactions, peers: list[bytes], now_ms: int
    ) -> list[Result]:
        """Take an answer; what nobody asked for changes nothing."""
        fetch = self._fetches.get(message.block_hash)
        if fetch is None or peer != fetch.asked:
            return []
        taken = _take_hashes(fetch, message) if isinstance(message, HashesPart) else _take_transactions(fetch, message)
        if taken is None:
            return []
        if taken:
            fetch.asked_ms = now_ms
            return self._ask(message.block_hash)
        has_it = message.parts > 0 if isinstance(message, HashesPart) else bool(message.transactions)
        lied: list[Result] = [WrongBodyPart(peer)] if has_it else []
        return lied + self._ask_another(message.block_hash, peers, now_ms)

    def forget(self, block_hash: bytes) -> None:
        """A block is not wanted any more."""
        self._fetches.pop(block_hash, None)
        self._holders.pop(block_hash, None)

    def forget_all(self) -> None:
        """The height is over: nothing is wanted any more."""
        self._fetches.clear()
        self._holders.clear()


def _take_hashes(fetch: _Fetch, message: HashesPart) -> bool | None:
    """Whether the part may belong to the block; None where it was not asked for."""
    if fetch.listed or message.part * HASHES_PER_PART != len(fetch.hashes):
        return None
    if not 0 < message.parts <= MAX_HASH_PARTS or message.part >= message.parts:
        return False
    last = message.part == message.parts - 1
    if fetch.parts not in (0, message.parts) or not (last or len(message.hashes) == HASHES_PER_PART):
        return False
    if message.part == 0 and commits_hash(message.commits) != fetch.header.commits_hash:
        return False
    if message.part == 0:
        fetch.commits = message.commits
    fetch.parts = message.parts
    fetch.hashes += message.hashes
    if last:
        fetch.listed = list_root(fetch.hashes) == fetch.header.transactions_root
    return not last or fetch.listed


def _take_transactions(fetch: _Fetch, message: BlockTransactions) -> bool | None:
    """Whether all belong to the block; None where nothing like them was asked for.

    A late answer to an older request may begin at the same place and go on with others: they are taken all the same.
    """
    if not fetch.places or message.first != fetch.places[0]:
        return None
    fetch.places = ()
    wanted = set(fetch.hashes)
    for raw in message.transactions:
        full_hash = full_hash_of(raw)
        if full_hash not in wanted:
            return False
        fetch.found[full_hash] = raw
    return fetch.hashes[message.first] in fetch.found
