"""One value, always the newest or, after a torn write, the one before it; never an older one, never a wrong one."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from nodechain.errors import DataDamaged, JournalMissing, NodeInvariantBroken, StorageFailed
from nodechain.files.slot_file import SlotFile

SLOT = 512


def reopened(path: Path) -> tuple[int, bytes, int]:
    slots = SlotFile.open(path, SLOT)
    slots.close()
    return slots.counter, slots.value, slots.spoiled_copies


def written(path: Path, count: int) -> None:
    slots = SlotFile.create(path, b"first", SLOT)
    for number in range(count):
        slots.write(b"value %d" % number)
    slots.close()


def test_the_newest_value_is_read_back_and_the_counter_rises(tmp_path: Path) -> None:
    path = tmp_path / "slots"
    slots = SlotFile.create(path, b"first", SLOT)
    assert slots.value == b"first"
    start = slots.counter
    for number in range(9):
        value = bytes([number]) * (number * 57)
        slots.write(value)
        assert reopened(path) == (start + number + 1, value, 0)
    slots.close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_any_single_damage_is_harmless(tmp_path: Path, count: int) -> None:
    """Every bit in turn, and every sector lost: the other copy has the newest value."""
    path = tmp_path / "slots"
    written(path, count)
    sound = path.read_bytes()
    newest = reopened(path)[:2]
    chance = random.Random(count)
    for bit in chance.sample(range(len(sound) * 8), 600):
        data = bytearray(sound)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        assert reopened(path)[:2] == newest
    for sector in range(0, len(sound), SLOT):
        path.write_bytes(sound[:sector] + bytes(SLOT) + sound[sector + SLOT :])
        assert reopened(path) == (*newest, 1)


def test_a_torn_write_leaves_the_value_before_it(tmp_path: Path) -> None:
    """Whatever part of the two copies reached the disk: the value is the old or the new one."""
    path = tmp_path / "slots"
    written(path, 4)
    before, (old_counter, old, _) = path.read_bytes(), reopened(path)
    slots = SlotFile.open(path, SLOT)
    slots.write(b"the new value" * 20)
    slots.close()
    after, (_, new, _) = path.read_bytes(), reopened(path)
    changed = [place for place in range(len(before)) if before[place] != after[place]]
    for cut in [*changed[::7], changed[-1] + 1]:
        path.write_bytes(after[:cut] + before[cut:])
        counter, value, _ = reopened(path)
        assert (counter, value) in [(old_counter, old), (old_counter + 1, new)]
    # Both copies of the slot garbled: the other slot was not touched.
    first = (old_counter + 1) % 2 * SLOT
    data = bytearray(after)
    for place in (first, first + 2 * SLOT):
        data[place + 30 : place + 40] = bytes(10)
    path.write_bytes(data)
    assert reopened(path) == (old_counter, old, 2)


def test_a_copy_in_the_wrong_place_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "slots"
    written(path, 3)
    data = path.read_bytes()
    slots = [data[place : place + SLOT] for place in range(0, 4 * SLOT, SLOT)]
    path.write_bytes(slots[1] + slots[1] + slots[1] + slots[3])
    assert reopened(path)[2] == 2


def test_what_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "slots"
    with pytest.raises(JournalMissing):
        SlotFile.open(path, SLOT)
    written(path, 3)
    sound = path.read_bytes()
    for data in (b"", sound[:-1], sound + b"x", bytes(len(sound))):
        path.write_bytes(data)
        with pytest.raises(DataDamaged) as caught:
            SlotFile.open(path, SLOT)
        assert caught.value.exit_code == 8
        assert path.read_bytes() == data


def test_a_failed_write_closes_the_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "slots"
    slots = SlotFile.create(path, b"first", SLOT)

    def broken(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", broken)
        with pytest.raises(StorageFailed, match="Input/output error"):
            slots.write(b"second")
    with pytest.raises(StorageFailed, match="Input/output error"):
        slots.write(b"third")
    slots.close()
    assert reopened(path)[1] in (b"first", b"second")


def test_a_value_that_does_not_fit_is_our_bug(tmp_path: Path) -> None:
    slots = SlotFile.create(tmp_path / "slots", b"", SLOT)
    slots.write(bytes(slots.capacity))
    with pytest.raises(NodeInvariantBroken):
        slots.write(bytes(slots.capacity + 1))
    slots.close()
