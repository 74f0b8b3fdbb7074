"""Snapshots of a development chain: who asks at once, who says nothing, copies that are cut off, long paths."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nodechain.commands.running import dev_control
from nodechain.commands.running.dev_control import MOST_PATH_BYTES, SNAPSHOTS, SOCKET, Asked, DevControl, ask
from nodechain.errors import EnvironmentFailed, StorageFailed

FILES = ("genesis", "data/one", "data/two")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped chain with a key; its path is short enough for a socket."""
    made = tmp_path_factory.mktemp("h")
    write(made, "first")
    (made / "keys").mkdir()
    (made / "keys" / "a.json").write_text("a key")
    return made


def write(home: Path, text: str) -> None:
    """The chain's files, all with the same content."""
    for name in FILES:
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text)


def shown(home: Path) -> set[str]:
    """What the chain's files say, the keys beside them."""
    assert (home / "keys" / "a.json").read_text() == "a key"
    return {(home / name).read_text() for name in FILES}


def taken(home: Path, asked: Asked) -> None:
    """What the node does when it was stopped for this."""
    control = DevControl(home)
    control.asked = asked
    control.carry_out()


async def said(home: Path, asked: Asked) -> dict[str, Any]:
    reader, writer = await asyncio.open_unix_connection(home / SOCKET)
    writer.write(msgspec.json.encode(asked) + b"\n")
    answer: dict[str, Any] = msgspec.json.decode(await reader.readline())
    writer.close()
    return answer


def listening(home: Path, story: Callable[[DevControl], Awaitable[None]]) -> DevControl:
    control = DevControl(home)

    async def play() -> None:
        async with asyncio.timeout(60), control.listening(asyncio.Event()):
            await story(control)

    asyncio.run(play())
    return control


def test_of_two_who_ask_at_once_the_second_is_refused(home: Path) -> None:
    """It was taken in the first one's place, who was told that its snapshot was made."""

    async def story(_control: DevControl) -> None:
        assert await said(home, Asked("one")) == {"starts": 1}
        assert (await said(home, Asked("two")))["code"] == "bad_usage"

    assert listening(home, story).asked == Asked("one")


def test_who_says_nothing_does_not_keep_the_node_from_ending(home: Path) -> None:
    async def story(_control: DevControl) -> None:
        waiting.append((await asyncio.open_unix_connection(home / SOCKET))[1])
        assert await said(home, Asked()) == {"starts": 1}

    waiting: list[asyncio.StreamWriter] = []

    async def play() -> None:
        control = DevControl(home)
        async with asyncio.timeout(60), control.listening(asyncio.Event()):
            await story(control)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        waiting[0].close()

    asyncio.run(play())
    assert not (home / SOCKET).exists()


def test_a_chain_whose_path_is_too_long_for_a_socket_runs_without_snapshots(home: Path) -> None:
    far = home / ("x" * MOST_PATH_BYTES)
    far.mkdir()

    async def story(control: DevControl) -> None:
        assert control.starts == 1

    assert listening(far, story).asked is None
    with pytest.raises(EnvironmentFailed, match="too long"):
        ask(far, Asked("one"))


def test_a_snapshot_and_the_way_back(home: Path) -> None:
    taken(home, Asked("one"))
    write(home, "second")
    (home / "data" / "three").write_text("later")
    taken(home, Asked("one", revert=True))
    assert shown(home) == {"first"}
    assert not (home / "data" / "three").exists()
    assert [path.name for path in (home / SNAPSHOTS).iterdir()] == ["one"]


@pytest.mark.parametrize("copies", [0, 1, 2])
def test_a_copy_that_is_cut_off_is_no_snapshot_and_spoils_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    """The disk is full after so many files: the old snapshot of that name stands, and no half one is offered."""
    taken(home, Asked("one"))
    write(home, "second")
    cut_off(monkeypatch, copies)
    for name in ("one", "two"):
        with pytest.raises(StorageFailed):
            taken(home, Asked(name))
    monkeypatch.undo()

    async def story(_control: DevControl) -> None:
        refused = await said(home, Asked("two", revert=True))
        assert refused["detail"] == "there is no snapshot two; there are: one"

    listening(home, story)
    taken(home, Asked("one", revert=True))
    assert shown(home) == {"first"}


@pytest.mark.parametrize("copies", [0, 1, 2])
def test_a_way_back_that_finds_the_disk_full_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    taken(home, Asked("one"))
    write(home, "second")
    cut_off(monkeypatch, copies)
    with pytest.raises(StorageFailed):
        taken(home, Asked("one", revert=True))
    assert shown(home) == {"second"}


@pytest.mark.parametrize("steps", range(1, 9))
def test_a_way_back_that_a_crash_cuts_off_is_gone_to_its_end(
    home: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Killed before each removal and each renaming in turn; then the node starts."""
    taken(home, Asked("one"))
    write(home, "second")
    left = [steps]

    def killed(step: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
            return step(*arguments, **options)

        return stepping

    for owner, name in ((Path, "rename"), (Path, "unlink"), (Path, "rmdir")):
        monkeypatch.setattr(owner, name, killed(getattr(owner, name)))
    with suppress(KeyboardInterrupt):
        taken(home, Asked("one", revert=True))
    monkeypatch.undo()
    began = (home / SNAPSHOTS / dev_control._READY).exists() or (home / SNAPSHOTS / dev_control._MOVING).exists()
    dev_control.finish_revert(home)
    assert shown(home) == ({"first"} if began or left[0] > 0 else {"second"})


def cut_off(monkeypatch: pytest.MonkeyPatch, copies: int) -> None:
    """Let the disk be full after so many files."""
    copy, left = shutil.copyfile, [copies]

    def copying(source: Any, target: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return copy(source, target, **options)

    monkeypatch.setattr(shutil, "copyfile", copying)
