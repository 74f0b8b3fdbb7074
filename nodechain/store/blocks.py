"""Reading blocks, receipts and indexes: the same reads on the live database and on a snapshot.

A missing entry is an answer (None) only where absence is possible: above the head, an unknown id, an unset key. A
hole where the store itself promises an entry (a block at or below the head) is damage and raised as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, TypeVar

import msgspec

from ledger.encoding.codec import Codec
from ledger.errors import InvalidInput
from nodechain.errors import BeforeSnapshot, DataDamaged, NotFound, require
from nodechain.store import layout
from nodechain.store.database import ReadView
from nodechain.store.layout import Head, Location
from nodechain.store.records import StoredBlock

T = TypeVar("T")

_chunk: Final[Codec[tuple[bytes, ...]]] = Codec(tuple[bytes, ...], 2**31)

MAX_PAGE: Final = 1_000


class StoredHeader(msgspec.Struct, frozen=True):
    """A header with its hash and height, undecoded."""

    height: int
    block_hash: bytes
    header: bytes
    transactions: int
    """How many transactions the block holds."""
    receipts: int
    """How many receipts the block left."""


class BlockReads:
    """Blocks and what points at them. Raises `DataDamaged` or `StorageFailed` where the disk is at fault."""

    def __init__(self, reads: ReadView) -> None:
        self._reads = reads

    def head(self) -> Head | None:
        """The newest block; None in an empty store."""
        data = self._reads.get(layout.HEAD)
        if data is None:
            return None
        return _promised(layout.decode_head(data), "the head entry")

    def base(self) -> int:
        """The lowest height above the genesis whose block is here: 1, or where a snapshot was taken over."""
        data = self._reads.get(layout.BASE)
        return 1 if data is None else int.from_bytes(data, "big")

    def header(self, height: int) -> StoredHeader | None:
        """The header of a height; None above the head."""
        data = self._kept(layout.header_key(height), height, "header")
        return None if data is None else _header(height, data)

    def headers(self, first: int, last: int) -> Iterator[StoredHeader]:
        """The headers of a range of heights, both ends included, as far as they are here and up to the head."""
        base = self.base()
        expected = max(first, base) if first else 0
        for key, data in self._reads.iterate(layout.header_key(first), layout.header_key(last + 1)):
            height = int.from_bytes(key[1:], "big")
            if height != expected:
                raise DataDamaged(f"the header of height {expected} is missing")
            expected = max(height + 1, base)
            yield _header(height, data)
        if expected <= last:
            self.header(expected)

    def certificate(self, height: int) -> bytes | None:
        """The certificate of a height; None above the head."""
        return self._kept(layout.certificate_key(height), height, "certificate")

    def validators_of(self, height: int) -> bytes:
        """The set that decides a height up to the head's next, as `BlockRecord.next_validators` had it."""
        for _key, data in self._reads.iterate(layout.VALIDATORS, layout.validators_key(height + 1), reverse=True):
            return data
        raise DataDamaged(f"the validators of height {height} are missing")

    def set_changes(self, first: int, limit: int) -> list[int]:
        """The heights from `first` on, at most `limit`, whose block hands over to another set of validators."""
        start = layout.validators_key(max(first, self.base()) + 1)
        found = self._reads.iterate(start, layout.after(layout.VALIDATORS))
        return [int.from_bytes(key[1:], "big") - 1 for key, _data in islice(found, limit)]

    def block(self, height: int) -> StoredBlock | None:
        """A block with its transactions; None above the head."""
        header = self.header(height)
        if header is None:
            return None
        certificate = _promised(self.certificate(height), f"the certificate of height {height}")
        transactions = self._chunks(layout.transactions_key(height, 0), header.transactions)
        return StoredBlock(height, header.block_hash, header.header, certificate, transactions)

    def height_of(self, block_hash: bytes) -> int | None:
        """The height of a block."""
        data = self._reads.get(layout.height_of_key(block_hash))
        return None if data is None else int.from_bytes(data, "big")

    def block_by_hash(self, block_hash: bytes) -> StoredBlock | None:
        """See `block`."""
        height = self.height_of(block_hash)
        return None if height is None else self.block(height)

    def location(self, transaction_id: bytes) -> Location | None:
        """Where a transaction stands; None if it is in no block."""
        data = self._reads.get(layout.location_key(transaction_id))
        return None if data is None else layout.decode_location(data)

    def transaction(self, location: Location) -> bytes | None:
        """The transaction at a place; None if there is no such place."""
        header = self.header(location.height)
        if header is None or not 0 <= location.index < header.transactions:
            return None
        return self._item(layout.transactions_key(location.height, location.index // layout.CHUNK), location.index)

    def receipt(self, location: Location) -> bytes | None:
        """The receipt at a place; None if there is no such place."""
        header = self.header(location.height)
        if header is None or not 0 <= location.index < header.receipts:
            return None
        return self._item(layout.receipts_key(location.height, location.index // layout.CHUNK), location.index)

    def receipts(self, height: int) -> tuple[bytes, ...]:
        """All receipts of a block, in order; raises `NotFound` above the head."""
        header = self.header(height)
        if header is None:
            raise NotFound(f"there is no block at height {height} yet")
        return self._chunks(layout.receipts_key(height, 0), header.receipts)

    def receipts_from(self, height: int, first: int, most: int) -> tuple[bytes, ...]:
        """Receipts of a block from the place `first` on, at most `most`; raises `NotFound` above the head.

        Only the chunks that hold them are read.
        """
        header = self.header(height)
        if header is None:
            raise NotFound(f"there is no block at height {height} yet")
        last = min(first + most, header.receipts)
        if first >= last:
            return ()
        begin, end = first // layout.CHUNK, (last - 1) // layout.CHUNK
        items: list[bytes] = []
        for number in range(begin, end + 1):
            items += _decode(_promised(self._reads.get(layout.receipts_key(height, number)), "a chunk of a block"))
        found = items[first - begin * layout.CHUNK : last - begin * layout.CHUNK]
        return tuple(_promised(found if len(found) == last - first else None, "a part of a block"))

    def account_history(
        self, address: bytes, *, limit: int, cursor: Location | None = None, newest_first: bool = True
    ) -> tuple[Location, ...]:
        """The places of receipts that concern an address, at most `limit` (1 to `MAX_PAGE`).

        `cursor` is the last place of the page before (it is not repeated); without it the page starts at the newest
        or at the oldest one. Fewer than `limit` places are the last page.
        """
        require(1 <= limit <= MAX_PAGE, f"a page has 1 to {MAX_PAGE} places")
        prefix = layout.account_prefix(address)
        start, stop = prefix, layout.after(prefix)
        if cursor is not None and newest_first:
            stop = prefix + layout.encode_location(cursor)
        elif cursor is not None:
            start = prefix + layout.encode_location(cursor) + b"\0"
        page: list[Location] = []
        for key, _ in self._reads.iterate(start, stop, reverse=newest_first):
            page.append(layout.decode_location(key))
            if len(page) == limit:
                break
        return tuple(page)

    def _item(self, key: bytes, index: int) -> bytes:
        items = _decode(_promised(self._reads.get(key), "a chunk of a block"))
        place = index % layout.CHUNK
        return _promised(items[place] if place < len(items) else None, "a part of a block")

    def _chunks(self, first: bytes, count: int) -> tuple[bytes, ...]:
        items: list[bytes] = []
        for _, data in self._reads.iterate(first, layout.after(first[:-4])):
            items += _decode(data)
        if len(items) != count:
            raise DataDamaged(f"a block has {len(items)} stored parts instead of {count}")
        return tuple(items)

    def _kept(self, key: bytes, height: int, what: str) -> bytes | None:
        """An entry that every height up to the head has; None above the head."""
        data = self._reads.get(key)
        head = self.head() if data is None else None
        if head is None or not 0 <= height <= head.height:
            return data
        if 0 < height < self.base():
            raise BeforeSnapshot(height, self.base())
        # The block may have been committed between the two reads; a second look tells.
        return _promised(self._reads.get(key), f"the {what} of height {height}, below the head {head.height},")


def _header(height: int, data: bytes) -> StoredHeader:
    block_hash, transactions, receipts, header = layout.split_header(data)
    return StoredHeader(height, block_hash, header, transactions, receipts)


def _decode(data: bytes) -> tuple[bytes, ...]:
    try:
        return _chunk.decode(data)
    except InvalidInput as error:
        raise DataDamaged(f"a chunk of a block: {error}") from error


def _promised(value: T | None, what: str) -> T:
    if value is None:
        raise DataDamaged(f"{what} is missing or damaged")
    return value
