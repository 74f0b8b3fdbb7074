"""What must hold of sharing in every state (rules SC3, SC5, SC8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.parameters import PARTS
from ledger.chain.schema import SWEEPS
from ledger.errors import require
from ledger.sharing.outcome import inputs_root
from ledger.sharing.schema import (
    PARTICIPATIONS,
    QUEUED_SLOTS,
    SCHEME_SUMS,
    SETTLEMENT_SWEEP,
    SLOT_RUNS,
    Participation,
)
from ledger.sharing.versions import factor_at
from ledger.state.overlay import Reader


def check_sums(state: Reader) -> None:
    """In each month of a scheme what was bought was sold, and what is paid with fees is received (SC8)."""
    open_sums: dict[bytes, tuple[int, int]] = {}
    for key, entry in entries(state, SCHEME_SUMS):
        energy, money = open_sums.get(key[:16], (0, 0))
        energy += entry.bought_mwh - entry.sold_mwh
        open_sums[key[:16]] = (energy, money + entry.cost + entry.fee - entry.revenue)
    require(all(found == (0, 0) for found in open_sums.values()), "a month of a scheme does not sum to nothing")


def check_shares(state: Reader) -> None:
    """The shares of a point in its schemes never sum to more than the whole (SC3)."""
    points: dict[bytes, list[Participation]] = {}
    for key, participation in entries(state, PARTICIPATIONS):
        points.setdefault(key[:8], []).append(participation)
    for found in points.values():
        for slot in sorted({change.from_slot for entry in found for change in entry.changes}):
            require(sum(factor_at(entry, slot) for entry in found) <= PARTS, "a point's shares exceed the whole")


def check_run_inputs(state: Reader) -> None:
    """The inputs of a run are those under its root (SC8)."""
    for _key, entry in entries(state, SLOT_RUNS):
        require(not entry.inputs or inputs_root(entry.inputs) == entry.inputs_root, "a run's inputs are others")


def check_waiting(state: Reader) -> None:
    """What waits has a sweep that works on it (SC5)."""
    working = {(sweep.kind, sweep.subject) for _key, sweep in entries(state, SWEEPS)}
    for key, _queued in entries(state, QUEUED_SLOTS):
        require((SETTLEMENT_SWEEP.number, key[:8]) in working, "a slot waits and nothing settles it")


SHARING_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_sums, check_shares, check_run_inputs, check_waiting,
)  # fmt: skip
