"""When the proposer of round 0 proposes, and how long a round lasts (rule 1, timeouts)."""

from __future__ import annotations

from dataclasses import dataclass

from consensus.effects import Effects
from consensus.events import Now, SetTimer, Timer
from consensus.timeouts import Timeouts


@dataclass(frozen=True, slots=True)
class Intervals:
    """Genesis' `min_interval` and `idle_interval`, in ms."""

    min_ms: int
    idle_ms: int


class Pacing:
    """The timers of one height. One that was replaced may still fire; `round_over`, `proposal_due` see that."""

    def __init__(self, intervals: Intervals, timeouts: Timeouts, effects: Effects, started: Now) -> None:
        self._intervals = intervals
        self._timeouts = timeouts
        self._effects = effects
        self._started_ms = started.monotonic_ms
        self._deadline_ms = 0
        self._due_ms = 0
        self.is_waiting = False

    def first_round(self, waiting: bool, *, mine: bool) -> None:
        """Round 0: a proposal is due after min_interval if transactions wait, else after idle_interval (rule 1)."""
        interval = self._intervals.min_ms if waiting else self._intervals.idle_ms
        self._due(self._started_ms + interval, mine=mine)

    def transactions_wait(self, now: Now, *, mine: bool) -> None:
        """The first transaction brings the proposal forward, and the end of round 0 with it (rule 1)."""
        due = max(now.monotonic_ms, self._started_ms + self._intervals.min_ms)
        if due + self._timeouts.first_ms < self._deadline_ms:
            self._due(due, mine=mine)

    def proposal_due(self, now: Now) -> bool:
        """Whether the time to propose has come."""
        return now.monotonic_ms >= self._due_ms

    def _due(self, due_ms: int, *, mine: bool) -> None:
        self._due_ms = due_ms
        if mine:
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
