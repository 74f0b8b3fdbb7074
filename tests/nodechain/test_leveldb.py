"""Both bindings to LevelDB, each where it is installed: the same options, the same files, the same promises.

Python 3.12 on Linux x86-64 can have both at once (`make test-pythons` sees to it); elsewhere one is skipped.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from packaging.requirements import Requirement

from nodechain.errors import DataDamaged, StorageFailed
from nodechain.store import leveldb
from nodechain.store.database import Database
from tests.support.meter_program import missing

ROOT: Final = Path(__file__).resolve().parents[2]
NAMES: Final = ("plyvel", "plyvel_next")
LEVELDB: Final = Path(leveldb.__file__)

ENTRIES: Final = [(b"key %05d" % number, b"%d " % number * 200) for number in range(2_000)]


def binding_named(name: str) -> ModuleType:
    """The module, or a skip that says why."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        pytest.skip(f"{name} is not installed for {sys.implementation.cache_tag} (docs/platforms.md)")


def use(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Let the store use this binding."""
    module = binding_named(name)
    for exported in leveldb.__all__:
        monkeypatch.setattr(leveldb, exported, getattr(module, exported))
    return module


@pytest.fixture(params=NAMES)
def binding(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return use(request.param, monkeypatch)


def loaded_anew() -> ModuleType:
    """The module as it chooses now, under a name of its own."""
    spec = spec_from_file_location("leveldb_chosen_anew", LEVELDB)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- which one is taken ----------------------------------------------------------------------------------------------


def test_plyvel_is_taken_where_it_is_installed() -> None:
    assert loaded_anew().DB is binding_named("plyvel").DB


def test_plyvel_next_is_taken_where_plyvel_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    other = binding_named("plyvel_next")
    monkeypatch.setitem(sys.modules, "plyvel", None)
    assert loaded_anew().DB is other.DB


def test_without_either_the_last_one_tried_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        loaded_anew()
    assert caught.value.name == "plyvel_next"


@pytest.mark.parametrize(
    "text", ["raise ImportError('libleveldb.so.1d: cannot open shared object file')", "import nowhere_to_be_found"]
)
def test_a_plyvel_that_cannot_load_is_no_absent_one(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is broken is said, instead of quietly going on with another library."""
    (tmp_path / "plyvel.py").write_text(text)
    monkeypatch.delitem(sys.modules, "plyvel", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=r"libleveldb|nowhere_to_be_found"):
        loaded_anew()
    sys.modules.pop("plyvel", None)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14", "3.15"])
@pytest.mark.parametrize(("system", "machine"), [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")])
def test_pip_chooses_one_binding_for_every_machine(version: str, system: str, machine: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [Requirement(line) for line in project["optional-dependencies"]["node"]]
    here = {"python_version": version, "sys_platform": system, "platform_machine": machine}
    chosen = [item.name for item in needed if item.marker is not None and item.marker.evaluate(here)]
    has_plyvel = version == "3.11" or (version == "3.12" and (system, machine) == ("linux", "x86_64"))
    assert chosen == (["plyvel"] if has_plyvel else ["plyvel-next"])


def test_the_binding_of_this_interpreter_is_the_one_that_pip_chooses() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [Requirement(line) for line in project["optional-dependencies"]["node"]]
    (chosen,) = [item.name for item in needed if item.marker is not None and item.marker.evaluate()]
    assert leveldb.DB is importlib.import_module(chosen.replace("-", "_")).DB


# --- what the store asks of it ---------------------------------------------------------------------------------------


def write_tables(path: Path) -> None:
    """A database whose entries lie in a table: what the log held is turned into one when it is opened again."""
    database = Database(path, create=True)
    database.write(ENTRIES)
    database.close()
    Database(path, create=False).close()
    assert list(path.glob("*.ldb"))


def test_batches_snapshots_and_order(binding: ModuleType, tmp_path: Path) -> None:
    assert issubclass(binding.CorruptionError, binding.Error)
    database = Database(tmp_path, create=True)
    assert database.write([(b"a", b"1"), (b"b", b"2"), (b"c", b"3"), (b"b", None), (b"a", b"4")]) == 5
    before = database.snapshot()
    database.write([(b"a", None), (b"d", b"5")])
    assert list(database.iterate(b"", None)) == [(b"c", b"3"), (b"d", b"5")]
    assert list(before.iterate(b"", None)) == [(b"a", b"4"), (b"c", b"3")]
    assert list(before.iterate(b"a", b"c", reverse=True)) == [(b"a", b"4")]
    assert before.get(b"a") == b"4"
    assert database.get(b"a") is None
    before.close()
    database.close()
    for late in (lambda: database.get(b"c"), lambda: list(database.iterate(b"", None)), database.snapshot):
        with pytest.raises(StorageFailed) as caught:
            late()
        assert caught.value.code == "store_closed"


def test_both_directions_give_the_entries_between_any_two_bounds(binding: ModuleType, tmp_path: Path) -> None:
    keys = [b"b", b"d", b"f"]
    database = Database(tmp_path, create=True)
    database.write([(key, key) for key in keys])
    for start, stop in product([b"", b"a", b"b", b"c", b"d", b"e", b"f", b"g"], repeat=2):
        between = [(key, key) for key in keys if start <= key and (not stop or key < stop)]
        assert list(database.iterate(start, stop or None)) == between
        assert list(database.iterate(start, stop or None, reverse=True)) == between[::-1]
    database.close()


def test_an_iterator_sees_what_was_there_when_it_began(binding: ModuleType, tmp_path: Path) -> None:
    database = Database(tmp_path, create=True)
    database.write([(b"a", b"1"), (b"c", b"3")])
    entries = database.iterate(b"", None)
    assert next(entries) == (b"a", b"1")
    database.write([(b"b", b"2"), (b"c", None)])
    assert list(entries) == [(b"c", b"3")]
    database.close()


def test_every_flipped_byte_of_a_table_is_damage_when_it_is_read(binding: ModuleType, tmp_path: Path) -> None:
    """Checksums are verified on reads: without the option these reads serve the changed bytes."""
    write_tables(tmp_path / "whole")
    (table,) = (tmp_path / "whole").glob("*.ldb")
    for place in range(100, table.stat().st_size // 2, table.stat().st_size // 12):
        damaged = shutil.copytree(tmp_path / "whole", tmp_path / f"damaged-{place}")
        data = bytearray(table.read_bytes())
        data[place] ^= 1
        (damaged / table.name).write_bytes(data)
        database = Database(damaged, create=False)
        with pytest.raises(DataDamaged, match="reading"):
            list(database.iterate(b"", None))
        database.close()


def test_a_damaged_log_is_damage_when_it_is_opened(binding: ModuleType, tmp_path: Path) -> None:
    """Paranoid checks: without the option LevelDB drops the damaged records and opens."""
    database = Database(tmp_path, create=True)
    database.write(ENTRIES)
    database.close()
    (log,) = tmp_path.glob("*.log")
    data = bytearray(log.read_bytes())
    data[1_000] ^= 1
    log.write_bytes(data)
    with pytest.raises(DataDamaged, match="opening"):
        Database(tmp_path, create=False)


def test_one_opener_and_no_database_made_unasked(binding: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="does not exist"):
        Database(tmp_path / "none", create=False)
    database = Database(tmp_path / "one", create=True)
    with pytest.raises(StorageFailed, match=r"[Ll]ock"):
        Database(tmp_path / "one", create=False)
    database.close()


# Counts what reaches the disk: loaded before the C library, whose functions the bindings call.
COUNTER: Final = """
#define _GNU_SOURCE
#include <dlfcn.h>
static int calls;
int synced(void) { return calls; }
int fsync(int file) { calls++; return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(file); }
int fdatasync(int file) { calls++; return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(file); }
"""
COUNTED: Final = """
import ctypes, importlib, sys
from pathlib import Path
from nodechain.store import leveldb
from nodechain.store.database import Database
folder, name, counter = sys.argv[1:]
module = importlib.import_module(name)
leveldb.DB, leveldb.Error, leveldb.CorruptionError = module.DB, module.Error, module.CorruptionError
synced = ctypes.CDLL(counter).synced
database = Database(Path(folder), create=True)
for number in range(5):
    before = synced()
    database.write([(b"%d" % number, b"value")])
    print(synced() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts calls by LD_PRELOAD")
@pytest.mark.parametrize("name", NAMES)
def test_every_batch_is_on_the_disk_when_write_returns(name: str, tmp_path: Path) -> None:
    binding_named(name)
    compiler = shutil.which("cc")
    if compiler is None:
        missing("there is no C compiler 'cc'")
    source, counter = tmp_path / "counter.c", tmp_path / "counter.so"
    source.write_text(COUNTER)
    subprocess.run([compiler, "-shared", "-fPIC", source, "-o", counter, "-ldl"], check=True, timeout=60)
    outcome = subprocess.run(
        [sys.executable, "-c", COUNTED, str(tmp_path / "data"), name, str(counter)],
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": str(counter)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.split() == ["1"] * 5


# --- one home, two machines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("writer", "reader"), [NAMES, NAMES[::-1]])
def test_what_one_wrote_the_other_reads(
    writer: str, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home moves to another Python or machine as it is: tables, compression, bloom filters, log and all."""
    binding_named(reader)
    use(writer, monkeypatch)
    write_tables(tmp_path)
    assert sum(table.stat().st_size for table in tmp_path.glob("*.ldb")) < sum(len(value) for _, value in ENTRIES) // 4
    database = Database(tmp_path, create=False)
    database.write([(b"in the log", b"1")])
    database.close()
    use(reader, monkeypatch)
    database = Database(tmp_path, create=False)
    assert list(database.iterate(b"", None)) == [(b"in the log", b"1"), *ENTRIES]
    assert [database.get(key) for key, _ in ENTRIES] == [value for _, value in ENTRIES]
    database.write([(b"in the log", None)])
    database.close()
    use(writer, monkeypatch)
    database = Database(tmp_path, create=False)
    assert list(database.iterate(b"", None)) == ENTRIES
    database.close()
