"""A new file that a person names, written piece by piece: whole under its name, or not there (C3)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from devices.commands import opening
from devices.errors import Misuse
from nodechain.errors import NodeError, StorageFailed, UsageError
from nodechain.files.user_file import new_user_file


def test_break_25_a_link_in_the_temporarys_place_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    file = tmp_path / "chain"
    for name in ("chain.part", ".chain.new"):
        (tmp_path / name).symlink_to(precious)
    with new_user_file(file) as sink:
        sink.write(b"blocks")
    assert (precious.read_text(), file.read_bytes(), file.is_symlink()) == ("precious", b"blocks", False)
    assert not os.path.lexists(tmp_path / ".chain.new")


def test_break_25_nothing_half_written_stays(tmp_path: Path) -> None:
    def write() -> None:
        with new_user_file(tmp_path / "chain") as sink:
            sink.write(b"half")
            raise NodeError("the store is damaged")

    with pytest.raises(NodeError):
        write()
    assert not list(tmp_path.iterdir())


def test_break_25_what_was_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "chain"
    with pytest.raises(StorageFailed), new_user_file(file):
        file.write_text("somebody's")
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("chain", "somebody's")]


def test_break_25_a_pipe_a_name_too_long_and_a_full_disk_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError), new_user_file(tmp_path / "pipe"):
        pass
    for name in ("n" * 300, "n" * 253):
        with pytest.raises(StorageFailed), new_user_file(tmp_path / name):
            pass

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageFailed), new_user_file(tmp_path / "chain") as sink:
        sink.write(b"blocks")
    assert [entry.name for entry in tmp_path.iterdir()] == ["pipe"]


def test_break_25_an_opening_replaces_no_link_and_follows_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "encode_terms_file", lambda _found: b"terms")
    terms: Any = None
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / ".meter.json.new").symlink_to(precious)
    opening._write(tmp_path / "meter.json", terms)
    assert ((tmp_path / "meter.json").read_bytes(), precious.read_text()) == (b"terms", "precious")
    link = tmp_path / "other.json"
    link.symlink_to(tmp_path / "not there")
    with pytest.raises(Misuse):
        opening._write(link, terms)
    assert link.is_symlink()
