"""Origin lots (rules OR1 to OR7): what comes in, what a draw takes, what losses take, what one drew by month."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.chain import ChainFixture, address, make_genesis
from harness.energy import actual, consume, events, produce
from ledger.bank.assets import CURRENCY_ASSET
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.certificates.limits import KEPT_GENERATOR_DAYS
from ledger.certificates.payloads import IssueCertificate
from ledger.certificates.terms import EnergySource
from ledger.chain.parameters import DAY_MS
from ledger.chain.section import sections_of
from ledger.energy.payloads import CloseSession, OpenSession, RemoveUnit
from ledger.errors import GenesisError
from ledger.origin.events import OriginDrawn, OriginReserved
from ledger.origin.genesis import ORIGIN_SECTION, OriginSection
from ledger.origin.payloads import ReserveOrigin
from ledger.origin.queries import drawn_by_source, unit_origin
from ledger.origin.schema import ORIGIN_LOTS, ORIGIN_RESERVATIONS, ORIGIN_SUMS, UNIT_ORIGINS
from ledger.origin.terms import Certified, TakingOrder
from nodechain.modules import MODULES
from tests.support.origin_chain import OriginChain

PV, CHP, UNKNOWN = int(EnergySource.PV), int(EnergySource.CHP), int(EnergySource.UNKNOWN)
UNTOLD, NO, YES = (int(each) for each in Certified)


def test_energy_goes_into_the_lot_of_its_producer_source_and_day() -> None:
    chain = OriginChain()
    chain.put_in("B", 3_000)
    chain.put_in("D", 500)
    chain.put_in("B", 200)
    assert chain.lots() == [(PV, 3_200), (CHP, 500)]
    chain.put_in("B", 100, after_ms=DAY_MS)
    found = chain.origin()
    assert [(each.number, each.lot.energy_wh) for each in found.lots] == [(1, 3_200), (2, 500), (3, 100)]
    assert (found.renewable_wh, found.other_wh, found.unknown_wh) == (3_300, 500, 0)


def test_who_is_not_described_has_lots_of_unknown_source() -> None:
    chain = OriginChain()
    chain.put_in("A", 400)
    assert chain.lots() == [(UNKNOWN, 400)]
    assert chain.origin().other_wh == 400


def test_a_draw_takes_the_oldest_lots_and_names_whose_they_were() -> None:
    chain = OriginChain()
    chain.put_in("D", 500)
    chain.put_in("B", 3_000)
    assert chain.open("B", 1_200).applied
    assert chain.draw("B", 800) == [("D", CHP, 500, NO), ("B", PV, 300, NO)]
    assert chain.draw("B", 400) == [("B", PV, 400, NO)]
    assert chain.lots() == [(PV, 2_300)]


def test_where_the_chain_says_so_what_is_renewable_is_drawn_first() -> None:
    chain = OriginChain(TakingOrder.RENEWABLE_FIRST)
    chain.put_in("D", 500)
    chain.put_in("B", 1_000)
    assert chain.open("D", 500).applied
    assert chain.open("B", 1_000).applied
    assert chain.draw("B", 700) == [("B", PV, 700, NO)]
    assert chain.draw("D", 500) == [("B", PV, 300, NO), ("D", CHP, 200, NO)]


def test_what_a_level_finds_is_of_unknown_origin_and_goes_first() -> None:
    chain = OriginChain()
    chain.put_in("B", 3_000)
    assert actual(chain, "U1", 3_050).applied
    assert chain.origin().unknown_wh == 50
    assert chain.open("B", 100).applied
    assert chain.draw("B", 60) == [("", UNKNOWN, 50, UNTOLD), ("B", PV, 10, NO)]


def test_losses_take_what_is_unknown_and_then_the_oldest_and_tell_nobody() -> None:
    chain = OriginChain(TakingOrder.RENEWABLE_FIRST)
    chain.put_in("D", 500)
    chain.put_in("B", 3_000)
    receipt = actual(chain, "U1", 2_900)
    assert receipt.applied
    assert events(receipt, OriginDrawn) == []
    assert chain.lots() == [(PV, 2_900)]


def test_energy_of_a_certified_day_is_green_only_in_its_certificate() -> None:
    chain = OriginChain()
    day_ms = chain.time_ms
    chain.put_in("B", 3_000)
    chain.put_in("B", 100, after_ms=DAY_MS)
    assert [each.certified for each in chain.origin().lots] == [False, False]
    assert chain.try_("B", IssueCertificate(address("U1"), day_ms, day_ms + DAY_MS)).code == ""
    assert [each.certified for each in chain.origin().lots] == [True, False]
    assert chain.open("B", 3_100).applied
    assert chain.draw("B", 3_050) == [("B", PV, 3_000, YES), ("B", PV, 50, NO)]


def test_what_is_no_longer_known_of_a_day_is_not_told_as_not_certified() -> None:
    """The days of a generator are forgotten after a time: what was certified then is not free now."""
    chain = OriginChain()
    day_ms = chain.time_ms
    chain.put_in("B", 3_000)
    chain.put_in("B", 1, after_ms=DAY_MS)
    assert chain.try_("B", IssueCertificate(address("U1"), day_ms, day_ms + DAY_MS)).code == ""
    chain.put_in("B", 1, after_ms=(KEPT_GENERATOR_DAYS + 1) * DAY_MS)
    assert [each.certified for each in chain.origin().lots] == [None, None, False]
    assert chain.open("B", 3_001).applied
    assert chain.draw("B", 2_500) == [("B", PV, 2_500, UNTOLD)]


def test_what_one_drew_is_summed_by_month_and_source() -> None:
    chain = OriginChain()
    chain.put_in("D", 500)
    chain.put_in("B", 3_000)
    assert chain.open("B", 3_000).applied
    chain.draw("B", 700)
    chain.put_in("B", 10, after_ms=40 * DAY_MS)
    assert chain.open("B", 20).applied
    chain.draw("B", 20)
    month = 12 * 2023 + 10
    assert [(each.month, each.source, each.energy_wh) for each in drawn_by_source(chain.state, address("B"))] == [
        (month, PV, 200), (month, CHP, 500), (month + 1, PV, 20),
    ]  # fmt: skip
    assert drawn_by_source(chain.state, address("A")) == ()


def test_a_removed_unit_has_no_lots_and_begins_anew() -> None:
    chain = OriginChain()
    chain.put_in("B", 3_000)
    chain.put_in("D", 500)
    chain.vote(RemoveUnit(address("U1")))
    assert chain.lots() == []
    assert (chain.origin().renewable_wh, chain.origin().unknown_wh) == (0, 0)
    assert chain.entries(ORIGIN_LOTS) == {}


def test_where_a_draw_is_paid_by_the_overdraft_the_rest_is_a_loss() -> None:
    chain = OriginChain()
    chain.put_in("B", 3_000)
    chain.put_in("A", 1_000)
    assert chain.try_("A", OpenSession(address("U1"), 10**8, 2 * 10**8)).applied
    receipt = consume(chain, "U1", "A", 1_000)
    assert receipt.applied
    assert sum(part[2] for part in chain.told(receipt)) == 300
    assert sum(energy_wh for _source, energy_wh in chain.lots()) == 3_000


def test_without_the_module_nothing_is_noted() -> None:
    chain = ChainFixture(modules=MODULES)
    assert produce(chain, "U1", "A", 1_000).applied
    assert chain.entries(UNIT_ORIGINS) == {}
    assert chain.entries(ORIGIN_SUMS) == {}
    assert unit_origin(chain.state, address("X"), chain.time_ms) is None


def test_origins_need_certificates() -> None:
    made = make_genesis()
    origin = ORIGIN_SECTION.holding(OriginSection(1))
    with pytest.raises(GenesisError, match="need the section certificates"):
        ChainFixture(replace(made, sections=sections_of(*made.sections, origin)), modules=MODULES)
    both = (origin, CERTIFICATES_SECTION.holding(CertificatesSection(CURRENCY_ASSET, 365 * DAY_MS)))
    ChainFixture(replace(made, sections=sections_of(*made.sections, *both)), modules=MODULES)


def with_reservation(order: TakingOrder = TakingOrder.RENEWABLE_FIRST) -> OriginChain:
    """500 Wh of D's engine and 1,000 Wh of B's plant, which B has reserved for its session; D has one, too."""
    chain = OriginChain(order)
    chain.put_in("D", 500)
    chain.put_in("B", 1_000)
    assert chain.open("B", 1_000).applied
    assert chain.open("D", 500).applied
    receipt = chain.do("B", ReserveOrigin(address("U1")))
    assert events(receipt, OriginReserved) == [OriginReserved(address("U1"), address("B"), 1, 1_000)]
    return chain


@pytest.mark.parametrize("order", TakingOrder)
def test_what_is_reserved_is_drawn_by_who_reserved_it(order: TakingOrder) -> None:
    chain = with_reservation(order)
    assert chain.origin().reserved_wh == 1_000
    assert chain.draw("D", 300) == [("D", CHP, 300, NO)]
    assert chain.draw("B", 400) == [("B", PV, 400, NO)]
    assert chain.origin().reserved_wh == 600
    assert chain.draw("B", 600) == [("B", PV, 600, NO)]
    assert chain.origin().reserved_wh == 0


def test_losses_and_others_leave_what_is_reserved_as_long_as_there_is_anything_else() -> None:
    chain = OriginChain(TakingOrder.RENEWABLE_FIRST)
    chain.put_in("B", 1_000)
    chain.put_in("D", 700)
    assert chain.open("B", 800).applied
    chain.do("B", ReserveOrigin(address("U1")))
    assert actual(chain, "U1", 1_400).applied
    assert chain.lots() == [(PV, 800), (CHP, 600)], "what is free of the oldest lot, then the next one"
    assert chain.open("D", 500).applied
    assert chain.draw("D", 400) == [("D", CHP, 400, NO)]
    assert chain.origin().reserved_wh == 800


def test_a_reservation_ends_with_its_session() -> None:
    chain = with_reservation()
    chain.draw("B", 100)
    chain.do("B", CloseSession(address("U1")))
    assert chain.origin().reserved_wh == 0
    assert chain.entries(ORIGIN_RESERVATIONS) == {}


def test_more_than_is_renewable_and_free_cannot_be_reserved() -> None:
    chain = OriginChain()
    chain.put_in("D", 500)
    chain.put_in("B", 1_000)
    reserve = ReserveOrigin(address("U1"))
    assert chain.try_("B", reserve).code == "no_session"
    assert chain.open("B", 600).applied
    assert chain.open("D", 500).applied
    assert chain.try_("B", reserve).code == ""
    assert chain.try_("B", reserve).code == "origin_reserved"
    assert chain.try_("D", reserve).code == "origin_short"
    assert chain.origin().reserved_wh == 600
