"""Joining: what a stranger may send, and one vote that admits with meters and roles or not at all (JO1 to JO8)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.energy import MeterFixture, household
from ledger.attestations.genesis import AttestationsSection
from ledger.attestations.parameters import ADMISSION_ATTESTATION
from ledger.attestations.payloads import NO_DOCUMENT, AttestationKind, IssueAttestation, RevokeAttestation
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.parameters import DAY_MS, HOUR_MS
from ledger.chain.schema import ACCOUNTS
from ledger.encoding.codec import encode
from ledger.energy.payloads import EnergyProduced, OpenSession, RemoveUnit
from ledger.energy.schema import UNITS
from ledger.errors import BrokenInvariant, InclusionError
from ledger.governance.events import MemberChanged, VoteClosed, VoterChanged
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember, SetParameter
from ledger.governance.schema import VOTERS, VoteOutcome
from ledger.joining.events import (
    ApplicationAdmitted,
    ApplicationDismissed,
    ApplicationExpired,
    ApplicationMade,
    ApplicationReplaced,
)
from ledger.joining.genesis import AdmittedBy, JoiningSection
from ledger.joining.invariants import check_applications
from ledger.joining.limits import DISMISSED_KEPT_MS, MAX_APPLICATIONS_PER_HOUR, MAX_REQUEST_AGE_MS
from ledger.joining.parameters import APPLICATION_LIFETIME
from ledger.joining.payloads import AdmitApplication, DismissApplications, JoiningTypeNumber
from ledger.joining.queries import application_by_number, applications
from ledger.joining.schema import APPLICATION_NUMBERS, ApplicationStatus
from ledger.keys.address import MultisigKey, address_of
from ledger.metering.events import MeterOpened
from ledger.metering.payloads import SettleJump, UnbindMeter
from ledger.metering.schema import AWAITED_OPENINGS, METERS, MeterKind, Quarantine
from ledger.state.table import big_endian
from ledger.upgrades.payloads import PlanUpgrade
from tests.support.joining_chain import DATA_HASH, NOTHING, JoiningChain, unit_of

MINUTE_MS = 60_000


@pytest.fixture
def chain() -> JoiningChain:
    return JoiningChain()


def closed(chain: JoiningChain) -> VoteClosed:
    return next(event for event in chain.blocks[-1].executed.receipts[1].events if isinstance(event, VoteClosed))


# Who may ask, and when.


def test_jo1_a_stranger_asks_for_nothing_and_leaves_only_its_application(chain: JoiningChain) -> None:
    receipt = chain.ask("N1", referrer=address("B"))
    found = chain.application("N1")
    assert found is not None
    assert receipt.events == (ApplicationMade(1, address("N1"), address("B"), 0, 0, False, found.ends_ms),)
    assert (found.status, found.signed_ms, found.asked_ms) == (ApplicationStatus.OPEN, chain.time_ms, chain.time_ms)
    assert chain.state.get(ACCOUNTS, address("N1")) is None, "no nonce of a stranger stays"
    assert not chain.is_member("N1")


@pytest.mark.parametrize(
    ("name", "code"), [("B", "already_a_member"), ("U1", "already_a_member"), ("V", "already_a_member")]
)
def test_jo1_members_by_admission_or_role_have_nothing_to_ask(chain: JoiningChain, name: str, code: str) -> None:
    assert chain.refused(name)[0] == code


def test_jo1_meters_and_expelled_ones_do_not_ask(chain: JoiningChain) -> None:
    MeterFixture(chain, "M").bound()
    assert chain.refused("M")[0] == "readings_only"
    chain.vote(ExpelMember(address("B")))
    assert chain.refused("B")[0] == "expelled"


def test_jo1_it_is_free_and_has_one_key_and_few_bytes(chain: JoiningChain) -> None:
    with pytest.raises(InclusionError, match="no fee"):
        chain.block([chain.tx("N1", NOTHING, fee=1, nonce=chain.time_ms)])
    keys = MultisigKey(1, tuple(sorted((secret("N1").public_key, secret("N2").public_key))))
    envelope = unsigned(
        chain.genesis.chain_id, JoiningTypeNumber.REQUEST_MEMBERSHIP, keys, chain.time_ms + 1_000, NOTHING
    )
    signed = secret("N1").sign(sign_message(envelope, chain.genesis.hash))
    index = keys.keys.index(secret("N1").public_key)
    with pytest.raises(InclusionError) as several:
        chain.block([chain.registry.decode(assemble(envelope, (Signature(index, signed),)))])
    assert several.value.code == "several_keys"
    assert address_of(keys) != address("N1")


def test_jo1_on_an_open_chain_everybody_is_a_member_already() -> None:
    paid = (GenesisBalance(address("A"), CURRENCY_ASSET, ENT),)
    assert JoiningChain(access=2, minimum_fee=3, balances=paid).refused("N1")[0] == "already_a_member"


def test_jo1_where_the_module_is_off_nobody_asks() -> None:
    off = ChainFixture(make_genesis())
    with pytest.raises(InclusionError) as refused:
        off.block([off.tx("N1", NOTHING, nonce=off.time_ms)])
    assert refused.value.code == "module_off"


def test_jo2_the_nonce_is_a_time_so_nothing_is_played_twice(chain: JoiningChain) -> None:
    first = chain.request("N1")
    chain.block([first])
    with pytest.raises(InclusionError) as again:
        chain.block([first])
    assert again.value.code == "request_too_old"
    chain.vote(SetParameter(APPLICATION_LIFETIME, DAY_MS))
    chain.block(after_ms=15 * DAY_MS)
    assert chain.application("N1") is None
    with pytest.raises(InclusionError) as later:
        chain.block([first])
    assert later.value.code == "request_too_old"


def test_jo2_a_time_of_an_hour_ago_or_that_has_not_come_is_refused(chain: JoiningChain) -> None:
    now, drift = chain.time_ms + 1_000, chain.genesis.drift_ms
    for at_ms, code in ((now - MAX_REQUEST_AGE_MS - 1, "request_too_old"), (now + drift + 1, "request_too_early")):
        with pytest.raises(InclusionError) as refused:
            chain.block([chain.request("N1", at_ms=at_ms)])
        assert refused.value.code == code
        chain.time_ms = now - 1_000
    chain.block([chain.request("N1", at_ms=now - MAX_REQUEST_AGE_MS), chain.request("N2", at_ms=now + drift)])


def test_jo2_an_hour_takes_so_many_whatever_keys_are_made(chain: JoiningChain) -> None:
    chain.block([chain.request(f"N{number}") for number in range(MAX_APPLICATIONS_PER_HOUR)])
    code, detail = chain.refused("N99")
    assert (code, "waits" in detail) == ("applications_paused", True)
    chain.block(after_ms=HOUR_MS)
    chain.ask("N99")


def test_jo2_asking_again_takes_the_place_of_what_was_asked(chain: JoiningChain) -> None:
    chain.ask("N1")
    receipt = chain.ask("N1", voter=True)
    assert receipt.events[0] == ApplicationReplaced(1, address("N1"))
    found = chain.application("N1")
    assert found is not None
    assert (found.number, found.voter) == (2, True)
    assert chain.try_("A", CastVote(chain.admittance(), True)).code == "unknown_application"
    assert len(applications(chain.reader, None, 9).entries) == 1


# What may be wished.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": address("B")}, "other_binding"),
        ({"unit": address("N1")}, "other_binding"),
        ({"kind": int(MeterKind.STORAGE)}, "other_binding"),
        ({"unit": address("B")}, "not_a_unit"),
        ({"opening_ms": 1}, "stale_opening"),
        ({"opening_ms": 2_000_000_000_000}, "time_in_future"),
        ({"rollover": 5, "opening_register": 5}, "bad_rollover"),
        ({"meter_key": b"\x01" + bytes(32)}, "bad_key"),
        ({"meter_key": secret("A").public_key}, "key_in_use"),
    ],
)
def test_jo3_a_meter_that_could_not_be_bound(chain: JoiningChain, changes: dict[str, Any], reason: str) -> None:
    code, detail = chain.refused("N1", meters=(chain.wished_meter("N1", **changes),))
    assert (code, reason in detail) == ("bad_wish", True), detail


def test_jo3_its_meter_signs_and_each_kind_is_wished_once(chain: JoiningChain) -> None:
    wish = chain.wished_meter("N1")
    code, detail = chain.refused("N1", meters=(replace(wish, meter_signature=bytes(64)),))
    assert (code, detail) == ("bad_wish", "a meter's key did not sign its terms")
    twice = (wish, chain.wished_meter("N1", key="M2"))
    assert "one of a kind" in chain.refused("N1", meters=twice)[1]


def test_jo3_referrer_attestation_unit_and_voice(chain: JoiningChain) -> None:
    assert chain.refused("N1", referrer=address("N2"))[0] == "bad_wish"
    assert chain.refused("N1", attestation_hash=DATA_HASH)[0] == "bad_wish"
    assert "unit_registered" in chain.refused("N1", units=(unit_of("U1"),))[1]
    assert "own_unit" in chain.refused("N1", units=(unit_of("N1"),))[1]
    chain.attest("N1")
    chain.ask("N1", attestation_hash=DATA_HASH, units=(unit_of("U9"),), voter=True, referrer=address("C"))
    chain.attest("N2")
    chain.do("R", RevokeAttestation(2))
    assert chain.refused("N2", attestation_hash=DATA_HASH)[0] == "bad_wish"


def test_jo3_what_an_admission_demands_a_request_has(chain: JoiningChain) -> None:
    chain.vote(SetParameter(ADMISSION_ATTESTATION, int(AttestationKind.IDENTITY)))
    assert chain.refused("N1")[0] == "attestation_missing"
    chain.attest("N1")
    chain.ask("N1")


# One vote.


def test_jo5_one_vote_admits_binds_and_gives_all_of_it(chain: JoiningChain) -> None:
    meters = (
        chain.wished_meter("N1", "U9", MeterKind.PRODUCTION, "P"),
        chain.wished_meter("N1", "U1", MeterKind.CONSUMPTION, "M"),
    )
    chain.ask("N1", meters=meters, units=(unit_of("U9"),), voter=True, referrer=address("C"))
    chain.block(after_ms=5 * DAY_MS)
    events = chain.admit(sponsor=address("B")).events
    assert MemberChanged(address("N1"), True) in events
    assert VoterChanged(address("N1"), True) in events
    assert ApplicationAdmitted(1, address("N1"), address("C"), address("B")) in events
    unit = chain.state.get(UNITS, address("U9"))
    assert unit is not None
    assert (unit.owner, unit.capacity_wh, unit.max_power_w) == (address("N1"), 10_000, 5_000)
    for key, place in (("P", "U9"), ("M", "U1")):
        meter = chain.state.get(METERS, secret(key).public_key)
        assert meter is not None
        assert (meter.unit, meter.account) == (address(place), address("N1"))
    assert chain.state.get(VOTERS, address("N1")) is not None
    assert (chain.application("N1"), application_by_number(chain.state, 1)) == (None, None)
    assert chain.refused("N1")[0] == "already_a_member"


def test_jo5_a_sponsor_is_a_member_and_somebody_else(chain: JoiningChain) -> None:
    chain.ask("N1")
    assert chain.try_("A", CastVote(AdmitApplication(1, address("N2")), True)).code == "bad_sponsor"
    chain.admit(sponsor=address("A"))


def test_jo5_a_vote_that_could_not_be_carried_out_is_not_opened_and_leaves_no_trace(chain: JoiningChain) -> None:
    chain.ask("N1")
    chain.vote(AdmitMember(address("N1")))
    before = dict(applications(chain.reader, None, 9).entries)
    receipt = chain.try_("A", CastVote(chain.admittance(), True))
    assert (receipt.code, receipt.events) == ("already_a_member", ())
    assert dict(applications(chain.reader, None, 9).entries) == before


def two_voters() -> JoiningChain:
    return JoiningChain(voters=tuple(sorted((address("A"), address("B")))))


def test_jo5_a_meter_bound_meanwhile_fails_all_of_it() -> None:
    chain = two_voters()
    chain.ask("N1", meters=(chain.wished_meter("N1"),), voter=True)
    action = chain.admittance()
    chain.do("A", CastVote(action, True))
    MeterFixture(chain, "M", "U1", "C", MeterKind.CONSUMPTION).bound()
    chain.do("B", CastVote(action, True))
    assert (closed(chain).outcome, closed(chain).code) == (VoteOutcome.FAILED, "already_bound")
    assert not chain.is_member("N1")
    assert chain.state.get(VOTERS, address("N1")) is None
    assert chain.application("N1") is not None, "who asks again with another meter takes its place"


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (lambda chain: chain.do("R", RevokeAttestation(1)), "attestation_not_in_force"),
        (lambda chain: chain.vote(RemoveUnit(address("U1")), "A", "B"), "not_a_unit"),
        (lambda chain: chain.vote(AddVoter(address("N1")), "A", "B"), "already_voter"),
        (lambda chain: chain.vote(AdmitMember(address("N1")), "A", "B"), "already_a_member"),
        (lambda chain: chain.block(after_ms=15 * DAY_MS), "unknown_application"),
        (lambda chain: chain.ask("N1"), "unknown_application"),
        (lambda chain: chain.vote(DismissApplications((1,)), "A", "B"), "unknown_application"),
    ],
)
def test_jo5_what_no_longer_holds_fails_whole(meanwhile: Any, code: str) -> None:
    chain = two_voters()
    chain.attest("N1")
    chain.ask("N1", meters=(chain.wished_meter("N1"),), attestation_hash=DATA_HASH, voter=True)
    action = chain.admittance()
    chain.do("A", CastVote(action, True))
    meanwhile(chain)
    supply = chain.gap
    chain.do("B", CastVote(action, True))
    assert (closed(chain).outcome, closed(chain).code) == (VoteOutcome.FAILED, code)
    assert chain.state.get(METERS, secret("M").public_key) is None
    assert chain.gap == supply


def test_jo6_an_attested_identity_admits_at_once_where_the_genesis_says_so() -> None:
    chain = JoiningChain(AdmittedBy.ATTESTATION)
    chain.attest("N1")
    events = chain.ask("N1", attestation_hash=DATA_HASH).events
    assert MemberChanged(address("N1"), True) in events
    assert (chain.is_member("N1"), chain.application("N1")) == (True, None)


@pytest.mark.parametrize("kind", [AttestationKind.IDENTITY, AttestationKind.PRESENCE])
def test_jo6_what_asks_for_more_or_shows_less_waits_for_a_vote(kind: AttestationKind) -> None:
    chain = JoiningChain(AdmittedBy.ATTESTATION)
    chain.ask("N2")
    chain.attest("N1", kind)
    chain.ask("N1", attestation_hash=DATA_HASH, voter=kind == AttestationKind.IDENTITY)
    assert not chain.is_member("N1")
    assert not chain.is_member("N2")
    chain.admit(2)
    assert chain.is_member("N1")


def test_jo7_dismissed_ones_are_shown_for_a_day_and_ask_for_nothing_meanwhile(chain: JoiningChain) -> None:
    chain.ask("N1", meters=(chain.wished_meter("N1"),))
    chain.ask("N2")
    assert chain.try_("A", CastVote(DismissApplications((2, 1)), True)).code == "numbers_not_rising"
    assert chain.try_("A", CastVote(DismissApplications((1, 9)), True)).code == "unknown_application"
    events = chain.vote(DismissApplications((1, 2))).events
    assert ApplicationDismissed(1, address("N1")) in events
    found = chain.application("N1")
    assert found is not None
    assert (found.status, found.meters) == (ApplicationStatus.DISMISSED, ())
    assert chain.refused("N1")[0] == "application_dismissed"
    chain.block(after_ms=DISMISSED_KEPT_MS)
    assert chain.application("N1") is None
    chain.ask("N1")


def test_jo7_nobody_decides_and_it_is_forgotten(chain: JoiningChain) -> None:
    chain.ask("N1")
    chain.block(after_ms=14 * DAY_MS)
    assert ApplicationExpired(1, address("N1")) in chain.blocks[-1].executed.receipts[0].events
    assert chain.application("N1") is None


def test_jo8_a_number_that_names_no_application_breaks_the_invariant(chain: JoiningChain) -> None:
    chain.ask("N1")
    state = chain.state
    state.delete(APPLICATION_NUMBERS, big_endian(1))
    chain.reader.apply(state.changes())
    with pytest.raises(BrokenInvariant, match="not found by its number"):
        check_applications(chain.reader)


# What the bound meter has counted before is nobody's.


def admitted(chain: JoiningChain, kind: MeterKind) -> MeterFixture:
    """N1 with a meter at U1 that showed 0 when it asked, admitted two days later."""
    chain.ask("N1", meters=(chain.wished_meter("N1", measures=kind),))
    chain.block(after_ms=2 * DAY_MS)
    chain.admit()
    return MeterFixture(chain, "M", "U1", "N1", kind)


def test_jo9_the_first_reading_since_the_vote_opens_the_meter_and_bills_nothing(chain: JoiningChain) -> None:
    meter = admitted(chain, MeterKind.PRODUCTION)
    admitted_ms = chain.time_ms
    receipt = meter.read((admitted_ms - 1, 300_000), (chain.time_ms + HOUR_MS, 300_500), after_ms=HOUR_MS)
    quarantined, opened = receipt.events
    assert getattr(quarantined, "reason", None) == Quarantine.NOT_LATER, "signed before the vote"
    assert opened == MeterOpened(meter.key, address("N1"), 2, 300_500, chain.time_ms)
    assert (chain.balance("N1").available, chain.unit("U1").available_wh) == (0, 0)
    assert chain.entries(AWAITED_OPENINGS) == {}
    meter.measure(301_500)
    assert chain.unit("U1").available_wh == 1_000
    assert chain.balance("N1").available == 800_000_000


def test_jo9_a_jump_before_the_opening_is_nobodys_and_no_vote_counts_it(chain: JoiningChain) -> None:
    meter = admitted(chain, MeterKind.PRODUCTION)
    receipt = meter.measure(900_000_000)
    assert getattr(receipt.events[0], "reason", None) == Quarantine.TOO_MUCH
    assert chain.try_("A", CastVote(SettleJump(meter.key, 900_000_000, True), True)).code == "no_jump"
    assert isinstance(meter.measure(900_000_500).events[0], MeterOpened)
    assert meter.known.quarantined_register == 0
    meter.measure(900_000_600)
    assert chain.unit("U1").available_wh == 100


def test_jo9_no_session_before_the_meter_is_open(chain: JoiningChain) -> None:
    meter = admitted(chain, MeterKind.CONSUMPTION)
    chain.do("U1", EnergyProduced(1, address("A"), 10_000))
    chain.do("A", Transfer(1, address("N1"), 2 * ENT))
    assert chain.try_("N1", OpenSession(address("U1"), ENT, 0)).code == "meter_not_opened"
    meter.measure(7)
    chain.do("N1", OpenSession(address("U1"), ENT, 0))
    meter.measure(507)
    assert household(chain, "N1").imported_wh == 0
    assert chain.unit("U1").locked_wh == 500


def test_jo9_unbound_before_it_was_opened(chain: JoiningChain) -> None:
    meter = admitted(chain, MeterKind.CONSUMPTION)
    new = MeterFixture(chain, "M2", "U1", "N1", MeterKind.CONSUMPTION)
    closing = (chain.time_ms, 5)
    assert chain.try_("U1", meter.replacement(new, closing)).code == "meter_not_opened"
    chain.do("U1", UnbindMeter(meter.key))
    assert chain.entries(AWAITED_OPENINGS) == {}


# Switched on by a vote.


def test_a_vote_switches_both_modules_on_while_a_chain_runs() -> None:
    chain = ChainFixture(make_genesis())
    sections = {
        "attestations": encode(AttestationsSection((address("R"),), ())),
        "joining": encode(JoiningSection(AdmittedBy.VOTE)),
    }
    for module, section in sections.items():
        at = chain.blocks[-1].header.height + 5
        chain.do("A", CastVote(PlanUpgrade(at, 1, module, section, ""), True))
        while chain.blocks[-1].header.height < at:
            chain.block()
    nothing = replace(NOTHING, referrer=address("N1"))
    issued = IssueAttestation(address("N1"), AttestationKind.IDENTITY, DATA_HASH, NO_DOCUMENT, chain.time_ms + DAY_MS)
    chain.do("R", issued)
    chain.block([chain.tx("N1", nothing, nonce=chain.time_ms + 1_000)])
    chain.do("A", CastVote(AdmitApplication(1, address("N1")), True))
    assert chain.try_("N1", CastVote(AdmitMember(address("N2")), True)).code == "not_a_voter", "it may send now"
