"""Fetching a block's transactions by its hash, in chunks, from whoever has them; a state machine without I/O.

The header is trusted as far as its proposer is; the transactions must give its root, so a lying peer costs a retry and
its turn, never a wrong block. Who was seen to vote for a block is asked first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from consensus.limits import BODY_FETCHES, CHUNK_BYTES
from consensus.messages import BodyChunk, BodyRequest
from ledger.codec import Codec, encode
from ledger.errors import InvalidInput
from ledger.limits import MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS
from ledger.merkle import list_root
from ledger.transactions.envelope import full_hash_of
from ledger.types import Header

RETRY_MS: Final = 1_000
"""How long a peer has for a chunk before another one is asked."""

MAX_BODY_BYTES: Final = MAX_BLOCK_BYTES + 5 * MAX_BLOCK_TRANSACTIONS + 16
MAX_CHUNKS: Final = -(-MAX_BODY_BYTES // CHUNK_BYTES)
BODY: Final[Codec[tuple[bytes, ...]]] = Codec(tuple[bytes, ...], MAX_BODY_BYTES)


def body_chunk(block_hash: bytes, transactions: tuple[bytes, ...] | None, chunk: int) -> BodyChunk:
    """The answer to a request: a chunk, or that the block is not here."""
    if transactions is None:
        return BodyChunk(block_hash, chunk, 0, b"")
    data = encode(transactions)
    chunks = max(-(-len(data) // CHUNK_BYTES), 1)
    return BodyChunk(block_hash, chunk, chunks, data[chunk * CHUNK_BYTES : (chunk + 1) * CHUNK_BYTES])


def is_body_of(header: Header, transactions: tuple[bytes, ...]) -> bool:
    """Whether these transactions give the header's root."""
    return list_root([full_hash_of(raw) for raw in transactions]) == header.transactions_root


@dataclass(slots=True)
class _Fetch:
    header: Header
    holders: list[bytes]
    asked: bytes = b""
    asked_ms: int = 0
    refused: int = 0
    chunks: int = 0
    data: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """Send this to a peer."""

    peer: bytes
    message: BodyRequest


@dataclass(frozen=True, slots=True)
class Fetched:
    """The whole body of a header."""

    header: Header
    transactions: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Lied:
    """A peer sent what is no part of the block."""

    peer: bytes


class Bodies:
    """What is being fetched, and from whom. `peers` in calls: all that are connected now, in a fixed order."""

    def __init__(self) -> None:
        self._fetches: dict[bytes, _Fetch] = {}

    def __len__(self) -> int:
        return len(self._fetches)

    def want(self, header: Header, peers: list[bytes], now_ms: int) -> list[Request]:
        """Begin to fetch a body; of too many at a time the oldest is given up."""
        block_hash = header.hash()
        if block_hash in self._fetches:
            return []
        self._fetches[block_hash] = _Fetch(header, [])
        if len(self._fetches) > BODY_FETCHES:
            del self._fetches[next(iter(self._fetches))]
        return self._ask(block_hash, peers, now_ms)

    def holds(self, peer: bytes, block_hash: bytes) -> None:
        """A peer was seen to vote for a block: it has its transactions."""
        fetch = self._fetches.get(block_hash)
        if fetch is not None and peer not in fetch.holders:
            fetch.holders.append(peer)

    def tick(self, peers: list[bytes], now_ms: int) -> list[Request]:
        """Ask somebody else for what has not come."""
        return [
            request
            for block_hash, fetch in list(self._fetches.items())
            if now_ms - fetch.asked_ms >= RETRY_MS or fetch.asked not in peers
            for request in self._ask_anew(block_hash, peers, now_ms)
        ]

    def _ask_anew(self, block_hash: bytes, peers: list[bytes], now_ms: int) -> list[Request]:
        self._fetches[block_hash].refused = 0
        return self._ask(block_hash, peers, now_ms)

    def _ask_another(self, block_hash: bytes, peers: list[bytes], now_ms: int) -> list[Request]:
        """After a refusal at once, unless everybody has refused: then `tick` tries again later."""
        fetch = self._fetches[block_hash]
        fetch.refused += 1
        if fetch.refused >= len(peers):
            fetch.data, fetch.chunks, fetch.asked_ms = [], 0, now_ms
            return []
        return self._ask(block_hash, peers, now_ms)

    def _ask(self, block_hash: bytes, peers: list[bytes], now_ms: int) -> list[Request]:
        """The next peer in turn, those that voted for the block first; a new peer starts from the first chunk."""
        fetch = self._fetches[block_hash]
        fetch.asked_ms = now_ms
        turn = [peer for peer in fetch.holders if peer in peers]
        turn += [peer for peer in peers if peer not in turn]
        if not turn:
            return []
        place = turn.index(fetch.asked) + 1 if fetch.asked in turn else 0
        fetch.asked = turn[place % len(turn)]
        fetch.data, fetch.chunks = [], 0
        return [Request(fetch.asked, BodyRequest(block_hash, 0))]

    def received(
        self, peer: bytes, message: BodyChunk, peers: list[bytes], now_ms: int
    ) -> list[Request | Fetched | Lied]:
        """Take a chunk; what nobody asked for changes nothing."""
        fetch = self._fetches.get(message.block_hash)
        if fetch is None or peer != fetch.asked or message.chunk != len(fetch.data):
            return []
        if message.chunks == 0:
            return list(self._ask_another(message.block_hash, peers, now_ms))
        if message.chunks > MAX_CHUNKS or message.chunk >= message.chunks or fetch.chunks not in (0, message.chunks):
            return [Lied(peer), *self._ask_another(message.block_hash, peers, now_ms)]
        fetch.chunks = message.chunks
        fetch.data.append(message.data)
        if len(fetch.data) < fetch.chunks:
            fetch.asked_ms = now_ms
            return [Request(peer, BodyRequest(message.block_hash, len(fetch.data)))]
        transactions = _parse(fetch.header, b"".join(fetch.data))
        if transactions is None:
            return [Lied(peer), *self._ask_another(message.block_hash, peers, now_ms)]
        del self._fetches[message.block_hash]
        return [Fetched(fetch.header, transactions)]

    def forget(self, block_hash: bytes) -> None:
        """A block is not wanted any more."""
        self._fetches.pop(block_hash, None)

    def forget_all(self) -> None:
        """The height is over: nothing is wanted any more."""
        self._fetches.clear()


def _parse(header: Header, data: bytes) -> tuple[bytes, ...] | None:
    try:
        transactions = BODY.decode(data)
        return transactions if is_body_of(header, transactions) else None
    except InvalidInput:
        return None
