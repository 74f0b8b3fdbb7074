"""A chain with a grid account beside the schemes of `sharing_chain`: B and C consume, D produces, O is the operator."""

from __future__ import annotations

from typing import Any

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import MintCurrency
from ledger.encoding.codec import encode
from ledger.grid.genesis import GRID_SECTION, GridMode, GridSection
from ledger.grid.payloads import SetGridTerms
from ledger.grid.schema import GRID_SUMS, GridLine, LineKind
from ledger.grid.tariffs import TariffTerms
from ledger.sharing.scheme_terms import SourceOrder
from tests.support.grid_tariffs import tariff
from tests.support.sharing_chain import SharingChain


class GridChain(SharingChain):
    """The operator O has as much of the currency as the others."""

    def __init__(
        self,
        *,
        mode: GridMode = GridMode.ACCOUNT,
        tariffs: tuple[TariffTerms, ...] = (tariff(),),
        default: int = 1,
        sources: SourceOrder = SourceOrder.OWN,
        money: int = 100 * ENT,
        more: tuple[tuple[str, bytes], ...] = (),
        **genesis: Any,
    ) -> None:
        section = GridSection(mode, CURRENCY_ASSET, address("O"), sources, tariffs, default)
        super().__init__(money=money, also=((GRID_SECTION.name, encode(section)), *more), **genesis)
        if money:
            self.do("bank", MintCurrency(CURRENCY_ASSET, address("O"), money))

    def mark(self, mark: int, *, band: bool = False) -> None:
        """Voters set from which debt on nothing is bound."""
        self.vote(SetGridTerms(address("O"), CURRENCY_ASSET, mark, band))

    def lines(self, name: str) -> dict[tuple[LineKind, str], tuple[int, int]]:
        """An account's sums over all months."""
        found: dict[tuple[LineKind, str], tuple[int, int]] = {}
        for key, entry in self.entries(GRID_SUMS).items():
            for line in entry.lines if key[:20] == address(name) else ():
                energy, amount = found.get(named(line), (0, 0))
                found[named(line)] = energy + line.energy_mwh, amount + line.amount
        return found


def named(line: GridLine) -> tuple[LineKind, str]:
    """What a line is for."""
    return LineKind(line.kind), line.name
