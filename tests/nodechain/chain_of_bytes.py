"""A chain for the tests of the store: real hashes and a model of every state, but no ledger.

Block n is a function of n and the seed, so a child process and its parent make the same chain. Header: height 8,
parent 32, state root 32. The state tree is a stand-in: a bucket holds a digest of its entries.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

from ledger.state.full_key import number_key, split_key
from nodechain.store.audit import AuditRules, HeaderFacts
from nodechain.store.layout import Location
from nodechain.store.records import BlockRecord
from nodechain.store.view import StoreView

BUCKETS = 16
KEYS = 40
NO_PARENT = bytes(32)


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def root_of_buckets(buckets: Iterator[tuple[int, bytes]]) -> bytes:
    return digest(*(number.to_bytes(4, "big") + blob for number, blob in buckets))


def bucket_of(full_key: bytes) -> int:
    return digest(full_key)[0] % BUCKETS


def buckets_of_state(state: dict[bytes, bytes]) -> dict[int, bytes]:
    parts: dict[int, list[bytes]] = {}
    for full_key, value in sorted(state.items()):
        parts.setdefault(bucket_of(full_key), []).extend((full_key, value))
    return {bucket: digest(*entries) for bucket, entries in sorted(parts.items())}


def root_of_entries(entries: Iterator[tuple[bytes, bytes]]) -> bytes:
    return root_of_buckets(iter(buckets_of_state(dict(entries)).items()))


def facts(header: bytes) -> HeaderFacts:
    if len(header) != 72:
        raise ValueError("no header")
    return HeaderFacts(int.from_bytes(header[:8], "big"), digest(header), header[8:40], header[40:])


RULES = AuditRules(facts, root_of_buckets, root_of_entries, blocks=10_000)
QUICK_RULES = AuditRules(facts, root_of_buckets)


class ChainOfBytes:
    """Makes the blocks one after the other and remembers what a store must answer."""

    def __init__(self, seed: int = 1, *, transactions: int = 3, transaction_bytes: int = 60) -> None:
        self.seed = seed
        self.transactions = transactions
        self.transaction_bytes = transaction_bytes
        self.records: list[BlockRecord] = []
        self.states: list[dict[bytes, bytes]] = []

    def make(self, count: int) -> list[BlockRecord]:
        """The next `count` blocks."""
        return [self._next() for _ in range(count)]

    def _next(self) -> BlockRecord:
        height = len(self.records)
        chance = random.Random(self.seed * 1_000_003 + height)
        before = self.states[-1] if self.states else {}
        state = dict(before)
        for _ in range(6):
            number = chance.randrange(KEYS)
            # Keys of different lengths, with zeros and prefixes of each other.
            full_key = number_key(1 + number % 2) + b"\0" * (number % 4) + bytes((number,)) * (1 + number % 3)
            if chance.random() < 0.25:
                state.pop(full_key, None)
            else:
                state[full_key] = chance.randbytes(chance.randrange(1, 90))
        changed = sorted(key for key in before.keys() | state.keys() if before.get(key) != state.get(key))
        old_tree, tree = buckets_of_state(before), buckets_of_state(state)
        root = root_of_buckets(iter(tree.items()))
        parent = self.records[-1].block_hash if self.records else NO_PARENT
        header = height.to_bytes(8, "big") + parent + root
        count = chance.randrange(2 * self.transactions + 1) if height else 0
        transactions = tuple(chance.randbytes(self.transaction_bytes) for _ in range(count))
        record = BlockRecord(
            height=height,
            block_hash=digest(header),
            header=header,
            certificate=chance.randbytes(40),
            transactions=transactions,
            receipts=tuple(chance.randbytes(30) for _ in range(count + 1)),
            transaction_ids=tuple(digest(transaction) for transaction in transactions),
            account_index=tuple((bytes((index % 3,)) * 20, index) for index in range(count + 1)),
            state_changes={key: state.get(key) for key in changed},
            tree_buckets={
                bucket: tree.get(bucket)
                for bucket in sorted(old_tree.keys() | tree.keys())
                if old_tree.get(bucket) != tree.get(bucket)
            },
            state_root=root,
        )
        self.records.append(record)
        self.states.append(state)
        return record

    def check(self, store: StoreView, height: int) -> None:
        """Every read of the store answers what was committed up to `height`."""
        head = store.head()
        assert head == self.records[height].head
        places: dict[bytes, list[Location]] = {}
        for record in self.records[: height + 1]:
            block = store.block(record.height)
            assert block is not None
            assert block.header == record.header
            assert block.certificate == record.certificate
            assert block.transactions == record.transactions
            assert store.height_of(record.block_hash) == record.height
            assert store.receipts(record.height) == record.receipts
            for index, transaction_id in enumerate(record.transaction_ids):
                place = store.location(transaction_id)
                assert place == Location(record.height, index)
                assert store.transaction(place) == record.transactions[index]
                assert store.receipt(place) == record.receipts[index]
            for address, index in record.account_index:
                places.setdefault(address, []).append(Location(record.height, index))
        for address, expected in places.items():
            assert store.account_history(address, limit=1_000, newest_first=False) == tuple(expected[:1_000])
        assert dict(store.state_entries()) == self.states[height]
        for full_key, value in self.states[height].items():
            assert store.get(*split_key(full_key)) == value
        assert dict(store.buckets()) == buckets_of_state(self.states[height])
