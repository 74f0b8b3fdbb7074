"""The home's directories, its lock, files that are replaced whole, and the error tree."""

from __future__ import annotations

import inspect
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodechain import errors
from nodechain.errors import HomeInUse, NodeError, NotFound, StorageFailed, UsageError, storage_failed
from nodechain.files.durable_file import create_file, make_directory, replace_file
from nodechain.home.home import Home
from nodechain.home.lock import HomeLock

ROOT = Path(__file__).resolve().parents[2]

HOLDER = """
import sys, time
from pathlib import Path
from nodechain.home.lock import HomeLock
with HomeLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_new_home_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "some" / "home")
    with pytest.raises(NotFound) as missing:
        home.require_initialised()
    assert "nodechain init" in missing.value.advice
    home.create()
    for directory in (home.path, home.keys, home.journal, home.data, home.logs):
        assert directory.stat().st_mode & 0o777 == 0o700
    home.create()  # again, after a crash in the middle of `init`
    replace_file(home.genesis, b"genesis")
    home.require_initialised()
    with pytest.raises(UsageError) as exists:
        home.create()
    assert exists.value.exit_code == 2


def test_a_file_in_the_place_of_a_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"")
    with pytest.raises(UsageError, match="not a directory"):
        Home(tmp_path / "home").create()


def test_damaged_data_are_set_aside_and_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    for number in (1, 2):
        (home.data / "chain").write_text(f"damaged {number}")
        aside = home.set_data_aside()
        assert aside is not None
        assert aside.name == f"data.damaged-{number}"
        assert (aside / "chain").read_text() == f"damaged {number}"
        assert list(home.data.iterdir()) == []


def test_a_second_process_is_refused_by_name_until_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HomeInUse, match=f"process {holder.pid} is already running") as caught:
            HomeLock(path)
        assert caught.value.pid == holder.pid
        holder.kill()
    with HomeLock(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_the_same_process_cannot_take_it_twice(tmp_path: Path) -> None:
    with HomeLock(tmp_path / "lock") as lock:
        with pytest.raises(HomeInUse):
            HomeLock(tmp_path / "lock")
        with pytest.raises(HomeInUse):
            HomeLock(tmp_path / "lock")
        lock.release()
        HomeLock(tmp_path / "lock").release()


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    """A worker process that outlives a killed node must not keep the home locked."""
    context = multiprocessing.get_context("fork")
    wait, entered = context.Event(), context.Event()

    def child() -> None:
        entered.set()
        wait.wait(60)

    lock = HomeLock(tmp_path / "lock")
    worker = context.Process(target=child)
    worker.start()
    try:
        assert entered.wait(60)
        with pytest.raises(HomeInUse):
            HomeLock(tmp_path / "lock")
        lock.release()
        HomeLock(tmp_path / "lock").release()
    finally:
        wait.set()
        worker.join()


def test_files_are_replaced_whole_and_keys_never(tmp_path: Path) -> None:
    path = tmp_path / "file"
    create_file(path, b"one")
    with pytest.raises(FileExistsError):
        create_file(path, b"two")
    assert path.read_bytes() == b"one"
    replace_file(path, b"three")
    assert path.read_bytes() == b"three"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_failed_replacement_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")

    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(StorageFailed) as caught:
            replace_file(path, b"new")
    assert caught.value.code == "disk_full"
    assert path.read_bytes() == b"old"
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFailed):
        make_directory(tmp_path / "file" / "below")


def test_every_error_has_its_own_code_an_advice_and_an_exit_code() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, NodeError)]
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.advice.endswith((".", ")"))
        assert kind.code == kind.code.lower()
        assert 1 <= kind.exit_code <= 9
    assert {kind.exit_code for kind in kinds} == set(range(1, 10))


def test_operating_system_errors_say_what_to_do() -> None:
    assert storage_failed("writing x", OSError(28, "No space left on device")).code == "disk_full"
    assert storage_failed("writing x", OSError(13, "Permission denied")).code == "no_permission"
    assert storage_failed("writing x", OSError(5, "Input/output error")).code == "storage_failed"
    assert "writing x: Input/output error" in str(storage_failed("writing x", OSError(5, "Input/output error")))
