"""What voters decide of the grid account (rules GA1, GA2, GA4)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.grid.payloads import SetGridTerms, SetPointTariff, SetTariff
from ledger.grid.terms import (
    check_grid_terms,
    check_point_tariff,
    check_set_tariff,
    set_grid_terms,
    set_point_tariff,
    set_tariff,
)

GRID_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(SetTariff, check_set_tariff, set_tariff),
    Decision(SetPointTariff, check_point_tariff, set_point_tariff),
    Decision(SetGridTerms, check_grid_terms, set_grid_terms),
)
