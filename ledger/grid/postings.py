"""What the events of the grid account move; each line of a booking under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.grid.events import (
    GridBooked,
    GridClaimPaid,
    GridDebtPaid,
    GridExcess,
    GridTermsSet,
    GridUnpaid,
    PointTariffSet,
    TariffChanged,
)
from ledger.grid.schema import GridLine, LineKind


def moved_by_line(event: GridBooked) -> list[tuple[GridLine, int]]:
    """What of each line moved at once, above 0 from the account to the operator: what could not be paid is the last
    lines' (GA7).
    """
    short = event.owes - event.is_owed
    found = []
    for line in reversed(event.lines):
        amount = line.amount
        if short > 0 and amount > 0:
            amount -= min(short, amount)
        elif short < 0 and amount < 0:
            amount += min(-short, -amount)
        short -= line.amount - amount
        found.append((line, amount))
    return found[::-1]


def line_name(line: GridLine) -> str:
    """How a bill calls a line: its kind, and the levy's or the pair's name."""
    kind = LineKind(line.kind).name.lower()
    return f"{kind}:{line.name}" if line.name else kind


def _booked(event: GridBooked, _fee_asset: int) -> Iterator[Posting]:
    if event.external:
        return
    measure = TokenMeasure(event.asset)
    for line, amount in moved_by_line(event):
        if amount:
            name = line_name(line)
            yield Posting(event.account, measure, AVAILABLE, -amount, name)
            yield Posting(event.operator, measure, AVAILABLE, amount, name)


def _debt_paid(event: GridDebtPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.account, AVAILABLE), (event.pool, AVAILABLE), event.amount)


def _claim_paid(event: GridClaimPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.pool, AVAILABLE), (event.account, AVAILABLE), event.amount)


GRID_POSTINGS: Final[Postings] = MappingProxyType(
    {
        TariffChanged: nothing,
        PointTariffSet: nothing,
        GridTermsSet: nothing,
        GridBooked: _booked,
        GridDebtPaid: _debt_paid,
        GridClaimPaid: _claim_paid,
        GridUnpaid: nothing,
        GridExcess: nothing,
    }
)
