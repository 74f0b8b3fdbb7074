"""What must hold of sharing in every state (rules SC3, SC8, SC9, SC12)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.schema import BALANCES
from ledger.chain.counters import counter_key
from ledger.chain.invariants import check_account_counters, entries
from ledger.chain.parameters import PARTS
from ledger.chain.schema import SWEEPS
from ledger.errors import require
from ledger.keys.address import ADDRESS_BYTES
from ledger.sharing.outcome import inputs_root
from ledger.sharing.payments import SCHEME_DEBT_COUNT
from ledger.sharing.schema import (
    DISTRIBUTION_SWEEP,
    PARTICIPATIONS,
    QUEUED_SLOTS,
    SCHEME_CLAIMS,
    SCHEME_DEBTS,
    SCHEME_SUMS,
    SETTLEMENT_SWEEP,
    SLOT_RUNS,
    Participation,
)
from ledger.sharing.versions import factor_at, pool_of
from ledger.state.overlay import Reader


def check_open_amounts(state: Reader) -> None:
    """What is owed to a scheme, with what lies in its pool, is what it owes (SC12); more where somebody gave it."""
    owed: Tally[int] = Tally()
    debts: Tally[bytes] = Tally()
    for key, debt in entries(state, SCHEME_DEBTS):
        require(debt.amount > 0, "a debt of nothing has an entry")
        owed[int.from_bytes(key[ADDRESS_BYTES:], "big")] -= debt.amount
        debts[counter_key(key[:ADDRESS_BYTES], SCHEME_DEBT_COUNT)[:-1]] += 1
    for key, claim in entries(state, SCHEME_CLAIMS):
        require(claim.amount > 0, "a claim of nothing has an entry")
        owed[int.from_bytes(key[:8], "big")] += claim.amount
    balances: Tally[bytes] = Tally()
    for key, held in entries(state, BALANCES):
        balances[key[:ADDRESS_BYTES]] += held.available
    for scheme, open_amount in sorted(owed.items()):
        require(0 <= open_amount <= balances[pool_of(scheme)], f"scheme {scheme} owes other than what it gets")
    check_account_counters(state, SCHEME_DEBT_COUNT, debts)


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
    """What waits has a sweep that works on it (SC5, SC12)."""
    working = {(sweep.kind, sweep.subject) for _key, sweep in entries(state, SWEEPS)}
    for key, _queued in entries(state, QUEUED_SLOTS):
        require((SETTLEMENT_SWEEP.number, key[:8]) in working, "a slot waits and nothing settles it")
    for key, _claim in entries(state, SCHEME_CLAIMS):
        pool = pool_of(int.from_bytes(key[:8], "big"))
        held = next(state.scan(BALANCES.number, pool, pool + b"\xff"), None)
        require(held is None or (DISTRIBUTION_SWEEP.number, key[:8]) in working, "a pool waits and nothing divides it")


SHARING_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_open_amounts, check_sums, check_shares, check_run_inputs, check_waiting,
)  # fmt: skip
