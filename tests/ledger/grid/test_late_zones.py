"""A slot that is corrected after its day was folded: the grid account charges what it would have charged in time."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.grid.genesis import GRID_SECTION, GridMode, GridSection
from ledger.grid.schema import GRID_SUMS
from ledger.sharing.scheme_terms import Settlement, SourceOrder
from ledger.slots.payloads import AlterPoint, ChangePoint
from tests.ledger.grid.test_shared_zones import ZONED
from tests.support.folded_street import FoldedStreet
from tests.support.sharing_chain import KWH

POINTS = 12
LATER = {2: 77 * KWH, 12: 3 * KWH}
SECTION = GridSection(GridMode.ACCOUNT, CURRENCY_ASSET, address("O"), SourceOrder.OPERATOR, (ZONED,), 1)


class ZonedStreet(FoldedStreet):
    """Points of odd number lie in the south; the values of slot 4 may be the later ones from the start."""

    def __init__(self, *, at_once: bool, hourly: bool) -> None:
        self.at_once = at_once
        also = (GRID_SECTION.holding(SECTION),)
        super().__init__(POINTS, settlement=Settlement.SLOT, hourly=hourly, money=10**9 * ENT, also=also)

    def bring(self) -> None:
        for point in self.points:
            self.vote(AlterPoint(ChangePoint(point, "south" if point % 2 else "north", point)))
        if self.at_once:
            self.energies.update({(point, 4): energy for point, energy in LATER.items()})
        super().bring()

    def sums(self) -> dict[bytes, Any]:
        return {key: entry.lines for key, entry in self.entries(GRID_SUMS).items()}


@pytest.mark.parametrize("hourly", [False, True])
def test_sc17_a_late_correction_charges_the_grid_as_one_in_time(*, hourly: bool) -> None:
    late = ZonedStreet(at_once=False, hourly=hourly)
    late.join()
    before = late.sums()
    old = {point: late.energies[point, 4] for point in LATER}
    late.correct(4, LATER)
    corrected = late.sums()
    assert corrected != before
    assert corrected == ZonedStreet(at_once=True, hourly=hourly).sums()
    late.correct(4, old)
    assert late.sums() == before
