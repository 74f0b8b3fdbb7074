"""One block as the entries of one write batch: what is put, what is deleted, and the head at the very end.

The head must be the last entry: `nodechain.store.inspection` reads it from the raw log before LevelDB opens it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.encoding.codec import Codec, encode
from ledger.errors import InvalidInput
from nodechain.errors import DataDamaged
from nodechain.store import layout
from nodechain.store.database import ReadView
from nodechain.store.records import BlockRecord

Entry = tuple[bytes, bytes | None]

PRUNED_PER_BLOCK: Final = 4
"""Heights whose undo entries one commit may remove: bounded work, yet a narrowed window is caught up with."""

_keys: Final[Codec[tuple[bytes, ...]]] = Codec(tuple[bytes, ...], 2**31)


def block_entries(
    record: BlockRecord, reads: ReadView, seen: Mapping[bytes, bytes | None], floor: int, wanted_floor: int
) -> Iterator[Entry]:
    """All entries of a block in the order in which they are written.

    `reads` is the store before the block, `seen` what is known of its state by full key; `floor` the lowest height
    whose state is kept now, `wanted_floor` what may be given up (rising by at most `PRUNED_PER_BLOCK` per block).
    """
    height = layout.number(record.height)
    if record.height == 0:
        yield layout.VERSION, layout.LAYOUT_VERSION
    counts = len(record.transactions), len(record.receipts)
    yield layout.header_key(record.height), layout.join_header(record.block_hash, *counts, record.header)
    if record.parent_certificate is not None:
        yield layout.certificate_key(record.height - 1), record.parent_certificate
    yield layout.certificate_key(record.height), record.certificate
    yield layout.height_of_key(record.block_hash), height
    if record.next_validators is not None:
        yield layout.validators_key(record.height + 1 if record.height else 0), record.next_validators
    for chunk in range(0, len(record.transactions), layout.CHUNK):
        key = layout.transactions_key(record.height, chunk // layout.CHUNK)
        yield key, encode(record.transactions[chunk : chunk + layout.CHUNK])
    for chunk in range(0, len(record.receipts), layout.CHUNK):
        key = layout.receipts_key(record.height, chunk // layout.CHUNK)
        yield key, encode(record.receipts[chunk : chunk + layout.CHUNK])
    for index, transaction_id in enumerate(record.transaction_ids):
        yield layout.location_key(transaction_id), height + index.to_bytes(4, "big")
    for address, index in record.account_index:
        yield layout.account_prefix(address) + height + index.to_bytes(4, "big"), b""
    yield from _state_entries(record, reads, seen)
    for bucket, blob in record.tree_buckets.items():
        yield layout.bucket_key(bucket), blob
    yield from _prune(reads, floor, min(wanted_floor, floor + PRUNED_PER_BLOCK))
    yield layout.HEAD, layout.encode_head(record.head)


def _state_entries(record: BlockRecord, reads: ReadView, seen: Mapping[bytes, bytes | None]) -> Iterator[Entry]:
    """The new values, and for every block but the first the ones before them."""
    for full_key, value in record.state_changes.items():
        key = layout.STATE + full_key
        if record.height > 0:
            previous = seen[full_key] if full_key in seen else reads.get(key)
            yield layout.undo_key(full_key, record.height), layout.encode_undo(previous)
        yield key, value
    if record.height > 0:
        yield layout.changed_key(record.height), encode(tuple(record.state_changes))


def _prune(reads: ReadView, floor: int, new_floor: int) -> Iterator[Entry]:
    """Forget the states of heights below `new_floor`: the undo entries of the blocks up to it."""
    if new_floor <= floor:
        return
    for height in range(floor + 1, new_floor + 1):
        changed = reads.get(layout.changed_key(height))
        if changed is None:
            raise DataDamaged(f"the list of keys that height {height} changed is missing")
        try:
            full_keys = _keys.decode(changed)
        except InvalidInput as error:
            raise DataDamaged(f"the list of keys that height {height} changed: {error}") from error
        for full_key in full_keys:
            yield layout.undo_key(full_key, height), None
        yield layout.changed_key(height), None
    yield layout.STATE_FLOOR, layout.number(new_floor)
