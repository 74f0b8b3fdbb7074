"""One watt-hour, one use: over tokens, sessions, sharing, origin lots, certificates and deals at once.

A plant of D at the storage unit U1 and C's household are read at every quarter hour. What the plant made is in the
unit or went into the grid; what is in the unit is minted for, drawn by somebody or lost, once; only what went into the
grid is shared; days are certified once. The invariants of all modules, the conservation of every asset among them, are
checked after each block (`harness.chain`); here what the events say is added up a second time.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, consume
from harness.slots import QUARTER_MS, SECTION, SLOTS_A_DAY, energies, own_terms, signed
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.certificates.events import CertificateIssued
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.certificates.payloads import DescribeGenerator, IssueCertificate, RetireCertificate, TransferCertificate
from ledger.certificates.terms import EnergySource
from ledger.chain.parameters import DAY_MS
from ledger.chain.section import sections_of
from ledger.deals.genesis import DEALS_SECTION, DealsSection
from ledger.deals.payloads import OpenDeal, ReleaseDeal
from ledger.energy.events import ActualReported, EnergyDrawn, EnergyStored, GridExported
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import CloseSession, OpenSession
from ledger.metering.schema import MeterKind
from ledger.origin.events import OriginDrawn
from ledger.origin.genesis import ORIGIN_SECTION, OriginSection
from ledger.origin.payloads import ReserveOrigin
from ledger.origin.queries import unit_origin
from ledger.origin.terms import TakingOrder
from ledger.sharing.events import ShareBooked
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from ledger.sharing.payloads import SetScheme
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.schema import Direction, ValueSource
from nodechain.modules import MODULES
from tests.support.sharing_chain import participants
from tests.support.sharing_chain import terms as scheme_terms

CAPACITY_WH: Final = 3_000
UNIT: Final = address("U1")
SECTIONS: Final = (
    SLOTS_SECTION.holding(SECTION),
    SHARING_SECTION.holding(SharingSection(CURRENCY_ASSET, (address("D"),))),
    CERTIFICATES_SECTION.holding(CertificatesSection(CURRENCY_ASSET, 365 * DAY_MS)),
    ORIGIN_SECTION.holding(OriginSection(int(TakingOrder.RENEWABLE_FIRST))),
    DEALS_SECTION.holding(DealsSection(10**8)),
)


class Day(ChainFixture):
    """C's point 1 is read by a meter at home, D's point 2 is what the unit leaves of its plant; they share."""

    def __init__(self) -> None:
        people = tuple(sorted(address(name) for name in ("A", "B", "C", "D", "K", "R")))
        made = make_genesis(
            members=people, parameters=(("F", 0), ("close_notice", 0)),
            balances=tuple(GenesisBalance(address(name), CURRENCY_ASSET, 100 * ENT) for name in ("B", "C", "D")),
            units=(GenesisUnit(UNIT, address("A"), CAPACITY_WH, 0),),
        )  # fmt: skip
        sections = sections_of(*made.sections, *SECTIONS)
        super().__init__(genesis=replace(made, sections=sections), modules=MODULES)
        self.do("R", signed(self, own_terms(self, "C"), "C"))
        self.do("R", signed(self, own_terms(self, "D", direction=int(Direction.INJECTION)), "D"))
        self.block(after_ms=QUARTER_MS * 2 - self.time_ms % QUARTER_MS)
        self.first_slot = self.time_ms // QUARTER_MS
        self.home = MeterFixture(self, name="MC", unit="C", account="C", kind=MeterKind.CONSUMPTION).bound()
        self.plant = MeterFixture(self, name="MD", unit="U1", account="D").bound(max_power_w=100_000)
        self.vote(DescribeGenerator(UNIT, address("D"), EnergySource.PV, 9_000, self.time_ms))
        self.vote(SetScheme(0, self.first_slot + 1, scheme_terms(participants(p1=(1,), p2=()))))


class OneWattHour(RuleBasedStateMachine):
    """Quarter hours in which the plant makes and the household uses; everything else that can be done with energy."""

    @initialize()
    def begin(self) -> None:
        self.chain = Day()
        self.made_wh = self.used_wh = 0
        self.told: Counter[str] = Counter()
        self.read_blocks = 0
        self._count()

    def _count(self) -> None:
        """Add up what the events of new blocks say."""
        for block in self.chain.blocks[self.read_blocks :]:
            for event in (each for receipt in block.executed.receipts for each in receipt.events):
                match event:
                    case EnergyStored():
                        self.told["stored"] += event.energy_wh + event.lost_wh
                    case GridExported():
                        self.told["exported"] += event.energy_wh
                    case EnergyDrawn():
                        self.told["drawn"] += event.energy_wh - event.lost_wh
                    case ActualReported():
                        self.told["lost"] += event.lost_wh
                        self.told["gained"] += event.gained_wh
                    case OriginDrawn():
                        self.told["of lots"] += sum(part.energy_wh for part in event.parts)
                    case CertificateIssued():
                        self.told["certified"] += event.energy_wh
                    case ShareBooked():
                        self.told["bought"] += event.bought_mwh
                        self.told["sold"] += event.sold_mwh
                    case _:
                        pass
        self.read_blocks = len(self.chain.blocks)

    @rule(made_wh=st.integers(0, 2_000), used_wh=st.integers(0, 1_500), quarters=st.sampled_from([1, 1, 1, 2, 40]))
    def quarters(self, made_wh: int, used_wh: int, quarters: int) -> None:
        """Both meters are read at the next boundary, or one later; what is settled then is settled."""
        chain = self.chain
        self.made_wh, self.used_wh = self.made_wh + made_wh, self.used_wh + used_wh
        read_ms = (chain.time_ms // QUARTER_MS + quarters) * QUARTER_MS
        after_ms = read_ms + 1_000 - chain.time_ms
        assert chain.plant.read((read_ms, self.made_wh), after_ms=after_ms).applied
        assert chain.home.read((read_ms, self.used_wh)).applied
        for _ in range(4):
            chain.block()

    @rule(who=st.sampled_from("CD"), energy_wh=st.integers(1, 2_000))
    def open(self, who: str, energy_wh: int) -> None:
        self.chain.try_(who, OpenSession(UNIT, energy_wh * ENT // 1_000, 0))

    @rule(who=st.sampled_from("CD"), energy_wh=st.integers(1, 2_000))
    def draw(self, who: str, energy_wh: int) -> None:
        """What a session covers: the rest would be a loss, and the unit suspended soon."""
        session = self.chain.session(who, "U1")
        if session is not None:
            consume(self.chain, "U1", who, min(energy_wh, session.energy_wh))

    @rule(who=st.sampled_from("CD"), close=st.booleans())
    def end_or_reserve(self, who: str, close: bool) -> None:
        self.chain.try_(who, CloseSession(UNIT) if close else ReserveOrigin(UNIT))

    @rule(change_wh=st.integers(-20, 20))
    def level(self, change_wh: int) -> None:
        """So little that the unit is not suspended."""
        unit = self.chain.unit("U1")
        actual(self.chain, "U1", max(unit.available_wh + unit.locked_wh + change_wh, 0))

    @rule(back=st.integers(1, 2), days=st.integers(1, 2))
    def certify(self, back: int, days: int) -> None:
        today_ms = self.chain.time_ms // DAY_MS * DAY_MS
        first_ms = today_ms - back * DAY_MS
        self.chain.try_("D", IssueCertificate(UNIT, first_ms, first_ms + days * DAY_MS))

    @rule(energy_wh=st.integers(1, 3_000), use=st.booleans())
    def pass_on(self, energy_wh: int, use: bool) -> None:
        first_ms = self.chain.time_ms // DAY_MS * DAY_MS
        used = RetireCertificate(1, energy_wh, address("D"), "green", first_ms, first_ms + DAY_MS)
        self.chain.try_("D", used if use else TransferCertificate(1, address("C"), energy_wh))

    @rule(amount=st.integers(1, ENT))
    def give(self, amount: int) -> None:
        self.chain.try_("D", Transfer(ENERGY_ASSET, address("C"), amount))

    @rule(amount=st.integers(1, ENT), deal=st.integers(1, 3))
    def deals(self, amount: int, deal: int) -> None:
        if deal == 1:
            until_ms = self.chain.time_ms + DAY_MS
            terms = OpenDeal(address("D"), address("B"), ENERGY_ASSET, amount, 0, bytes(32), until_ms)
            self.chain.try_("C", terms)
        else:
            self.chain.try_("C", ReleaseDeal(deal - 1))

    @invariant()
    def every_watt_hour_has_one_use(self) -> None:
        if not hasattr(self, "chain"):
            return
        self._count()
        told, chain = self.told, self.chain
        assert told["stored"] + told["exported"] == self.made_wh, "in the unit, or into the grid"
        unit = chain.unit("U1")
        held_wh = unit.available_wh + unit.locked_wh
        assert told["stored"] + told["gained"] - told["drawn"] - told["lost"] >= held_wh, "drawn once, or lost, or here"
        found = unit_origin(chain.state, UNIT, chain.time_ms)
        assert found is not None
        assert found.renewable_wh + found.other_wh + found.unknown_wh == held_wh
        assert told["of lots"] >= told["drawn"], "each draw names whose energy it was"
        assert told["certified"] <= self.made_wh, "certified once"
        slots = chain.time_ms // QUARTER_MS - chain.first_slot
        from_plant_mwh = sum(energies(chain, 2, ValueSource.OWN, chain.first_slot, min(slots, 30 * SLOTS_A_DAY)))
        assert from_plant_mwh == told["exported"] * 1_000, "what the unit left, and nothing of what it took"
        assert told["bought"] == told["sold"] <= from_plant_mwh, "shared once, of what went into the grid"


TestOneWattHour = OneWattHour.TestCase
TestOneWattHour.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
