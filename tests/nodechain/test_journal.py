"""Sign-state and write-ahead log: what was written before a crash is there after it, and damage is never overlooked."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodechain.errors import DataDamaged, JournalMissing, NodeInvariantBroken, StorageFailed
from nodechain.journal.sign_state import SignState
from nodechain.journal.wal import MAX_RECORD_BYTES, Wal, parse

ROOT = Path(__file__).resolve().parents[2]


def test_the_sign_state_survives_reopening_and_is_never_made_by_opening(tmp_path: Path) -> None:
    path = tmp_path / "sign-state"
    with pytest.raises(JournalMissing) as missing:
        SignState.open(path)
    assert "--unsafe-resume" in missing.value.advice
    state = SignState.create(path, b"nothing signed")
    counter = state.counter
    for height in range(5):
        state.store(b"height %d" % height * 1_000)
    state.close()
    state = SignState.open(path)
    assert (state.payload, state.counter, state.spoiled_copies) == (b"height 4" * 1_000, counter + 5, 0)
    state.close()


def filled(path: Path, payloads: list[bytes]) -> bytes:
    log = Wal.create(path)
    log.append(payloads)
    log.close()
    return path.read_bytes()


@given(st.lists(st.lists(st.binary(max_size=700), max_size=3), max_size=6))
def test_records_come_back_in_order(tmp_path_factory: pytest.TempPathFactory, groups: list[list[bytes]]) -> None:
    path = tmp_path_factory.mktemp("wal") / "wal"
    log = Wal.create(path, first_sequence=7)
    expected: list[bytes] = []
    for group in groups:
        log.append(group)
        expected += group
        assert parse(path.read_bytes(), "wal").payloads == tuple(expected)
    log.close()
    log, payloads = Wal.open(path)
    assert payloads == tuple(expected)
    assert log.next_sequence == 7 + len(expected)
    log.close()


def test_every_torn_tail_is_cut_and_the_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "wal"
    whole = filled(path, [b"one" * 50, b"", bytes(600), b"last" * 150])
    last = len(filled(path, [b"one" * 50, b"", bytes(600)]))
    assert len(whole) > last
    header, sectors = range(last, last + 50), range(last + 50, len(whole), 61)
    for cut in (*header, *sectors, len(whole) - 1):
        for unwritten in (b"", bytes(300), bytes(5_000)):
            path.write_bytes(whole[:cut] + unwritten)
            log, payloads = Wal.open(path)
            assert payloads == (b"one" * 50, b"", bytes(600)), (cut, len(unwritten))
            assert path.stat().st_size == last
            log.append([b"next"])
            log.close()
            reopened, payloads = Wal.open(path)
            reopened.close()
            assert payloads[-1] == b"next"


def test_every_flipped_bit_is_damage_also_in_the_last_record(tmp_path: Path) -> None:
    whole = filled(tmp_path / "wal", [b"one" * 9, b"", bytes(40), b"last one"])
    for bit in range(len(whole) * 8):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DataDamaged):
            parse(bytes(data), "wal")


def test_damage_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "wal"
    whole = filled(path, [b"record %d" % number * 40 for number in range(20)])
    chance = random.Random(3)
    places = [chance.randrange(len(whole) - 400) for _ in range(100)]
    cases = [whole[:place] + bytes(300) + whole[place + 300 :] for place in places]  # a lost sector, data after it
    cases += [whole[:place] + whole[place + 1 :] for place in places]
    cases += [whole[:place] + whole[place + 360 :] for place in places]  # a whole record's length is gone
    cases += [b"", whole[:10], whole + b"\x01" * 100]
    for data in cases:
        path.write_bytes(data)
        with pytest.raises(DataDamaged):
            Wal.open(path)
        assert path.read_bytes() == data


def test_restart_keeps_what_is_named_and_the_sequence(tmp_path: Path) -> None:
    path = tmp_path / "wal"
    log = Wal.create(path)
    log.append([b"a", b"b", b"c"])
    log.restart([b"c"])
    assert log.next_sequence == 4
    log.append([b"d"])
    assert log.size == path.stat().st_size
    log.close()
    log, payloads = Wal.open(path)
    assert (payloads, log.next_sequence) == ((b"c", b"d"), 5)
    log.close()


def test_a_failed_write_closes_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Wal.create(tmp_path / "wal")
    log.append([b"kept"])

    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(StorageFailed) as caught:
            log.append([b"lost"])
    assert caught.value.code == "disk_full"
    with pytest.raises(StorageFailed):
        log.append([b"more"])
    with pytest.raises(StorageFailed):
        log.restart()
    log.close()
    assert Wal.open(tmp_path / "wal")[1] == (b"kept",)


def test_missing_and_oversized(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing):
        Wal.open(tmp_path / "wal")
    log = Wal.create(tmp_path / "wal")
    with pytest.raises(NodeInvariantBroken):
        log.append([bytes(MAX_RECORD_BYTES + 1)])
    log.close()


WRITER = """
import sys
from pathlib import Path
from nodechain.journal.sign_state import SignState
from nodechain.journal.wal import Wal
state, (log, payloads) = SignState.open(Path(sys.argv[1])), Wal.open(Path(sys.argv[2]))
number = max(int(state.payload), len(payloads))
while True:
    number += 1
    log.append([b"%d" % number])
    state.store(b"%d" % number)
    print(number, flush=True)
"""


def test_kill_at_any_instant(tmp_path: Path) -> None:
    state_path, log_path = tmp_path / "sign-state", tmp_path / "wal"
    SignState.create(state_path, b"0").close()
    Wal.create(log_path).close()
    chance = random.Random("journal")
    last = 0
    for _ in range(10):
        command = [sys.executable, "-c", WRITER, str(state_path), str(log_path)]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 60))]
        writer.kill()
        lines += writer.stdout.readlines()
        writer.wait()
        writer.stdout.close()
        last = int(lines[-1])
        state, (log, payloads) = SignState.open(state_path), Wal.open(log_path)
        assert last <= int(state.payload) <= len(payloads) <= last + 1
        assert payloads == tuple(b"%d" % number for number in range(1, len(payloads) + 1))
        assert state.spoiled_copies == 0
        state.close()
        log.close()
    assert last > 10
