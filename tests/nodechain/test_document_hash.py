"""One rule for all documents of which a hash goes on the chain: how large, how read."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from nodechain.commands import deal, resolution
from nodechain.commands.terminal.documents import MAX_DOCUMENT_BYTES, document_hash
from nodechain.errors import NotFound, UsageError


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_a_document_of_the_greatest_size_is_hashed_in_little_memory(tmp_path: Path) -> None:
    largest = sparse(tmp_path / "largest", MAX_DOCUMENT_BYTES)
    tracemalloc.start()
    found = document_hash(largest)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == hashlib.sha256(bytes(MAX_DOCUMENT_BYTES)).digest()
    assert peak < 8 * 1024 * 1024


def test_a_larger_one_and_what_never_ends_are_refused(tmp_path: Path) -> None:
    for path in (sparse(tmp_path / "larger", MAX_DOCUMENT_BYTES + 1), Path("/dev/zero")):
        with pytest.raises(UsageError) as refused:
            document_hash(path)
        assert refused.value.code == "file_too_large"
    with pytest.raises(NotFound):
        document_hash(tmp_path / "none")


def test_deals_and_resolutions_hash_alike() -> None:
    assert all(vars(command)["document_hash"] is document_hash for command in (deal, resolution))
