"""What must hold of resolutions in every state (rule RE8)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import check_account_counters, entries, expiries_of
from ledger.chain.schema import COUNTERS, SWEEPS
from ledger.errors import require
from ledger.resolutions.limits import KEPT_MS
from ledger.resolutions.schema import (
    BALLOT_SWEEP,
    BALLOTS,
    DEADLINE_DUE,
    FORGET_DUE,
    OPEN_COUNT,
    OPEN_RESOLUTIONS,
    OPENED_RESOLUTIONS,
    RESOLUTIONS,
    ResolutionOutcome,
)
from ledger.state.overlay import Reader


def check_resolutions(state: Reader) -> None:
    """Counts are those of the ballots, what is open is counted, and each waits for its time."""
    counters = dict(entries(state, COUNTERS))
    open_keys = {key for key, _link in entries(state, OPEN_RESOLUTIONS)}
    sweeping = {sweep.subject for _key, sweep in entries(state, SWEEPS) if sweep.kind == BALLOT_SWEEP.number}
    waiting = set(expiries_of(state, DEADLINE_DUE, FORGET_DUE))
    said: dict[bytes, Tally[int]] = {}
    for key, ballot in entries(state, BALLOTS):
        said.setdefault(key[:8], Tally())[ballot.option] += 1
    opened: Tally[bytes] = Tally()
    for key, found in entries(state, RESOLUTIONS):
        is_open = found.outcome == ResolutionOutcome.OPEN
        require((key in open_keys) == is_open, "a resolution is listed as open and is not, or the other way round")
        due = (found.deadline_ms, DEADLINE_DUE) if is_open else (found.deadline_ms + KEPT_MS, FORGET_DUE)
        require(expiry_key(*due, found.number) in waiting, "a resolution waits for nothing")
        waiting.discard(expiry_key(*due, found.number))
        tally = said.pop(key, Tally())
        if is_open:
            counts = (found.abstentions, *found.ballots)
            require(
                all(tally[option] == count for option, count in enumerate(counts)), "ballots are not what is counted"
            )
            opened[found.opened_by] += 1
        else:
            require(not tally or key in sweeping, "ballots of a closed resolution are left, and nothing removes them")
    require(not waiting, "a time comes for no resolution")
    require(not said, "ballots are of no resolution")
    count = counters[OPEN_COUNT].value if OPEN_COUNT in counters else 0
    require(count == len(open_keys), "open resolutions are miscounted")
    check_account_counters(state, OPENED_RESOLUTIONS, opened)


RESOLUTION_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_resolutions,)
