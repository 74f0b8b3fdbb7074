"""Real processes, a real disk: kill -9 at any instant, a file-size limit, a full file system."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodechain.store.records import History
from nodechain.store.store import Store
from tests.nodechain.chain_of_bytes import QUICK_RULES, ChainOfBytes

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20


def start_writer(directory: Path, transaction_bytes: int, *limit: int) -> subprocess.Popen[str]:
    arguments = [str(directory), str(transaction_bytes), *map(str, limit)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.nodechain.store_writer", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def check_whole(directory: Path, acknowledged: int) -> int:
    """The store holds exactly the blocks up to its head, and all that were acknowledged; its height."""
    chain = ChainOfBytes(transaction_bytes=600)
    with Store.open(directory, history=History(heights=20), rules=QUICK_RULES) as store:
        head = store.head()
        height = -1 if head is None else head.height
        # At most the one block whose commit was cut off is there beyond what was acknowledged.
        assert acknowledged <= height <= acknowledged + 1
        if height >= 0:
            chain.make(height + 1)
            chain.check(store, height)
    return height


def test_kill_at_any_instant(tmp_path: Path) -> None:
    chance = random.Random("kill -9")
    height = -1
    for _ in range(KILLS):
        writer = start_writer(tmp_path / "data", 600)
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randrange(25))]
        writer.kill()
        lines += writer.stdout.readlines()
        writer.wait()
        writer.stdout.close()
        height = check_whole(tmp_path / "data", int(lines[-1]) if lines else height)
    assert height > KILLS


def check_fail_stop(writer: subprocess.Popen[str], directory: Path) -> None:
    """The writer stops with one clear error, refuses a second try, and the store reopens clean and goes on."""
    output, _ = writer.communicate(timeout=120)
    *heights, outcome = output.splitlines()
    assert outcome == "disk_full 1 same"
    assert writer.returncode == 1
    assert heights
    height = check_whole(directory, int(heights[-1]))
    chain = ChainOfBytes(transaction_bytes=600)
    chain.make(height + 1)
    with Store.open(directory, history=History(heights=20), rules=QUICK_RULES) as store:
        for record in chain.make(3):
            store.commit(record)
        chain.check(store, height + 3)


def test_a_file_size_limit_stops_the_store_and_loses_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    check_fail_stop(start_writer(directory, 600, 200_000), directory)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("mounting a small file system needs root")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "nodechain-test", str(path)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip(f"this machine does not let us mount: {made.stderr.decode().strip()}")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def test_a_full_disk_stops_the_store_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    directory = small_disk / "data"
    writer = start_writer(directory, 600)
    output, _ = writer.communicate(timeout=120)
    assert output.splitlines()[-1] == "disk_full 1 same"
    # Still full: the next start says so as well, and changes nothing that matters.
    again, _ = start_writer(directory, 600).communicate(timeout=120)
    assert again.splitlines()[-1].startswith("disk_full 1")
    saved = tmp_path / "data"
    shutil.copytree(directory, saved)
    height = check_whole(saved, int(output.splitlines()[-2]))
    assert height > 0
