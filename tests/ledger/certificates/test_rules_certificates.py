"""Generators and certificates: counted, issued, passed on, used up, over (rules CE1 to CE11)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address, make_genesis
from harness.energy import MeterFixture, produce
from ledger.attestations.payloads import AttesterRole, OfficeStanding, SetAttester
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.certificates.events import (
    CertificateExpired,
    CertificateIssued,
    CertificateOffered,
    CertificateRetired,
    CertificateTaken,
    CertificateTransferred,
    CertificateWithdrawn,
    EnergyHeldBack,
    GeneratorDescribed,
    HoldingExpired,
)
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.certificates.invariants import check_certificates, check_generators
from ledger.certificates.limits import KEPT_GENERATOR_DAYS
from ledger.certificates.payloads import DescribeGenerator, HoldBackEnergy, WithdrawCertificate
from ledger.certificates.queries import (
    certificate_sums,
    generator_days,
    held_by,
    offers,
    production_registers,
    retirement_of,
    retirements_of,
)
from ledger.certificates.schema import CERTIFICATE_HOLDINGS, CERTIFICATES, GENERATOR_DAYS, RETIREMENTS, GeneratorDay
from ledger.certificates.terms import CertificateKind, EnergySource
from ledger.chain.header import Event
from ledger.chain.parameters import DAY_MS
from ledger.chain.section import sections_of
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, GenesisError
from ledger.governance.payloads import CastVote, ExpelMember
from ledger.metering.payloads import UnbindMeter
from ledger.metering.schema import MeterKind
from ledger.state.table import big_endian
from tests.support.certificate_chain import FUNDS, LIFETIME_MS, REPORT, CertificateChain
from tests.support.replay import export, replay


def refused(chain: CertificateChain, action: Any) -> str:
    return chain.try_("A", CastVote(action, True)).code


def own_events(chain: CertificateChain) -> list[Event]:
    return list(chain.blocks[-1].executed.receipts[0].events)


# --- CE1: generators -------------------------------------------------------------------------------------------------


def test_ce1_voters_describe_a_production_register_that_is_bound() -> None:
    chain = CertificateChain(described=False)
    told = DescribeGenerator(address("U1"), address("B"), EnergySource.PV, 9_800, 1_600_000_000_000)
    assert refused(chain, replace(told, account=address("C"))) == "unknown_register"
    assert refused(chain, replace(told, unit=address("U2"))) == "unknown_register"
    told_event = GeneratorDescribed(address("U1"), address("B"), EnergySource.PV, 9_800, 1_600_000_000_000)
    assert told_event in chain.vote(told).events
    assert refused(chain, told) == "unchanged"
    changed = replace(told, source=EnergySource.WIND)
    chain.vote(changed)
    assert chain.generator().source == EnergySource.WIND


def test_ce1_a_consumption_meter_is_no_generator() -> None:
    chain = CertificateChain(described=False)
    MeterFixture(chain, "M2", account="C", kind=MeterKind.CONSUMPTION).bound()
    told = DescribeGenerator(address("U1"), address("C"), EnergySource.PV, 1, 0)
    assert refused(chain, told) == "unknown_register"


def test_ce1_all_production_registers_are_listed_described_or_not() -> None:
    chain = CertificateChain()
    MeterFixture(chain, "M2", unit="U2", account="C").bound()
    MeterFixture(chain, "M3", unit="U2", account="D", kind=MeterKind.CONSUMPTION).bound()
    page = production_registers(chain.reader, None, 10)
    found = {(each.unit, each.account, each.meter_key) for _key, each in page.entries}
    assert found == {
        (address("U1"), address("B"), chain.plant.key),
        (address("U2"), address("C"), MeterFixture(chain, "M2").key),
    }
    first = production_registers(chain.reader, None, 1)
    assert first.cursor is not None
    assert len(first.entries) + len(production_registers(chain.reader, first.cursor, 10).entries) == 2


# --- CE2: what counts ------------------------------------------------------------------------------------------------


def test_ce2_readings_count_for_the_day_in_which_they_end() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.measure(500, 1)
    chain.plant.read((chain.day_ms(2), chain.shown + 7), after_ms=chain.day_ms(2) - chain.time_ms)
    days = [day.energy_wh for _key, day in generator_days(chain.reader, address("U1"), address("B"), None, 10).entries]
    assert days == [1_000, 507], "a reading at midnight is of the day before"
    assert chain.generator().metered_wh == 1_507


def test_ce2_what_was_metered_before_voters_described_it_does_not_count() -> None:
    chain = CertificateChain(described=False)
    chain.measure(1_000, 0)
    chain.describe()
    chain.measure(300, 1)
    assert chain.generator().metered_wh == 300
    chain.until(2)
    assert chain.issue().code == "nothing_to_certify"
    assert chain.issue(0, 2).applied
    assert chain.certificate().issued_wh == 300


def test_ce2_reports_by_hand_do_not_count() -> None:
    chain = CertificateChain()
    assert produce(chain, "U2", "B", 900).applied
    assert chain.generator().metered_wh == 0


def test_ce2_a_new_meter_in_the_same_place_goes_on() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    new = MeterFixture(chain, "M9", account="B")
    chain.do("U1", chain.plant.replacement(new, serial=b"\x09" * 32))
    chain.shown = 0
    chain.measure(250, 1, meter=new)
    assert chain.generator().metered_wh == 1_250


def test_ce2_a_late_reading_of_a_certified_day_counts_for_the_day_on_which_it_comes() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.until(3)
    assert chain.issue(0, 3).applied
    chain.shown += 70
    chain.plant.read((chain.day_ms(1), chain.shown))
    day = chain.day_ms(3) // DAY_MS
    assert chain.entries(GENERATOR_DAYS)[address("U1") + address("B") + big_endian(day)].energy_wh == 70
    chain.until(4)
    assert chain.issue(3, 4).applied
    assert chain.certificate(2).issued_wh == 70


def test_ce2_a_day_that_is_kept_no_longer_is_forgotten_and_can_never_be_certified() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.until(KEPT_GENERATOR_DAYS + 1)
    assert chain.issue(0, 1).code == "period_not_kept"
    chain.measure(10, KEPT_GENERATOR_DAYS + 1)
    assert chain.generator().forgotten_wh == 1_000
    assert len(chain.entries(GENERATOR_DAYS)) == 1


# --- CE3: held back --------------------------------------------------------------------------------------------------


def test_ce3_what_was_counted_in_error_is_held_back_of_the_next_certificates() -> None:
    chain = CertificateChain()
    chain.issued(1_000)
    action = HoldBackEnergy(address("U1"), address("B"), 700, REPORT)
    assert refused(chain, replace(action, account=address("C"))) == "unknown_generator"
    assert refused(chain, replace(action, energy_wh=1_001)) == "above_metered"
    assert EnergyHeldBack(address("U1"), address("B"), 700, REPORT) in chain.vote(action).events
    assert refused(chain, replace(action, energy_wh=301)) == "above_metered"
    assert chain.held("B") == 1_000, "what is out stays"
    chain.measure(600, 1)
    chain.until(2)
    assert chain.issue(1, 2).applied, "a certificate of nothing makes up for what it metered"
    assert (chain.certificate(2).measured_wh, chain.certificate(2).issued_wh) == (600, 0)
    assert chain.held("B", 2) == 0
    chain.measure(400, 2)
    chain.until(3)
    assert chain.issue(2, 3).applied
    assert (chain.certificate(3).measured_wh, chain.certificate(3).issued_wh) == (400, 300)
    found = chain.generator()
    assert (found.corrected_wh, found.withheld_wh, found.certified_wh) == (700, 0, 1_300)


# --- CE4: issued -----------------------------------------------------------------------------------------------------


def test_ce4_the_owner_certifies_whole_days_once() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.measure(500, 1)
    chain.until(2)
    receipt = chain.issue(0, 2)
    expires_ms = chain.day_ms(2) + LIFETIME_MS
    assert receipt.events[-1] == CertificateIssued(
        1, CertificateKind.ORIGIN, address("B"), address("U1"), address("B"), chain.day_ms(0), chain.day_ms(2), 1_500,
        0, expires_ms,
    )  # fmt: skip
    assert chain.held("B") == 1_500
    for first, end in ((0, 2), (0, 1), (1, 2), (1, 3)):
        chain.until(end)
        assert chain.issue(first, end).code == "already_certified"
    made = chain.certificate()
    assert (made.source, made.rated_w) == (EnergySource.PV, 9_800)


def test_ce4_days_may_be_certified_in_any_order() -> None:
    chain = CertificateChain()
    for day in range(3):
        chain.measure(100 * (day + 1), day)
    chain.until(3)
    assert chain.issue(1, 2).applied
    assert chain.issue(0, 3).code == "already_certified"
    assert chain.issue(2, 3).applied
    assert chain.issue(0, 1).applied
    assert [chain.certificate(number).issued_wh for number in (1, 2, 3)] == [200, 300, 100]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": address("U2")}, "unknown_generator"),
        ({"first_ms": 1_700_000_000_000}, "bad_period"),
        ({"end_ms": 0}, "bad_period"),
        ({"first_ms": 0, "end_ms": DAY_MS}, "period_not_kept"),
    ],
)
def test_ce4_bad_issues_are_refused(changes: dict[str, Any], code: str) -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.until(1)
    assert chain.issue(**changes).code == code


def test_ce4_only_what_is_over_metered_and_ones_own_is_certified() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    assert chain.issue().code == "period_not_over"
    chain.until(2)
    assert chain.issue(1, 2).code == "nothing_to_certify"
    assert chain.issue(name="C").code == "unknown_generator"
    assert chain.issue(name="U1").code == "unknown_generator"
    assert chain.entries(CERTIFICATES) == {}


@pytest.mark.parametrize("source", [EnergySource.CHP, EnergySource.GRID, EnergySource.UNKNOWN])
def test_ce4_only_renewable_energy_is_certified(source: EnergySource) -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.describe(source=int(source))
    chain.until(1)
    assert chain.issue().code == "not_renewable"


def test_ce4_a_register_whose_meter_is_unbound_certifies_what_it_metered() -> None:
    chain = CertificateChain()
    chain.measure(1_000, 0)
    chain.do("U1", UnbindMeter(chain.plant.key))
    chain.until(1)
    assert chain.issue().applied


# --- CE5: savings ----------------------------------------------------------------------------------------------------


def test_ce5_an_auditor_certifies_a_saving_once() -> None:
    chain = CertificateChain()
    chain.until(4)
    receipt = chain.save(0, 2)
    assert isinstance(receipt.events[-1], CertificateIssued)
    made = chain.certificate()
    assert (made.kind, made.issuer, made.account) == (CertificateKind.SAVING, address("A"), address("C"))
    assert (made.baseline_wh, made.measured_wh, made.issued_wh, made.document) == (1_000, 700, 300, REPORT)
    assert chain.held("C") == 300
    assert chain.save(1, 3).code == "already_certified"
    assert chain.save(2, 4).applied


@pytest.mark.parametrize(
    ("auditor", "changes", "code"),
    [
        ("B", {}, "not_an_auditor"),
        ("A", {"account": address("A")}, "not_an_auditor"),
        ("A", {"account": address("stranger")}, "not_a_member"),
        ("A", {"measured_wh": 1_000}, "nothing_to_certify"),
        ("A", {"measured_wh": 1_001}, "nothing_to_certify"),
        ("A", {"end": 2}, "period_not_over"),
        ("A", {"first_ms": 1}, "bad_period"),
    ],
)
def test_ce5_bad_savings_are_refused(auditor: str, changes: dict[str, Any], code: str) -> None:
    chain = CertificateChain()
    chain.until(1)
    assert chain.save(auditor=auditor, **changes).code == code


def test_ce5_an_auditor_that_retired_certifies_no_more_and_old_periods_are_over() -> None:
    chain = CertificateChain()
    chain.until(368)
    assert chain.save(0, 1).code == "period_not_kept"
    assert chain.save(2, 3).code == "certificate_expired"
    chain.vote(SetAttester(address("A"), AttesterRole.AUDITOR, OfficeStanding.RETIRED))
    assert chain.save(300, 301).code == "not_an_auditor"


# --- CE6: transfers --------------------------------------------------------------------------------------------------


def test_ce6_parts_change_hands() -> None:
    chain = CertificateChain()
    chain.issued()
    receipt = chain.transfer("B", "C", 2_000)
    assert receipt.events[-1] == CertificateTransferred(1, address("B"), address("C"), 2_000)
    assert chain.transfer("C", "D", 2_000).applied
    assert (chain.held("B"), chain.held("C"), chain.held("D")) == (3_000, 0, 2_000)
    assert chain.transfer("C", "D", 1).code == "too_little_held"
    assert chain.transfer("B", "B", 1).code == "bad_certificate_transfer"
    assert chain.transfer("B", "stranger", 1).code == "not_a_member"
    assert chain.transfer("B", "C", 1, certificate=2).code == "unknown_certificate"
    assert [key for key, _link in held_by(chain.reader, address("C"), None, 10).entries] == []
    assert len(held_by(chain.reader, address("D"), None, 10).entries) == 1


def test_ce6_who_was_expelled_keeps_its_parts_and_offers_nothing() -> None:
    chain = CertificateChain()
    chain.issued()
    assert chain.offer().applied
    chain.vote(ExpelMember(address("B")))
    assert chain.take().code == "not_a_member"
    assert chain.try_("B", WithdrawCertificate(1)).applied
    assert chain.transfer("B", "C", 1_000).applied
    assert chain.retire("B", 1_000).applied


# --- CE7, CE8: offers ------------------------------------------------------------------------------------------------


def test_ce7_an_offer_is_taken_in_parts_at_its_price() -> None:
    chain = CertificateChain()
    chain.issued()
    receipt = chain.offer(energy_wh=2_000)
    assert receipt.events[-1] == CertificateOffered(1, address("B"), 2_000, CURRENCY_ASSET, ENT // 10)
    assert chain.transfer("B", "C", 3_001).code == "too_little_held", "what is offered is not free"
    assert chain.retire("B", 3_001).code == "too_little_held"
    taken = chain.take("C", 500)
    assert taken.events[-1] == CertificateTaken(1, address("B"), address("C"), 500, 1_500, CURRENCY_ASSET, ENT // 20)
    assert (chain.held("B"), chain.held("C")) == (4_500, 500)
    assert (chain.money("B"), chain.money("C")) == (FUNDS + ENT // 20, FUNDS - ENT // 20)
    assert chain.offer().code == "certificate_offered"
    assert chain.take("D", 1_500).applied
    assert chain.take("D", 1).code == "unknown_certificate_offer"
    assert offers(chain.reader, None, 10).entries == ()
    assert chain.holding("B").asset == 0


def test_ce7_an_offer_is_withdrawn_by_its_owner() -> None:
    chain = CertificateChain()
    chain.issued()
    assert chain.offer(energy_wh=5_001).code == "too_little_held"
    assert chain.offer(asset=ENERGY_ASSET).code == "bad_offer_asset"
    assert chain.try_("B", WithdrawCertificate(1)).code == "unknown_certificate_offer"
    assert chain.offer(energy_wh=5_000).applied
    assert len(offers(chain.reader, None, 10).entries) == 1
    receipt = chain.do("B", WithdrawCertificate(1))
    assert receipt.events[-1] == CertificateWithdrawn(1, address("B"), 5_000)
    assert chain.take().code == "unknown_certificate_offer"
    assert chain.transfer("B", "C", 5_000).applied


@pytest.mark.parametrize(
    ("taker", "changes", "code"),
    [
        ("B", {}, "bad_certificate_transfer"),
        ("C", {"owner": "D"}, "unknown_certificate_offer"),
        ("C", {"energy_wh": 2_001}, "offer_too_small"),
        ("C", {"price": ENT // 10 - 2}, "offer_differs"),
        ("C", {"asset": ENERGY_ASSET}, "offer_differs"),
        ("C", {"certificate": 7}, "unknown_certificate"),
        ("A", {}, "insufficient_balance"),
    ],
)
def test_ce8_both_sides_move_or_none(taker: str, changes: dict[str, Any], code: str) -> None:
    chain = CertificateChain()
    chain.issued()
    assert chain.offer().applied
    assert chain.take(taker, **changes).code == code
    assert (chain.held("B"), chain.money("B")) == (5_000, FUNDS)


def test_ce8_a_part_costs_its_price_rounded_up() -> None:
    chain = CertificateChain()
    chain.issued()
    assert chain.offer(price=1).applied
    assert chain.take("C", 1, price=1).applied
    assert chain.money("C") == FUNDS - 1
    assert chain.take("C", 1_001, price=1).applied
    assert chain.money("C") == FUNDS - 3
    assert chain.do("B", WithdrawCertificate(1)).applied
    assert chain.offer(price=0).applied
    assert chain.take("D", 500, price=0).applied
    assert chain.money("D") == FUNDS


# --- CE9: retired ----------------------------------------------------------------------------------------------------


def test_ce9_a_part_is_used_up_once_for_a_beneficiary() -> None:
    chain = CertificateChain()
    chain.issued()
    receipt = chain.retire("B", 4_000, beneficiary=address("C"))
    assert receipt.events[-1] == CertificateRetired(
        1, 1, address("B"), address("C"), 4_000, "RPO 2023", chain.day_ms(0), chain.day_ms(1)
    )
    assert chain.retire("B", 1_001).code == "too_little_held"
    assert chain.retire("B", 1_000).applied
    assert chain.retire("B", 1).code == "too_little_held"
    made = chain.certificate()
    assert (made.live_wh, made.retired_wh) == (0, 5_000)
    found = retirement_of(chain.state, address("C"), 1)
    assert found is not None
    assert (found.energy_wh, found.purpose) == (4_000, "RPO 2023")
    assert len(retirements_of(chain.reader, address("B"), None, 10).entries) == 1
    sums = certificate_sums(chain.context())
    assert (sums.generators, sums.offers, sums.issued_wh, sums.retired_wh, sums.expired_wh) == (1, 0, 5_000, 5_000, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"beneficiary": address("stranger")}, "not_a_member"),
        ({"from_ms": 1}, "bad_period"),
        ({"until_ms": 0}, "bad_period"),
        ({"certificate": 9}, "unknown_certificate"),
    ],
)
def test_ce9_bad_retirements_are_refused(changes: dict[str, Any], code: str) -> None:
    chain = CertificateChain()
    chain.issued()
    assert chain.retire(**changes).code == code
    assert chain.entries(RETIREMENTS) == {}


# --- CE10: over ------------------------------------------------------------------------------------------------------


def test_ce10_what_nobody_used_in_time_is_over_for_every_holder() -> None:
    chain = CertificateChain(lifetime_ms=2 * DAY_MS)
    chain.issued()
    assert chain.transfer("B", "C", 1_000).applied
    assert chain.retire("B", 500).applied
    assert chain.offer(energy_wh=2_000).applied
    chain.until(3)
    assert CertificateExpired(1, address("B"), 4_500) in own_events(chain)
    assert chain.transfer("C", "D", 1).code == "certificate_expired"
    told = [event for block in chain.blocks for event in block.executed.receipts[0].events]
    assert {event for event in told if isinstance(event, HoldingExpired)} == {
        HoldingExpired(1, address("B"), 3_500),
        HoldingExpired(1, address("C"), 1_000),
    }
    made = chain.certificate()
    assert (made.live_wh, made.retired_wh, made.expired_wh) == (0, 500, 4_500)
    assert chain.entries(CERTIFICATE_HOLDINGS) == {}
    assert offers(chain.reader, None, 10).entries == ()
    for receipt in (chain.retire(), chain.take(), chain.offer(), chain.try_("B", WithdrawCertificate(1))):
        assert receipt.code == "certificate_expired"


def test_ce10_many_holders_lapse_over_blocks() -> None:
    names = [f"holder {number}" for number in range(40)]
    members = tuple(sorted(address(name) for name in ("A", "B", "C", "D", *names)))
    chain = CertificateChain(lifetime_ms=2 * DAY_MS, members=members)
    chain.issued()
    for name in names:
        assert chain.transfer("B", name, 100).applied
    chain.until(3)
    for _ in range(3):
        chain.block()
    assert chain.entries(CERTIFICATE_HOLDINGS) == {}


def test_ce10_a_certificate_that_would_be_over_already_is_not_issued() -> None:
    chain = CertificateChain(lifetime_ms=DAY_MS)
    chain.measure(1_000, 0)
    chain.until(2)
    assert chain.issue().code == "certificate_expired"
    assert chain.generator().certified_wh == 0


# --- CE11: what always holds, the module, replay ---------------------------------------------------------------------


def test_ce11_a_wrong_sum_is_noticed() -> None:
    chain = CertificateChain()
    chain.issued()
    number, place = big_endian(1), address("U1") + address("B")
    wrong = replace(chain.certificate(), live_wh=4_999)
    chain.reader.apply({CERTIFICATES.full_key(number): encode(wrong)})
    with pytest.raises(BrokenInvariant, match="accounted for"):
        check_certificates(chain.reader)
    chain.reader.apply({GENERATOR_DAYS.full_key(place + number): encode(GeneratorDay(9, 0))})
    with pytest.raises(BrokenInvariant, match="5009 Wh are used"):
        check_generators(chain.reader)


def test_a_section_names_a_currency() -> None:
    made = make_genesis()
    for asset in (ENERGY_ASSET, 9):
        section = CERTIFICATES_SECTION.holding(CertificatesSection(asset, LIFETIME_MS))
        with pytest.raises(GenesisError, match="currency"):
            CERTIFICATES_SECTION.check(
                replace(made, sections=sections_of(*made.sections, section)), CertificatesSection(asset, LIFETIME_MS)
            )


def test_a_chain_with_certificates_is_replayed() -> None:
    chain = CertificateChain(lifetime_ms=3 * DAY_MS)
    chain.issued()
    assert chain.offer().applied
    assert chain.take().applied
    assert chain.retire("C", 200).applied
    chain.until(5)
    chain.block()
    roots = [(block.header.state_root, block.header.receipts_root) for block in chain.blocks]
    assert replay(export(chain.genesis, chain.blocks)) == [(state.hex(), told.hex()) for state, told in roots]
