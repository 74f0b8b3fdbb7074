"""Advice: the hours with most left over, by the way that was right more often, with its measured record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import cli
from harness.chain import address
from ledger.keys.address import format_address
from ledger.slots.schema import ValueSource
from nodechain.advice.choosing import (
    TESTED_DAYS,
    Day,
    Record,
    SlotFigures,
    Way,
    Window,
    advise,
    best_window,
    record_of,
    surplus_in,
)
from nodechain.api.sharing import read_account
from nodechain.api.sharing_days import read_account_slots, read_sums
from nodechain.api.slots import read_slots_terms
from nodechain.client.rest import NodeApi
from nodechain.commands.terminal import errors
from tests.nodechain.test_api_sharing import at, shown
from tests.support.sharing_chain import SeedValues, SharingChain, participants, terms

KWH = 10**6
HOUR = 60
TODAY = 739_000


def day(surplus: Mapping[int, int], *, missing: tuple[int, ...] = (), own: int = 0) -> Day:
    """By the hour; the surplus of these hours in kWh, none in all others."""
    return {hour * HOUR: SlotFigures(surplus.get(hour, 0) * KWH, own) for hour in range(24) if hour not in missing}


def test_the_hours_with_most_left_over_are_chosen_the_earliest_of_equal_ones() -> None:
    assert best_window(day({11: 2, 12: 3, 15: 4}), 2 * HOUR, HOUR) == Window(11 * HOUR, 13 * HOUR, 5 * KWH)
    assert best_window(day({9: 4, 15: 4}), HOUR, HOUR) == Window(9 * HOUR, 10 * HOUR, 4 * KWH)
    assert best_window(day({11: 2, 12: 3}, missing=(12,)), 2 * HOUR, HOUR) == Window(10 * HOUR, 12 * HOUR, 2 * KWH)
    assert best_window(day({}), HOUR, HOUR) is None, "nothing left over is no advice"
    assert best_window({}, HOUR, HOUR) is None
    assert best_window(day({23: 5}), 2 * HOUR, HOUR) == Window(22 * HOUR, 24 * HOUR, 5 * KWH), "never over midnight"


def test_what_is_not_settled_is_unknown_and_not_nothing() -> None:
    window = Window(11 * HOUR, 13 * HOUR, 0)
    assert surplus_in(day({11: 1, 12: 1}), window, HOUR) == 2 * KWH
    assert surplus_in(day({11: 1}, missing=(12,)), window, HOUR) is None


def test_the_record_judges_each_day_by_what_was_known_before_it() -> None:
    days = {TODAY - back: day({11: 2}) for back in range(1, 9)}
    assert record_of(days, TODAY, Way.YESTERDAY, HOUR, HOUR, KWH) == Record(7, 7)
    days[TODAY - 3] = day({15: 9})
    assert record_of(days, TODAY, Way.YESTERDAY, HOUR, HOUR, KWH) == Record(5, 7), "wrong on it, and on the day after"
    assert record_of(days, TODAY, Way.YESTERDAY, HOUR, HOUR, 3 * KWH) == Record(0, 7), "as much as is needed"
    days[TODAY - 1] = {}
    assert record_of(days, TODAY, Way.YESTERDAY, HOUR, HOUR, KWH) == Record(4, 6), "an unsettled day tests nothing"
    assert record_of({}, TODAY, Way.LAST_WEEK, HOUR, HOUR, KWH) == Record(0, 0)


def test_the_coming_day_itself_is_never_looked_at() -> None:
    days = {TODAY - back: day({11: 2}) for back in range(1, 15)}
    before = advise(days, TODAY, HOUR, HOUR, KWH)
    assert advise({**days, TODAY: day({3: 99}), TODAY + 1: day({4: 99})}, TODAY, HOUR, HOUR, KWH) == before


def test_the_way_that_was_right_more_often_is_taken() -> None:
    weekly = {TODAY - back: day({9 + back % 7: 3}, own=KWH // 10) for back in range(1, 15)}
    found = advise(weekly, TODAY, HOUR, HOUR, KWH)
    assert found is not None
    assert (found.way, found.window.begin, found.record) == (Way.LAST_WEEK, 9 * HOUR, Record(7, 7))
    assert found.movable_mwh == 23 * KWH // 10, "what was drawn outside of these hours"
    assert found.like == TODAY - 7
    steady = {TODAY - back: day({11: 2}) for back in range(1, 15)}
    found = advise(steady, TODAY, HOUR, HOUR, KWH)
    assert found is not None
    assert (found.way, found.record) == (Way.YESTERDAY, Record(TESTED_DAYS, TESTED_DAYS)), "equal: the nearer day"


@pytest.mark.parametrize("known", [{}, {TODAY - 1: day({})}, {TODAY - 1: day({11: 1})}])
def test_no_advice_where_nothing_is_known_or_too_little_was_left(known: dict[int, Day]) -> None:
    assert advise(known, TODAY, HOUR, HOUR, 2 * KWH) is None


def test_advice_that_was_never_tested_says_so() -> None:
    found = advise({TODAY - 1: day({11: 5})}, TODAY, HOUR, HOUR, KWH)
    assert found is not None
    assert found.record == Record(0, 0)


class AdvisedChain(SharingChain):
    """By the hour; on each of two days D feeds in 2 kWh at noon, of which B takes 0.5, and B draws 1 kWh at eight."""

    def __init__(self) -> None:
        super().__init__(slot_ms=3_600_000)
        self.first = self.time_ms // 3_600_000 + 1
        self.open(terms(participants(p1=(1,), p2=(1,), p3=())), from_slot=self.first)
        self.block(after_ms=(self.first + 48) * 3_600_000 - self.time_ms)
        hours = range(24)
        for number in (0, 1):
            day = self.first + 24 * number
            for name, point, energies in (
                ("B", 1, [KWH if hour == 8 else KWH // 2 if hour == 12 else 0 for hour in hours]),
                ("C", 2, [0] * 24),
                ("D", 3, [2 * KWH if hour == 12 else 0 for hour in hours]),
            ):
                self.do(name, SeedValues(point, ValueSource.OWN, day, tuple(energies)))
        self.work_off()

    def answer(self, path: str, **query: Any) -> Any:
        """What the node's interface says of its state."""
        here, account = at(self), address("B")
        slots = range(query.get("from", 0), query.get("to", 0))
        if path == "/v1/slots":
            return shown(read_slots_terms(here))
        if path == "/v1/status":
            return {"time_ms": self.time_ms, "clock_ms": self.time_ms, "clock_ahead_ms": 0}
        if path.endswith("/sums"):
            return shown(read_sums(here, 1, slots))
        return shown(
            read_account_slots(here, account, slots) if path.endswith("/slots") else read_account(here, account)
        )


def test_the_command_says_when_what_it_rests_on_and_how_sure_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = AdvisedChain()
    monkeypatch.setattr(NodeApi, "get", lambda _self, path, _kind, **query: chain.answer(path, **query))

    def asked(*options: str) -> str:
        name = format_address(address("B"))
        code = errors.run(cli.nodechain, ["advice", name, "--home", str(tmp_path), *options])
        return f"{code} {' '.join(capsys.readouterr().out.split())}"

    assert asked("--for", "2h") == (
        "0 2023-11-17: run it 11:00 to 13:00. On 2023-11-16 (the day before) the community had 1.50 kWh left over then,"
        " and you drew 1.00 kWh from the grid at other hours. How sure: on 1 of 1 days before that had as much left as"
        " is needed."
    )
    assert asked("--energy", "2 kWh").startswith("0 No advice for 2023-11-17")
    assert asked("--for", "90m").startswith("2 ")
    assert asked("--day", "tomorrow").startswith("2 ")
    assert '"begin": "12:00"' in asked("--for", "1h", "--output", "json")
