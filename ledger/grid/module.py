"""The grid account on one page: what the module `grid` brings."""

from __future__ import annotations

from typing import Final

from ledger.bank.points import PRICE_OFFERED, TOKENS_BOUND
from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.debts.points import CLAIM_PAID, DEBT_PAID
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, ROLE_HELD
from ledger.grid import limits, weights
from ledger.grid.booking import tell_claim_paid, tell_debt_paid
from ledger.grid.checks import check_paid, check_price
from ledger.grid.codes import GRID_CODES
from ledger.grid.decisions import GRID_DECISIONS
from ledger.grid.events import GRID_EVENTS
from ledger.grid.following import follow_rests, follow_values, zones_in_slots
from ledger.grid.genesis import GRID_SECTION
from ledger.grid.invariants import GRID_INVARIANTS
from ledger.grid.payloads import AssignTariff, GridTypeNumber
from ledger.grid.postings import GRID_POSTINGS
from ledger.grid.schema import GRID_TABLES
from ledger.grid.terms import begin_grid, do_assign_tariff, is_grid_operator, remember_zone
from ledger.grid.versions import SHARING_TARIFFS, TARIFF_NUMBERS
from ledger.sharing.points import POINTS_SETTLED, ZONES_ASKED
from ledger.slots.points import POINT_CHANGED, SLOTS_CHANGED

GRID: Final = Module(
    name="grid",
    places=Places(15),
    section=GRID_SECTION,
    types=(TransactionType(GridTypeNumber.ASSIGN_TARIFF, "assign_tariff", AssignTariff, do_assign_tariff, MEMBER),),
    tables=GRID_TABLES,
    events=GRID_EVENTS,
    series=(TARIFF_NUMBERS, SHARING_TARIFFS),
    decisions=GRID_DECISIONS,
    hooks=(
        FIRST_STATE.by(begin_grid),
        ROLE_HELD.by(is_grid_operator),
        ACCOUNT_KNOWN.by(is_grid_operator),
        POINT_CHANGED.by(remember_zone),
        SLOTS_CHANGED.by(follow_values),
        ZONES_ASKED.by(zones_in_slots),
        POINTS_SETTLED.by(follow_rests),
        DEBT_PAID.by(tell_debt_paid),
        CLAIM_PAID.by(tell_claim_paid),
        TOKENS_BOUND.by(check_paid),
        PRICE_OFFERED.by(check_price),
    ),
    invariants=GRID_INVARIANTS,
    postings=GRID_POSTINGS,
    limits=limits,
    weights=weights,
    codes=GRID_CODES,
)
