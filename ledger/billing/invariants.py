"""What must hold of bills in every state (rule BL7)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from ledger.billing.rules import BILL_NUMBERS, RUN_NUMBERS, TREASURER_COUNT
from ledger.billing.schema import BANK_ENTRIES, BILL_CORRECTIONS, BILL_PAYMENTS, BILL_RUNS, TREASURERS
from ledger.chain.invariants import entries
from ledger.chain.schema import COUNTERS
from ledger.errors import require
from ledger.state.overlay import Reader


def check_bills(state: Reader) -> None:
    """Each number up to the last was given out once; periods follow each other; payments are of bills that exist."""
    counters = {key: counter.value for key, counter in entries(state, COUNTERS)}
    last = counters.get(BILL_NUMBERS, 0)
    runs = sorted((run for _key, run in entries(state, BILL_RUNS)), key=lambda run: run.first)
    corrections = {int.from_bytes(key): entry for key, entry in entries(state, BILL_CORRECTIONS)}
    spans = sorted([(run.first, run.count) for run in runs] + [(number, 1) for number in corrections])
    following = 1
    for first, count in spans:
        require(first == following, f"bill {following} is missing, or given out twice")
        following += count
    require(following == last + 1, f"{following - 1} bills stand, the counter says {last}")
    require([run.number for run in runs] == list(range(1, len(runs) + 1)), "runs are not numbered in turn")
    require(counters.get(RUN_NUMBERS, 0) == len(runs), "the counter of runs is wrong")
    require(
        all(earlier.to_ms == later.from_ms for earlier, later in pairwise(runs)),
        "periods of runs do not follow each other",
    )
    require(
        all(entry.original < number for number, entry in corrections.items()), "a bill corrects one that came later"
    )
    require(
        all(1 <= int.from_bytes(key[1:]) <= last for key, _entry in entries(state, BILL_PAYMENTS)),
        "a payment is of no bill",
    )
    require(all(1 <= entry.number <= last for _key, entry in entries(state, BANK_ENTRIES)), "an entry is of no bill")
    held = sum(1 for _entry in entries(state, TREASURERS))
    require(held == counters.get(TREASURER_COUNT, 0), "the counter of treasurers is wrong")


BILLING_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_bills,)
