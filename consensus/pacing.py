"""When the proposer of round 0 proposes, and how long a round lasts (rule 1, timeouts)."""

from __future__ import annotations

from typing import Final

import msgspec

from consensus.events import Effects, Now, SetTimer, Timer
from ledger.chain.header import Header

CLOCK_STEP_MS: Final = 250
"""A wall clock that moved by less against the monotonic one is left alone: two readings are never taken at once."""


class Timeouts(msgspec.Struct, frozen=True):
    """`first_ms` and `step_ms` make up a round's length; `resend_ms` how often a validator repeats itself.

    `unproven_head_wait_ms`: how long a starting validator waits, without progress, for heads that it cannot verify.
    """

    first_ms: int = 1_000
    step_ms: int = 500
    cap_ms: int = 8_000
    resend_ms: int = 700
    unproven_head_wait_ms: int = 10_000

    def of_round(self, round_: int) -> int:
        """The length of a round."""
        return min(self.first_ms + round_ * self.step_ms, self.cap_ms)


class Intervals(msgspec.Struct, frozen=True):
    """Genesis' `min_interval` and `heartbeat`, in ms."""

    min_ms: int
    heartbeat_ms: int


class Pacing:
    """The timers of one height. One that was replaced may still fire; `round_over`, `proposal_due` see that.

    A block is due min_interval after the height began if transactions wait, else at the next due time that the head
    names or at the heartbeat, whichever comes first. Only the due time is one of the wall clock: all nodes know it.
    """

    def __init__(
        self, intervals: Intervals, timeouts: Timeouts, effects: Effects, started: Now, head: Header, *, first: bool
    ) -> None:
        """`first`: nothing was decided since this node started, so the heartbeat began with the head's time."""
        self._timeouts = timeouts
        self._effects = effects
        self._next_due_ms = head.next_due_ms
        self._steps_wait = head.next_due_ms <= head.time_ms
        self._earliest_ms = started.monotonic_ms + intervals.min_ms
        passed = min(max(started.wall_ms - head.time_ms, 0), intervals.heartbeat_ms) if first and head.height else 0
        self._heartbeat_ms = max(started.monotonic_ms + intervals.heartbeat_ms - passed, self._earliest_ms)
        self._deadline_ms = 0
        self._due_ms = 0
        self._mine = False
        self._transactions_wait = False
        self.is_waiting = False

    def first_round(self, now: Now, *, waiting: bool, mine: bool) -> None:
        """Round 0 begins; `waiting`: the pool holds transactions, `mine`: this node proposes (rule 1)."""
        self._mine, self._transactions_wait = mine, waiting
        self._set_due(self._wanted_ms(now))

    def transactions_wait(self, now: Now, *, mine: bool) -> None:
        """The first transaction brings the proposal forward, and the end of round 0 with it (rule 1)."""
        self._mine, self._transactions_wait = mine, True
        due = max(now.monotonic_ms, self._earliest_ms)
        if due + self._timeouts.first_ms < self._deadline_ms:
            self._set_due(due)

    def look_at_clock(self, now: Now) -> None:
        """The wall clock may have been set, or have run on while the machine slept: what is due moves with it."""
        wanted = self._wanted_ms(now)
        is_over = self._due_ms <= now.monotonic_ms
        if wanted < self._due_ms - CLOCK_STEP_MS or (not is_over and wanted > self._due_ms + CLOCK_STEP_MS):
            self._set_due(wanted)

    def proposal_due(self, now: Now) -> bool:
        """Whether the time to propose has come; where the wall clock lags behind the timer it is set anew."""
        if now.monotonic_ms < self._due_ms:
            return False
        wanted = self._wanted_ms(now)
        if wanted > now.monotonic_ms:
            self._set_due(wanted)
            return False
        return True

    def _wanted_ms(self, now: Now) -> int:
        """When a proposal is due by what is known now, on the monotonic clock."""
        if self._transactions_wait:
            return self._earliest_ms
        if not self._next_due_ms:
            return self._heartbeat_ms
        # Steps that waited at the head are due, though this clock lags behind its time, or stands.
        waits_ms = 0 if self._steps_wait else max(self._next_due_ms - now.wall_ms, 0)
        due = now.monotonic_ms + waits_ms
        return max(min(due, self._heartbeat_ms), self._earliest_ms)

    def _set_due(self, due_ms: int) -> None:
        self._due_ms = due_ms
        if self._mine:
            self._effects.add(SetTimer(Timer.PROPOSE, due_ms))
        self._set_deadline(due_ms + self._timeouts.first_ms)

    def wait(self) -> None:
        """A round that has no end as yet."""
        self.is_waiting = True

    def enter(self, round_: int, now: Now) -> None:
        """The time of a round begins."""
        self.is_waiting = False
        self._set_deadline(now.monotonic_ms + self._timeouts.of_round(round_))

    def _set_deadline(self, at_ms: int) -> None:
        self._deadline_ms = at_ms
        self._effects.add(SetTimer(Timer.ROUND, at_ms))

    def round_over(self, now: Now) -> bool:
        """Whether the running round's time is up."""
        return not self.is_waiting and now.monotonic_ms >= self._deadline_ms
