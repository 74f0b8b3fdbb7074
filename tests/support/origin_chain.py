"""A chain that notes origins: at U1 B has a solar plant and D an engine, A reports by hand; all have ENT there."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, consume, events, produce
from ledger.bank.assets import CURRENCY_ASSET
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.certificates.payloads import DescribeGenerator
from ledger.certificates.terms import EnergySource
from ledger.chain.context import Context
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.energy.payloads import OpenSession
from ledger.origin.events import OriginDrawn
from ledger.origin.genesis import ORIGIN_SECTION, OriginSection
from ledger.origin.queries import UnitStanding, unit_origin
from ledger.origin.terms import TakingOrder
from nodechain.modules import MODULES

SOURCES: Final = {"B": EnergySource.PV, "D": EnergySource.CHP}


class OriginChain(ChainFixture):
    """The head is at midnight (UTC); B's and D's meters stand at 0, their registers are described."""

    def __init__(self, order: TakingOrder = TakingOrder.OLDEST, **changes: Any) -> None:
        made = make_genesis(**{"parameters": (("F", 0), ("close_notice", 0)), **changes})
        sections = (
            CERTIFICATES_SECTION.holding(CertificatesSection(CURRENCY_ASSET, 365 * DAY_MS)),
            ORIGIN_SECTION.holding(OriginSection(int(order))),
        )
        super().__init__(genesis=replace(made, sections=sections_of(*made.sections, *sections)), modules=MODULES)
        self.meters = {who: MeterFixture(self, name=f"M{who}", account=who).bound(opening_ms=self.time_ms)
                       for who in SOURCES}  # fmt: skip
        self.shown = dict.fromkeys(SOURCES, 0)
        for who, source in SOURCES.items():
            self.vote(DescribeGenerator(address("U1"), address(who), source, 9_000, self.time_ms))
        self.block(after_ms=-self.time_ms % DAY_MS)

    def put_in(self, who: str, energy_wh: int, *, after_ms: int = 3_600_000) -> Receipt:
        """What a plant made until now, as its meter reads it; A reports by hand."""
        if who not in SOURCES:
            self.block(after_ms=after_ms)
            return produce(self, "U1", who, energy_wh)
        self.shown[who] += energy_wh
        return self.meters[who].read((self.time_ms + after_ms, self.shown[who]), after_ms=after_ms)

    def open(self, who: str, energy_wh: int) -> Receipt:
        """A session at U1 for so much, at par."""
        return self.try_(who, OpenSession(address("U1"), energy_wh * ENT // 1_000, 0))

    def draw(self, who: str, energy_wh: int) -> list[tuple[str, int, int, int]]:
        """What the unit says was drawn; of it producer, source, Wh and `Certified`."""
        receipt = consume(self, "U1", who, energy_wh)
        assert receipt.applied, receipt.code
        return self.told(receipt)

    def told(self, receipt: Receipt) -> list[tuple[str, int, int, int]]:
        """The parts that a receipt tells, of all its draws."""
        names = {address(name): name for name in ("A", "B", "C", "D")} | {b"": ""}
        return [
            (names[part.producer], part.source, part.energy_wh, part.certified)
            for event in events(receipt, OriginDrawn)
            for part in event.parts
        ]

    def origin(self) -> UnitStanding:
        """What U1 holds."""
        found = unit_origin(self.state, address("U1"), self.time_ms)
        assert found is not None
        return found

    def lots(self) -> list[tuple[int, int]]:
        """Source and Wh of each lot of U1, oldest first."""
        return [(each.lot.source, each.lot.energy_wh) for each in self.origin().lots]

    def context(self) -> Context:
        """What rules would see in the next block."""
        height = self.blocks[-1].header.height + 1
        return context_at(self.registry, self.state, self.genesis, height, self.time_ms)
