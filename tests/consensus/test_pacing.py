"""When a block is due (rule 1): transactions, the state's next due time, the heartbeat; and clocks that are set."""

from __future__ import annotations

import msgspec
import pytest

from consensus.events import Effects, Now, SetTimer, Timer
from consensus.pacing import CLOCK_STEP_MS, Intervals, Pacing, Timeouts
from tests.consensus.test_hostile_messages import header

HEARTBEAT_MS = 6 * 3_600_000
WALL_MS = 1_700_000_000_000
MINUTE_MS = 60_000
T0_MS = Timeouts().first_ms


class Height:
    """A height above a head that names a due time (0: nothing waits), begun at monotonic 1,000."""

    def __init__(
        self, next_due_ms: int = 0, *, waiting: bool = False, mine: bool = True, first: bool = False, age_ms: int = 0
    ) -> None:
        self.effects = Effects()
        self.now = Now(1_000, WALL_MS)
        head = msgspec.structs.replace(header(7), time_ms=WALL_MS - age_ms, next_due_ms=next_due_ms)
        intervals = Intervals(200, HEARTBEAT_MS)
        self.pacing = Pacing(intervals, Timeouts(), self.effects, self.now, head, first=first)
        self.pacing.first_round(self.now, waiting=waiting, mine=mine)

    def timers(self) -> dict[Timer, int]:
        """What was set since the last look, from the height's beginning."""
        taken = self.effects.take(None, resumed_unsafely=False)
        return {effect.timer: effect.at_ms - 1_000 for effect in taken if isinstance(effect, SetTimer)}

    def after(self, passed_ms: int, *, wall_step_ms: int = 0) -> Now:
        self.now = Now(1_000 + passed_ms, WALL_MS + passed_ms + wall_step_ms)
        return self.now


def due_at(ms: int) -> dict[Timer, int]:
    """The proposer's timer, and that of round 0."""
    return {Timer.PROPOSE: ms, Timer.ROUND: ms + T0_MS}


def test_transactions_are_due_after_min_interval() -> None:
    assert Height(waiting=True).timers() == due_at(200)
    assert Height(WALL_MS + MINUTE_MS, waiting=True).timers() == due_at(200)


@pytest.mark.parametrize("ahead_ms", [1, 3_000])
def test_steps_that_wait_at_the_head_are_due_though_our_clock_stands_behind_it(ahead_ms: int) -> None:
    """A clock that its player moves stands still: it would never reach the time of a head that came after a move."""
    height = Height(WALL_MS + ahead_ms, age_ms=-ahead_ms)
    assert height.timers() == due_at(200)
    assert height.pacing.proposal_due(Now(1_200, WALL_MS))
    later = Height(WALL_MS + ahead_ms + 1, age_ms=-ahead_ms)
    assert later.timers() == due_at(max(ahead_ms + 1, 200)), "what falls due after the head's time goes by the clock"


def test_without_anything_the_heartbeat_is_due() -> None:
    assert Height().timers() == due_at(HEARTBEAT_MS)


@pytest.mark.parametrize(
    ("next_due", "expected"),
    [
        (WALL_MS + MINUTE_MS, MINUTE_MS),
        (WALL_MS + 100, 200),
        (WALL_MS, 200),
        (WALL_MS - MINUTE_MS, 200),
        (1, 200),
        (WALL_MS + 2 * HEARTBEAT_MS, HEARTBEAT_MS),
    ],
)
def test_what_falls_due_brings_the_block_forward_but_not_below_min_interval(next_due: int, expected: int) -> None:
    assert Height(next_due).timers() == due_at(expected)


def test_others_time_the_round_by_the_same_due_time() -> None:
    assert Height(WALL_MS + MINUTE_MS, mine=False).timers() == {Timer.ROUND: MINUTE_MS + T0_MS}


def test_a_first_transaction_brings_both_forward_once() -> None:
    height = Height(WALL_MS + MINUTE_MS)
    height.timers()
    height.pacing.transactions_wait(height.after(40), mine=True)
    assert height.timers() == due_at(200)
    height.pacing.transactions_wait(height.after(100), mine=True)
    assert height.timers() == {}


def test_after_a_restart_the_time_since_the_head_counts_for_the_heartbeat() -> None:
    assert Height(first=True, age_ms=MINUTE_MS).timers() == due_at(HEARTBEAT_MS - MINUTE_MS)
    assert Height(first=True, age_ms=7 * HEARTBEAT_MS).timers() == due_at(200)
    assert Height(first=True, age_ms=-MINUTE_MS).timers() == due_at(HEARTBEAT_MS)
    assert Height(first=False, age_ms=7 * HEARTBEAT_MS).timers() == due_at(HEARTBEAT_MS), "a clock that is wrong"


def test_a_clock_set_forward_brings_what_is_due_forward() -> None:
    height = Height(WALL_MS + MINUTE_MS)
    height.timers()
    height.pacing.look_at_clock(height.after(10_000))
    assert height.timers() == {}
    height.pacing.look_at_clock(height.after(10_000, wall_step_ms=20_000))
    assert height.timers() == due_at(40_000)
    height.pacing.look_at_clock(height.after(10_700, wall_step_ms=2 * MINUTE_MS))
    assert height.timers() == due_at(10_700)


def test_a_clock_set_back_puts_off_what_is_due_and_a_small_step_nothing() -> None:
    height = Height(WALL_MS + MINUTE_MS)
    height.timers()
    height.pacing.look_at_clock(height.after(10_000, wall_step_ms=-CLOCK_STEP_MS))
    assert height.timers() == {}
    height.pacing.look_at_clock(height.after(10_000, wall_step_ms=-30_000))
    assert height.timers() == due_at(MINUTE_MS + 30_000)


def test_a_block_that_is_late_is_not_put_off_by_looking_again() -> None:
    height = Height(WALL_MS + MINUTE_MS)
    height.timers()
    for passed in (MINUTE_MS + 100, MINUTE_MS + 700, MINUTE_MS + 20_000):
        height.pacing.look_at_clock(height.after(passed))
        assert height.timers() == {}
    assert height.pacing.proposal_due(height.now)


def test_a_timer_that_is_early_by_the_wall_clock_makes_no_empty_block() -> None:
    height = Height(WALL_MS + MINUTE_MS)
    height.timers()
    assert not height.pacing.proposal_due(height.after(MINUTE_MS - 1))
    assert not height.pacing.proposal_due(height.after(MINUTE_MS, wall_step_ms=-90))
    assert height.timers() == due_at(MINUTE_MS + 90)
    assert height.pacing.proposal_due(height.after(MINUTE_MS + 90, wall_step_ms=-90))


def test_the_heartbeat_does_not_wait_for_a_wall_clock() -> None:
    height = Height(WALL_MS + 2 * HEARTBEAT_MS)
    height.timers()
    assert height.pacing.proposal_due(height.after(HEARTBEAT_MS, wall_step_ms=-10 * HEARTBEAT_MS))
