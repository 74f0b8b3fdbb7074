"""Tests of the limits of origin lots; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from harness.chain import address
from ledger.certificates.terms import EnergySource
from ledger.chain.parameters import DAY_MS
from ledger.energy.points import BooksChange
from ledger.origin import limits
from ledger.origin.events import OriginPart
from ledger.origin.lots import note_origin
from ledger.origin.queries import drawn_by_source, unit_origin
from ledger.origin.schema import OriginLot
from ledger.origin.sums import sum_draw
from ledger.origin.terms import MIXED
from tests.support.origin_chain import OriginChain

PV, CHP, UNKNOWN = int(EnergySource.PV), int(EnergySource.CHP), int(EnergySource.UNKNOWN)


def max_origin_lots() -> None:
    chain = OriginChain()
    context = chain.context()
    first = context.time_ms // DAY_MS - 300  # of days that are kept

    def put_in(who: str, day: int) -> list[tuple[int, OriginLot]]:
        note_origin(context, BooksChange(address("U1"), 1, address(who), (first + day) * DAY_MS))
        found = unit_origin(context.state, address("U1"), context.time_ms)
        assert found is not None
        return [(each.number, lot_since(each.lot)) for each in found.lots]

    def lot_since(lot: OriginLot) -> OriginLot:
        return replace(lot, first_day=lot.first_day - first, last_day=lot.last_day - first)

    found: list[tuple[int, OriginLot]] = []
    for number in range(1, limits.MAX_ORIGIN_LOTS + 1):
        # B's plant and, now and then, what nobody has described.
        found = put_in("A" if number in (2, 4) else "B", number)
    assert len(found) == limits.MAX_ORIGIN_LOTS
    found = put_in("B", limits.MAX_ORIGIN_LOTS + 1)
    assert len(found) == limits.MAX_ORIGIN_LOTS
    assert found[:2] == [(2, OriginLot(address("A"), UNKNOWN, 2, 2, 1)), (3, OriginLot(address("B"), PV, 1, 3, 2))]
    found = put_in("D", 1)
    assert len(found) == limits.MAX_ORIGIN_LOTS
    assert found[1] == (4, OriginLot(address("A"), UNKNOWN, 2, 4, 2))
    found = put_in("D", 2)
    assert found[1] == (5, OriginLot(address("B"), PV, 1, 5, 3)) or found[0][0] == 3
    assert MIXED in {lot.source for _number, lot in found}


def kept_origin_months() -> None:
    chain = OriginChain()
    context, who = chain.context(), address("B")
    parts = [OriginPart(who, PV, 1, 1, 5, 1)]
    sum_draw(context, who, parts)
    context.time_ms += (limits.KEPT_ORIGIN_MONTHS - 1) * 31 * DAY_MS - 20 * DAY_MS
    sum_draw(context, who, parts)
    first, last = drawn_by_source(context.state, who)
    assert last.month - first.month == limits.KEPT_ORIGIN_MONTHS - 1
    context.time_ms += 31 * DAY_MS
    sum_draw(context, who, parts)
    assert [each.month for each in drawn_by_source(context.state, who)] == [last.month, last.month + 1]


ORIGIN_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_ORIGIN_LOTS": (max_origin_lots,),
    "KEPT_ORIGIN_MONTHS": (kept_origin_months,),
}
