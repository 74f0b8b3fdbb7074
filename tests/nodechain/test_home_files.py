"""docs/home.md keeps its word: every durable file of a home, absent, damaged, older, not writable."""

from __future__ import annotations

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.node import HomeFixture
from harness.ordinary_user import modes_count
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from nodechain.api.server import ApiOptions
from nodechain.chain.validator_key import ValidatorKey
from nodechain.clock import SystemClock
from nodechain.commands.running.start_checks import Start, require_startable
from nodechain.errors import NodeError
from nodechain.home.config import load_config
from nodechain.home.home import Home
from nodechain.node import Node, NodeOptions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "home.md"
COLUMNS = ("absent", "damaged", "older", "not writable")
OPTIONS = NodeOptions(standing_clock=True)


def promises() -> dict[tuple[str, str], str]:
    """(file, condition) -> the code of the refusal, or 'starts'."""
    found: dict[tuple[str, str], str] = {}
    rows = [
        line.strip("| ").split(" | ")
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    for name, _what, *cells in rows:
        for column, cell in zip(COLUMNS, cells, strict=True):
            code = re.match(r"`(\w+)`|(starts)|-$", cell)
            assert code is not None, (name, cell)
            if cell != "-":
                found[name.strip("`"), column] = code[1] or code[2]
    return found


@dataclass(frozen=True, slots=True)
class Grown:
    """A lone validator's home with four blocks, and a copy from when it had two."""

    newer: Path
    older: Path
    key: ValidatorKey


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder = tmp_path_factory.mktemp("files")
    home = HomeFixture(folder / "newer")
    asyncio.run(_grow(home))
    (home.path / "config.toml").write_text('log_level = "info"\n')
    shutil.copytree(home.path, folder / "older")
    asyncio.run(_grow(home))
    return Grown(home.path, folder / "older", home.validator())


async def _grow(home: HomeFixture) -> None:
    async with home.running(OPTIONS) as node:
        for _ in range(2):
            raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
            assert (await node.submit_and_wait(raw, 30))[1] is not None


def spoil(path: Path) -> None:
    """Every byte is another one; of a database, one in its log."""
    if path.is_dir():
        path = max(path.glob("*.log"), key=lambda log: log.stat().st_size)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif path.exists():
        path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes()) or b"\x55")
    else:
        path.write_bytes(b"\x55" * 40)


def remove(path: Path) -> None:
    """Whatever it is."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def prepare(grown: Grown, home: Path, name: str, condition: str) -> None:
    """A home in which one file is in this condition."""
    shutil.copytree(grown.newer, home)
    path = home / name
    match condition:
        case "absent":
            remove(path)
        case "damaged":
            spoil(path)
        case "older":
            remove(path)
            older = grown.older / name
            if older.is_dir():
                shutil.copytree(older, path)
            elif older.exists():
                shutil.copyfile(older, path)
        case _:
            for each in (path, *path.rglob("*")):
                if each.exists():
                    each.chmod(0o500 if each.is_dir() else 0o400)


def outcome(home: Path, key: ValidatorKey) -> str:
    """What a start comes to: 'starts', or the code of its refusal."""
    try:
        load_config(home)
        require_startable(Start(Home(home), OPTIONS, ApiOptions(port=0), key.address, SystemClock()))
        Node.open(home, key, OPTIONS).close()
    except NodeError as error:
        return error.code if error.advice else f"{error.code} without advice"
    return "starts"


@pytest.mark.parametrize(("name", "condition"), sorted(promises()), ids=lambda part: part.replace(" ", "_"))
def test_n8f_a_file_in_this_condition_comes_to_what_the_page_says(
    grown: Grown, tmp_path: Path, name: str, condition: str
) -> None:
    home = tmp_path / "home"
    prepare(grown, home, name, condition)
    try:
        with modes_count():
            assert outcome(home, grown.key) == promises()[name, condition]
    finally:
        for each in (home, *home.rglob("*")):
            each.chmod(0o700)


def test_n8c_a_missing_journal_folder_is_made_also_for_a_follower(grown: Grown, tmp_path: Path) -> None:
    home = tmp_path / "home"
    prepare(grown, home, "journal", "absent")
    Node.open(home, None, OPTIONS).close()
    assert [path.name for path in (home / "journal").iterdir()] == ["pending"]


def test_n8f_the_page_names_every_file_that_a_node_has_written(grown: Grown) -> None:
    named = {name for name, _condition in promises()}
    not_at_start = ("keys", "logs", "addresses.json", "light")
    for path in sorted(grown.newer.rglob("*")):
        name = path.relative_to(grown.newer)
        known = {str(name), *(str(parent) for parent in name.parents)}
        assert known & named or name.parts[0] in not_at_start or any(one.startswith(f"{name}/") for one in named), name
