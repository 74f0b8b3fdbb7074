"""What must hold of schemes by the month in every state (rules CR2, CR4, CR6, CR7)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.schema import SWEEPS
from ledger.errors import require
from ledger.sharing.credit_following import has_work
from ledger.sharing.credit_schema import (
    CREDIT_MONTHS,
    CREDIT_PARTS,
    CREDIT_RUNS,
    CREDIT_SCHEMES,
    CREDIT_SUMS,
    CREDIT_SWEEP,
    MONTH_ROWS,
    OPEN_CLAIMS,
)
from ledger.state.overlay import Reader


def check_claims(state: Reader) -> None:
    """Every mWh of a consumer's part was taken, has expired, or is a claim; lots rise, and who owes has none (CR7)."""
    open_mwh: dict[bytes, int] = {}
    for key, claims in entries(state, OPEN_CLAIMS):
        lots = claims.lots
        require(all(one.until < other.until for one, other in pairwise(lots)), "claims do not rise")
        require(all(lot.energy_mwh > 0 for lot in lots), "an empty claim")
        require(not (lots and claims.owed_mwh), "who owes has claims")
        open_mwh[key[:8]] = open_mwh.get(key[:8], 0) + claims.net_mwh
    for key, scheme in entries(state, CREDIT_SCHEMES):
        left = scheme.parts_mwh - scheme.shared_mwh - scheme.expired_mwh
        require(left == open_mwh.pop(key, 0), "the claims of a scheme are not what is left of its parts")
    require(not open_mwh, "claims of no scheme by the month")


def check_expired(state: Reader) -> None:
    """What is paid for expired claims is received (CR6)."""
    sums: dict[bytes, int] = {}
    for key, entry in entries(state, CREDIT_SUMS):
        sums[key[:16]] = sums.get(key[:16], 0) + entry.expired_cost - entry.expired_revenue
    posted = {key: run.posted_expired for key, run in entries(state, CREDIT_RUNS)}
    for month, amount in sums.items():
        require(amount in (0, posted.get(month[:8], 0)), "what is paid for expired claims is not what is received")


def check_months(state: Reader) -> None:
    """What stands between the pieces is that of a run; what waits has a sweep; rows are of settled months (CR2)."""
    working = {sweep.subject for _key, sweep in entries(state, SWEEPS) if sweep.kind == CREDIT_SWEEP.number}
    running = {key for key, _run in entries(state, CREDIT_RUNS)}
    require(running <= working, "a run of a month stands still")
    for key, scheme in entries(state, CREDIT_SCHEMES):
        require(key in working or not has_work(scheme), "a month waits and nothing settles it")
    require({key[:8] for key, _part in entries(state, CREDIT_PARTS)} <= running, "parts of no run of a month")
    settled = {key for key, month in entries(state, CREDIT_MONTHS) if month.run}
    at_work = {key[:16] for key, _row in entries(state, MONTH_ROWS)} - settled
    require({key[:8] for key in at_work} <= running, "rows of a month that no run settled")


CREDIT_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_claims, check_expired, check_months)
