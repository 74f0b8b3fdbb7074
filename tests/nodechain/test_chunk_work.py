"""Who fetches which chunk: nothing is lost when a node fails at the end, hangs, or the disk is full."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Thread

import pytest

from nodechain.errors import StorageFailed
from nodechain.snapshots import chunk_work
from nodechain.snapshots.chunk_work import ChunkWork
from tests.network.places import DEADLINE_S


def work_of(missing: list[int], workers: int) -> tuple[ChunkWork, list[int]]:
    told: list[int] = []
    return ChunkWork(missing, workers, told.append), told


def in_thread(work: Callable[[], None]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def ended(thread: Thread) -> bool:
    thread.join(DEADLINE_S)
    return not thread.is_alive()


def nothing() -> None:
    """A write that succeeds."""


def test_all_is_taken_once_and_told() -> None:
    work, told = work_of([3, 5], 1)
    written: list[int] = []
    for number in (3, 5):
        assert work.next() == number
        for _ in range(2):
            work.take(number, partial(written.append, number))
    assert work.next() is None
    assert (written, told, work.missing) == ([3, 5], [1, 0], 0)


def test_who_has_nothing_to_do_waits_for_what_another_one_may_give_back() -> None:
    work, _told = work_of([7], 2)
    assert work.next() == 7
    found: list[int | None] = []
    idle = in_thread(lambda: found.append(work.next()))
    work.give_back(7)
    work.leave()
    assert ended(idle)
    assert found == [7]


def test_a_chunk_that_is_owed_for_long_is_asked_of_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_work, "OVERDUE_S", 0.01)
    work, _told = work_of([7], 2)
    assert work.next() == 7
    assert work.next() == 7
    written: list[str] = []
    work.take(7, lambda: written.append("the second"))
    work.take(7, lambda: written.append("the first, late"))
    assert written == ["the second"]
    # A worker that hangs is not waited for.
    waiting = in_thread(work.wait)
    assert ended(waiting)


def test_it_is_over_when_nobody_is_left() -> None:
    work, _told = work_of([7], 1)
    waiting = in_thread(work.wait)
    work.next()
    work.give_back(7)
    work.leave()
    assert ended(waiting)
    assert work.missing == 1


def test_a_write_that_fails_ends_it() -> None:
    work, _told = work_of([1, 2], 2)
    number = work.next()
    assert number is not None

    def full() -> None:
        raise StorageFailed("the disk is full")

    work.take(number, full)
    assert work.next() is None
    assert work.failure is not None
    assert work.missing == 2
    work.take(2, nothing)
    assert work.missing == 2


def test_a_rest_ends_when_all_is_over() -> None:
    work, _told = work_of([1], 2)
    resting = in_thread(lambda: work.rest(3_600))
    work.take(1, nothing)
    assert ended(resting)
