"""Damaged files: each flipped bit, cut tail and missing file is detected or harmless; nothing wrong is ever served."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from nodechain.errors import DataDamaged
from nodechain.files.slot_file import SlotFile
from nodechain.store import leveldb
from nodechain.store.layout import HEAD, UNDO, after, decode_head, encode_head, header_key
from nodechain.store.store import Store
from tests.nodechain.chain_of_bytes import RULES, ChainOfBytes

BLOCKS = 50
FLIPS_PER_FILE = 120


def contents(directory: Path) -> dict[Path, bytes]:
    """The files that hold data; LevelDB's own notes and lock are none."""
    return {
        path.relative_to(directory): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name not in ("LOG", "LOG.old", "LOCK")
    }


@pytest.fixture(scope="module")
def chain() -> ChainOfBytes:
    chain = ChainOfBytes(transactions=4)
    chain.make(BLOCKS)
    return chain


@pytest.fixture(scope="module")
def original(chain: ChainOfBytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two tables and a log of 30 blocks."""
    directory = tmp_path_factory.mktemp("original") / "data"
    for first, last in ((0, 10), (10, 20), (20, BLOCKS)):
        with Store.open(directory, rules=RULES) as store:
            for record in chain.records[first:last]:
                store.commit(record)
    names = {path.suffix or path.name for path in contents(directory)}
    assert {".ldb", ".log", "CURRENT", "head"} <= names
    return directory


@pytest.fixture
def store_path(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "data")


def one(directory: Path, pattern: str) -> Path:
    return max(directory.rglob(pattern))


def require_damage(directory: Path, message: str | None = None) -> None:
    """Opening says `message` and leaves every file as it is."""
    before = contents(directory)
    with pytest.raises(DataDamaged, match=message) as caught:
        Store.open(directory, rules=RULES)
    assert caught.value.exit_code == 8
    assert contents(directory) == before


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


@pytest.mark.parametrize("pattern", ["*.log", "*5.ldb", "*8.ldb", "MANIFEST-*", "CURRENT", "head"])
def test_flipped_bits(pattern: str, chain: ChainOfBytes, original: Path, tmp_path: Path) -> None:
    chance = random.Random(f"flips of {pattern}")
    bits = one(original, pattern).stat().st_size * 8
    detected = 0
    for bit in sorted(chance.sample(range(bits), min(FLIPS_PER_FILE, bits))):
        directory = tmp_path / "data"
        shutil.copytree(original, directory)
        flip(one(directory, pattern), bit)
        before = contents(directory)
        try:
            with Store.open(directory, rules=RULES) as store:
                chain.check(store, BLOCKS - 1)
        except DataDamaged:
            detected += 1
            # Damage in a table shows only when LevelDB has opened and has turned its log into a table.
            assert pattern.endswith(".ldb") or contents(directory) == before, f"bit {bit}"
        shutil.rmtree(directory)
    if pattern == "head":
        assert detected == 0  # the copy serves
    else:
        assert detected > FLIPS_PER_FILE * 9 // 10


@pytest.mark.parametrize("share", [0, 1, 33, 66, 99])
def test_a_log_without_its_tail_is_a_store_behind_its_head_file(store_path: Path, share: int) -> None:
    log = one(store_path, "*.log")
    data = log.read_bytes()
    log.write_bytes(data[: len(data) * share // 100])
    require_damage(store_path, "ends behind its head file")


def test_a_length_that_decayed_near_the_end_of_the_log(store_path: Path, chain: ChainOfBytes) -> None:
    """LevelDB takes it for a crash and opens without the last block; this store does not let it."""
    log = one(store_path, "*.log")
    data = bytearray(log.read_bytes())
    tail = data.rindex(encode_head(chain.records[BLOCKS - 2].head)) + 72
    data[tail + 5] ^= 0x10  # the length of the record after it
    log.write_bytes(data)
    shadow = shutil.copytree(store_path / "chain", store_path.parent / "shadow")
    with leveldb.DB(str(shadow), paranoid_checks=True) as database:
        head = decode_head(database.get(HEAD, b"", verify_checksums=True))
        assert head is not None
        assert head.height < BLOCKS - 1
    assert log.name not in {path.name for path in shadow.iterdir()}  # and destroyed what was left
    require_damage(store_path)


def test_a_manifest_without_its_last_records(tmp_path: Path) -> None:
    """LevelDB opens with a hole in the middle of the chain, head and head file agree: only the inspection sees it."""
    chain = ChainOfBytes(transactions=10, transaction_bytes=60_000)
    directory = tmp_path / "data"
    with Store.open(directory, rules=RULES) as store:
        first_log = one(directory, "*.log")
        # Until a full write buffer has become a table in the background and its log is deleted.
        while first_log.exists():
            assert len(chain.records) < 200
            store.commit(chain.make(1)[0])
        for record in chain.make(3):
            store.commit(record)
    manifest = one(directory, "MANIFEST-*")
    data = manifest.read_bytes()
    starts = [0]
    while (following := starts[-1] + 7 + int.from_bytes(data[starts[-1] + 4 : starts[-1] + 6], "little")) < len(data):
        starts.append(following)
    manifest.write_bytes(data[: starts[-1]])
    shadow = shutil.copytree(directory / "chain", tmp_path / "shadow")
    with leveldb.DB(str(shadow), paranoid_checks=True) as database:
        assert decode_head(database.get(HEAD, b"", verify_checksums=True)) == chain.records[-1].head
        assert database.get(header_key(1), verify_checksums=True) is None
    require_damage(directory, "log .* is missing")


@pytest.mark.parametrize("pattern", ["*.log", "*5.ldb", "*8.ldb", "MANIFEST-*", "CURRENT", "head"])
def test_a_missing_file(store_path: Path, pattern: str) -> None:
    one(store_path, pattern).unlink()
    require_damage(store_path, "missing")


@pytest.mark.parametrize("pattern", ["*5.ldb", "MANIFEST-*", "CURRENT", "head"])
@pytest.mark.parametrize("size", ["empty", "half"])
def test_a_cut_file(store_path: Path, pattern: str, size: str) -> None:
    path = one(store_path, pattern)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if size == "half" else b"")
    require_damage(store_path)


def test_a_store_whose_database_is_gone_never_starts_anew(store_path: Path) -> None:
    shutil.rmtree(store_path / "chain")
    require_damage(store_path, "CURRENT is missing")
    (store_path / "chain").mkdir()
    require_damage(store_path, "CURRENT is missing")


def rewrite_head_file(directory: Path, value: bytes) -> None:
    (directory / "head").unlink()
    SlotFile.create(directory / "head", value).close()


def filed(chain: ChainOfBytes, height: int, sequence: int = 1) -> bytes:
    return encode_head(chain.records[height].head) + sequence.to_bytes(8, "big")


def test_the_head_file_may_be_one_block_behind_and_is_brought_up(store_path: Path, chain: ChainOfBytes) -> None:
    slots = SlotFile.open(store_path / "head")
    slots.close()
    newest = slots.value[-8:]
    rewrite_head_file(store_path, filed(chain, BLOCKS - 2))
    with Store.open(store_path, rules=RULES) as store:
        chain.check(store, BLOCKS - 1)
    slots = SlotFile.open(store_path / "head")
    slots.close()
    assert slots.value[:-8] == encode_head(chain.records[BLOCKS - 1].head)
    assert slots.value[-8:] == newest


def test_the_head_file_in_any_other_place_is_damage(store_path: Path, chain: ChainOfBytes) -> None:
    other = ChainOfBytes(seed=2)
    other.make(BLOCKS + 1)
    for value, message in [
        (filed(chain, BLOCKS - 3), "far behind"),
        (b"", "far behind"),
        (filed(other, BLOCKS), "behind its head file"),
        (filed(other, BLOCKS - 1), "different blocks"),
        (filed(other, BLOCKS - 2), "different blocks"),
        (filed(other, BLOCKS, sequence=10**9), "ends behind its head file"),
        (b"no head", "no head"),
    ]:
        rewrite_head_file(store_path, value)
        with pytest.raises(DataDamaged, match=message):
            Store.open(store_path, rules=RULES)


def test_a_crash_after_the_first_batch_leaves_a_head_file_without_head(tmp_path: Path) -> None:
    chain = ChainOfBytes()
    with Store.open(tmp_path) as store:
        store.commit(chain.make(1)[0])
    rewrite_head_file(tmp_path, b"")
    with Store.open(tmp_path, rules=RULES) as store:
        chain.check(store, 0)


def turn_log_into_table(directory: Path) -> None:
    """A strange batch in the log would be refused; LevelDB hides it when it opens."""
    leveldb.DB(str(directory / "chain")).close()


def test_a_hole_is_damage_when_it_is_read_not_an_answer(store_path: Path) -> None:
    """Whatever made an entry vanish: a block below the head is never 'not found'."""
    with leveldb.DB(str(store_path / "chain")) as database:
        for key in [header_key(7), b"C" + (8).to_bytes(8, "big"), b"R" + (9).to_bytes(8, "big") + bytes(4)]:
            assert database.get(key) is not None
            database.delete(key)
    turn_log_into_table(store_path)
    with Store.open(store_path) as store:
        for read in (lambda: store.header(7), lambda: store.block(8), lambda: store.receipts(9)):
            with pytest.raises(DataDamaged):
                read()
        with pytest.raises(DataDamaged, match="height 7"):
            list(store.headers(5, 9))
    with pytest.raises(DataDamaged):
        Store.open(store_path, rules=RULES)


def test_another_layout_is_not_read(store_path: Path) -> None:
    with leveldb.DB(str(store_path / "chain")) as database:
        database.put(b"v", b"9")
        assert list(database.iterator(start=UNDO, stop=after(UNDO), include_value=False))
    turn_log_into_table(store_path)
    with pytest.raises(DataDamaged, match="layout"):
        Store.open(store_path, rules=RULES)
