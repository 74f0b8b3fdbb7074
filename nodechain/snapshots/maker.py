"""Making a snapshot of the state that a view of the store holds: entries into chunks, each with its proof.

The entries are sorted by the hashes of their keys through files, so that memory does not grow with the state.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from ledger.encoding.codec import Codec, encode
from ledger.light.headers import LightBlock
from ledger.light.snapshot import SnapshotChunk, bucket_range, chunks_for
from ledger.state.tree import StateTree, bucket_index, key_hash
from nodechain.chain.block_answers import commits_of
from nodechain.errors import DataDamaged, require_present, storage_failed
from nodechain.files.durable_file import make_directory, replace_file, sync_directory
from nodechain.snapshots.files import ABOUT, SnapshotAbout, SnapshotFolder
from nodechain.store.view import StoreView

MOST_PARTS: Final = 256
"""Files that are open at once; each becomes several chunks if there are more."""

_ENTRY: Final[Codec[tuple[bytes, bytes]]] = Codec(tuple[bytes, bytes], 2**31)


def make_snapshot(
    view: StoreView, block: LightBlock, bits: int, folder: SnapshotFolder, progress: Callable[[int], None]
) -> SnapshotAbout:
    """Export the state of a view whose head is `block`; `progress` is told the chunks that are done.

    Raises `DataDamaged` if the state is not the header's, `StorageFailed` for a full disk; nothing half made is served.
    """
    height = block.header.height
    stored = require_present(view.block(height), "the block of the snapshot is not stored")
    tree = StateTree.load(bits, view.buckets())
    if tree.root != block.header.state_root:
        raise DataDamaged(f"the state tree is not that of height {height}")
    entries = size = 0
    for full_key, value in view.state_entries():
        entries, size = entries + 1, size + len(full_key) + len(value)
    chunks = chunks_for(bits, size)
    making = folder.path / f"{height}.making"
    try:
        shutil.rmtree(making, ignore_errors=True)
        make_directory(making)
        written = _write_chunks(view, tree, making, chunks, progress)
        about = SnapshotAbout(
            block, stored.transactions, view.receipts(height), chunks, entries, written, commits_of(view, height)
        )
        replace_file(making / ABOUT, encode(about))
        shutil.rmtree(folder.path / str(height), ignore_errors=True)
        making.rename(folder.path / str(height))
        sync_directory(folder.path)
    except OSError as error:
        raise storage_failed(f"writing {making}", error) from error
    folder.prune()
    return about


def _write_chunks(view: StoreView, tree: StateTree, making: Path, chunks: int, progress: Callable[[int], None]) -> int:
    parts = min(chunks, MOST_PARTS)
    _partition(view, tree.bits, making, parts)
    written = 0
    for part in range(parts):
        path = making / f"part{part}"
        sorted_entries = sorted((key_hash(full_key), full_key, value) for full_key, value in _entries(path))
        path.unlink()
        by_chunk: dict[int, list[tuple[bytes, bytes]]] = {}
        for hashed, full_key, value in sorted_entries:
            number = bucket_index(tree.bits, hashed) * chunks >> tree.bits
            by_chunk.setdefault(number, []).append((full_key, value))
        for number in range(part * chunks // parts, (part + 1) * chunks // parts):
            first, width = bucket_range(tree.bits, number, chunks)
            chunk = SnapshotChunk(number, chunks, tuple(by_chunk.get(number, ())), tree.path(first, width))
            data = encode(chunk)
            replace_file(making / f"{number:08d}", data)
            written += len(data)
            progress(number + 1)
    return written


def _partition(view: StoreView, bits: int, making: Path, parts: int) -> None:
    """Every entry into the file of its range of hashes."""
    with ExitStack() as files:
        sinks = [files.enter_context((making / f"part{part}").open("wb")) for part in range(parts)]
        for full_key, value in view.state_entries():
            data = encode((full_key, value))
            sinks[bucket_index(bits, key_hash(full_key)) * parts >> bits].write(len(data).to_bytes(4, "big") + data)


def _entries(path: Path) -> Iterator[tuple[bytes, bytes]]:
    with path.open("rb") as source:
        while prefix := source.read(4):
            yield _ENTRY.decode_trusted(source.read(int.from_bytes(prefix, "big")))
