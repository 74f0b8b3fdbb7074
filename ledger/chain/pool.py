"""The pool of waiting transactions as a data structure (node.md, 'Mempool'); what may enter is decided before.

Transactions of a sender wait in order of nonce. Candidates come out by fee, then arrival, each sender's in order.
Bounded in number and bytes; when it is full, what waits behind a missing nonce goes first, then the lowest fee, then
the newest of the sender with the most (`ledger.chain.eviction`); a quarter is kept for who is privileged. Of guests,
who have no account, it keeps few, one each: they push nobody out, and leave before all others (JO2).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Final

import msgspec

from ledger.chain.envelope import Transaction
from ledger.chain.eviction import Eviction, Rank
from ledger.errors import InclusionError
from ledger.limits import MAX_TRANSACTIONS_PER_SENDER

MAX_POOL_TRANSACTIONS: Final = 20_000
MAX_POOL_BYTES: Final = 64 * 1024 * 1024
RESERVED_DIVISOR: Final = 4
MAX_POOL_GUESTS: Final = 16
"""As many as blocks of one hour take (`MAX_APPLICATIONS_PER_HOUR`)."""


class PoolEntry(msgspec.Struct, frozen=True):
    """A transaction in the pool; `privileged` and `guest`: by the rule of its sender (`SenderRule`)."""

    transaction: Transaction
    privileged: bool
    arrival: int
    guest: bool = False

    @property
    def nonce(self) -> int:
        """The nonce of its envelope."""
        return self.transaction.envelope.nonce

    @property
    def fee(self) -> int:
        """The fee of its envelope in base units."""
        return self.transaction.envelope.fee


class _Queue(msgspec.Struct):
    """`expected`: the nonce that the chain takes next; None where gaps are allowed or nobody said."""

    expected: int | None = None
    nonces: list[int] = msgspec.field(default_factory=list)
    waiting: dict[int, PoolEntry] = msgspec.field(default_factory=dict)

    @property
    def has_gap(self) -> bool:
        """Whether the last transaction waits for one that is not here."""
        return self.expected is not None and self.nonces[-1] - self.expected >= len(self.nonces)


class Pool:
    """Waiting transactions by sender and nonce."""

    def __init__(self, max_transactions: int = MAX_POOL_TRANSACTIONS, max_bytes: int = MAX_POOL_BYTES) -> None:
        self.max_transactions = max_transactions
        self._max_bytes = max_bytes
        self._queues: dict[bytes, _Queue] = {}
        self._by_id: dict[bytes, PoolEntry] = {}
        self._by_full_hash: dict[bytes, Transaction] = {}
        self._bytes = 0
        self._common = 0
        self._arrivals = 0
        self._guests: dict[bytes, Transaction] = {}
        self._eviction = Eviction(self._rank)

    def __len__(self) -> int:
        return len(self._by_id)

    def ready(self) -> Iterator[Transaction]:
        """The next transaction of each sender that does not wait for one before it."""
        for queue in self._queues.values():
            if queue.expected is None or queue.nonces[0] <= queue.expected:
                yield queue.waiting[queue.nonces[0]].transaction

    @property
    def size_bytes(self) -> int:
        """The sum of the encoded transactions."""
        return self._bytes

    def get(self, transaction_id: bytes) -> Transaction | None:
        """The waiting transaction of an id."""
        found = self._by_id.get(transaction_id)
        return None if found is None else found.transaction

    def by_full_hash(self, full_hash: bytes) -> Transaction | None:
        """The waiting transaction that has just these bytes, signatures included."""
        return self._by_full_hash.get(full_hash)

    def nonces_of(self, sender: bytes) -> tuple[int, ...]:
        """The nonces that wait for a sender, rising."""
        queue = self._queues.get(sender)
        return () if queue is None else tuple(queue.nonces)

    @property
    def guests(self) -> tuple[Transaction, ...]:
        """What waits of who has no account."""
        return tuple(self._guests.values())

    def check_guest(self, sender: bytes) -> None:
        """Raise `InclusionError` (too_many_of_sender, pool_full) where no more of a guest, or of guests, is kept."""
        if sender in self._guests:
            raise InclusionError("a request of this sender waits already", code="too_many_of_sender")
        if len(self._guests) >= MAX_POOL_GUESTS:
            raise InclusionError(f"{MAX_POOL_GUESTS} requests of strangers wait; try again later", code="pool_full")

    def add(
        self, transaction: Transaction, *, privileged: bool, expected: int | None = None, guest: bool = False
    ) -> list[Transaction]:
        """Take a checked transaction in; returns what had to leave for it. `expected`: the sender's nonce in turn.

        Raises `InclusionError`: known, nonce_taken (same nonce without a higher fee), too_many_of_sender, pool_full.
        """
        if transaction.id in self._by_id:
            raise InclusionError("the transaction waits already", code="known")
        if guest:
            self.check_guest(transaction.sender)
        queue = self._queues.setdefault(transaction.sender, _Queue())
        replaced = queue.waiting.get(transaction.envelope.nonce)
        left: list[Transaction] = []
        if replaced is not None:
            if transaction.envelope.fee <= replaced.fee:
                raise InclusionError(
                    "another transaction waits with this nonce; a higher fee replaces it", code="nonce_taken"
                )
            self._remove(replaced)
            left.append(replaced.transaction)
            queue = self._queues.setdefault(transaction.sender, _Queue())
        elif len(queue.nonces) >= MAX_TRANSACTIONS_PER_SENDER:
            raise InclusionError(
                f"{MAX_TRANSACTIONS_PER_SENDER} transactions of this sender wait", code="too_many_of_sender"
            )
        self._arrivals += 1
        entry = PoolEntry(transaction, privileged, self._arrivals, guest)
        queue.expected = expected
        insort(queue.nonces, entry.nonce)
        queue.waiting[entry.nonce] = entry
        self._by_id[transaction.id] = entry
        self._by_full_hash[transaction.full_hash] = transaction
        self._bytes += len(transaction.raw)
        self._common += not privileged
        if guest:
            self._guests[transaction.sender] = transaction
        self._eviction.changed(transaction.sender)
        left.extend(self._make_room(entry))
        return left

    def _make_room(self, entry: PoolEntry) -> list[Transaction]:
        left: list[Transaction] = []
        while self._is_over(entry.privileged):
            victim = self._first_to_evict()
            self._remove(victim)
            if victim is entry:
                raise InclusionError("the pool is full of transactions with higher fees", code="pool_full")
            left.append(victim.transaction)
        return left

    def _is_over(self, privileged: bool) -> bool:
        if len(self._by_id) > self.max_transactions or self._bytes > self._max_bytes:
            return True
        open_to_all = self.max_transactions - self.max_transactions // RESERVED_DIVISOR
        return not privileged and self._common > open_to_all

    def _first_to_evict(self) -> PoolEntry:
        queue = self._queues[self._eviction.first()]
        return queue.waiting[queue.nonces[-1]]

    def _rank(self, sender: bytes) -> Rank | None:
        queue = self._queues.get(sender)
        if queue is None or not queue.nonces:
            return None
        last = queue.waiting[queue.nonces[-1]]
        return Rank(not last.guest, last.privileged, not queue.has_gap, last.fee, -len(queue.nonces), -last.arrival)

    def remove(self, transaction_id: bytes) -> None:
        """Take a transaction out, if it is there."""
        entry = self._by_id.get(transaction_id)
        if entry is not None:
            self._remove(entry)

    def forget_used(self, sender: bytes, last_nonce: int) -> list[Transaction]:
        """Take out what a sender's last used nonce has made impossible."""
        queue = self._queues.get(sender)
        gone: list[Transaction] = []
        while queue is not None and queue.nonces and queue.nonces[0] <= last_nonce:
            entry = queue.waiting[queue.nonces[0]]
            self._remove(entry)
            gone.append(entry.transaction)
        if queue is not None and queue.nonces and queue.expected is not None:
            queue.expected = max(queue.expected, last_nonce + 1)
            self._eviction.changed(sender)
        return gone

    def _remove(self, entry: PoolEntry) -> None:
        sender = entry.transaction.sender
        queue = self._queues[sender]
        del queue.waiting[entry.nonce]
        queue.nonces.remove(entry.nonce)
        if not queue.nonces:
            del self._queues[sender]
        del self._by_id[entry.transaction.id]
        del self._by_full_hash[entry.transaction.full_hash]
        self._bytes -= len(entry.transaction.raw)
        self._common -= not entry.privileged
        if entry.guest:
            del self._guests[sender]
        self._eviction.changed(sender)

    def candidates(self) -> Iterator[Transaction]:
        """Transactions for a block: by fee, then arrival; each sender's in order of nonce."""
        heap = [
            (-queue.waiting[queue.nonces[0]].fee, queue.waiting[queue.nonces[0]].arrival, sender, 0)
            for sender, queue in self._queues.items()
        ]
        heapify(heap)
        while heap:
            _fee, _arrival, sender, place = heappop(heap)
            queue = self._queues[sender]
            yield queue.waiting[queue.nonces[place]].transaction
            if place + 1 < len(queue.nonces):
                following = queue.waiting[queue.nonces[place + 1]]
                heappush(heap, (-following.fee, following.arrival, sender, place + 1))

    def transactions(self) -> list[Transaction]:
        """All that wait, by arrival."""
        return [entry.transaction for entry in sorted(self._by_id.values(), key=lambda entry: entry.arrival)]
