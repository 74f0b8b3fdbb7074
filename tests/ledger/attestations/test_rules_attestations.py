"""Attestations: who signs what, what counts, what is forgotten, what is demanded (rules AT1 to AT6)."""

from __future__ import annotations

import pytest

from harness.chain import address
from ledger.attestations.attesters import SIGNED_BY
from ledger.attestations.events import AttestationExpired, AttestationIssued, AttestationRevoked
from ledger.attestations.invariants import check_attestations
from ledger.attestations.parameters import ADMISSION_ATTESTATION
from ledger.attestations.payloads import (
    NO_DOCUMENT,
    AttestationKind,
    AttesterRole,
    IssueAttestation,
    OfficeStanding,
    RevokeAttestation,
    SetAttester,
)
from ledger.attestations.queries import attestation_of, attestations_about, attestations_by, counts_now, is_attested
from ledger.attestations.rules import salted_hash
from ledger.attestations.schema import ATTESTATIONS
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.errors import BrokenInvariant
from ledger.governance.payloads import AdmitMember, CastVote, SetParameter
from ledger.state.table import big_endian
from tests.support.joining_chain import DATA, DATA_HASH, SALT, JoiningChain

IDENTITY = AttestationKind.IDENTITY


def counts(chain: JoiningChain, number: int = 1) -> bool:
    view = context_at(chain.registry, chain.state, chain.genesis, len(chain.blocks), chain.time_ms)
    return counts_now(view, chain.attestation(number))


def test_at1_voters_appoint_retire_and_bar() -> None:
    chain = JoiningChain()
    assert chain.attest("N1", by="B").code == "not_an_attester"
    appointed = SetAttester(address("B"), AttesterRole.REGISTRAR, OfficeStanding.APPOINTED)
    chain.vote(appointed)
    assert chain.try_("A", CastVote(appointed, True)).code == "unchanged"
    assert chain.attest("N1", by="B").code == ""
    chain.vote(SetAttester(address("B"), AttesterRole.REGISTRAR, OfficeStanding.RETIRED))
    assert chain.attest("N1", by="B").code == "not_an_attester"
    assert counts(chain), "what a retired one has signed goes on counting"
    chain.vote(SetAttester(address("B"), AttesterRole.REGISTRAR, OfficeStanding.BARRED))
    assert not counts(chain), "of a barred one nothing does"
    never = SetAttester(address("C"), AttesterRole.AUDITOR, OfficeStanding.BARRED)
    assert chain.try_("A", CastVote(never, True)).code == "unchanged"


def test_at1_the_office_makes_a_member_until_it_ends() -> None:
    chain = JoiningChain()
    assert chain.is_member("R")
    chain.vote(SetAttester(address("R"), AttesterRole.REGISTRAR, OfficeStanding.RETIRED))
    assert not chain.is_member("R")


@pytest.mark.parametrize("kind", AttestationKind)
def test_at2_each_kind_has_its_office(kind: AttestationKind) -> None:
    chain = JoiningChain()
    for name, role in (("R", AttesterRole.REGISTRAR), ("D", AttesterRole.AUDITOR)):
        assert (chain.attest("N1", kind, by=name).code == "") == (role in SIGNED_BY[kind])


def test_at2_a_salted_hash_for_an_address_whoever_that_is() -> None:
    chain = JoiningChain()
    receipt = chain.attest("N1")
    found = chain.attestation()
    assert receipt.events[-1] == AttestationIssued(
        1, address("N1"), address("R"), IDENTITY, DATA_HASH, NO_DOCUMENT, found.expires_ms
    )
    assert (found.attester, found.issued_ms, found.revoked_ms) == (address("R"), chain.time_ms, 0)
    assert salted_hash(SALT, DATA) == DATA_HASH != salted_hash(bytes(32), DATA) != salted_hash(SALT, DATA + b" ")
    assert [key[20:] for key, _link in attestations_about(chain.reader, address("N1"), None, 9).entries] == [
        big_endian(1)
    ]
    assert len(attestations_by(chain.reader, address("R"), None, 9).entries) == 1
    assert DATA not in b"".join(value for _key, value in chain.reader.scan(ATTESTATIONS.number, b"", None))


@pytest.mark.parametrize("expires", [0, 1_000, 11 * 366 * DAY_MS])
def test_at2_it_expires_within_ten_years(expires: int) -> None:
    chain = JoiningChain()
    asked = IssueAttestation(address("N1"), IDENTITY, DATA_HASH, NO_DOCUMENT, chain.time_ms + expires)
    assert chain.try_("R", asked).code == "bad_expiry"


def test_at3_its_attester_or_another_of_the_office_revokes_it_once() -> None:
    chain = JoiningChain()
    chain.attest("N1")
    assert chain.try_("D", RevokeAttestation(1)).code == "not_an_attester"
    assert chain.try_("R", RevokeAttestation(2)).code == "unknown_attestation"
    chain.vote(SetAttester(address("B"), AttesterRole.REGISTRAR, OfficeStanding.APPOINTED))
    receipt = chain.do("B", RevokeAttestation(1))
    assert receipt.events[-1] == AttestationRevoked(1, address("N1"), address("R"), address("B"))
    assert (chain.attestation().revoked_ms, counts(chain)) == (chain.time_ms, False)
    assert chain.try_("R", RevokeAttestation(1)).code == "already_revoked"


def test_at3_who_has_retired_may_still_revoke_its_own() -> None:
    chain = JoiningChain()
    chain.vote(SetAttester(address("B"), AttesterRole.REGISTRAR, OfficeStanding.APPOINTED))
    chain.attest("N1", by="B")
    chain.vote(SetAttester(address("B"), AttesterRole.REGISTRAR, OfficeStanding.RETIRED))
    assert chain.try_("B", RevokeAttestation(1)).code == ""


def test_at4_after_its_time_nothing_of_it_is_left() -> None:
    chain = JoiningChain()
    chain.attest("N1")
    chain.block(after_ms=366 * DAY_MS)
    assert AttestationExpired(1, address("N1"), address("R")) in chain.blocks[-1].executed.receipts[0].events
    view = context_at(chain.registry, chain.state, chain.genesis, len(chain.blocks), chain.time_ms)
    assert (attestation_of(chain.state, 1), is_attested(view, address("N1"))) == (None, False)


def test_at5_an_admission_may_demand_a_kind() -> None:
    chain = JoiningChain()
    chain.vote(SetParameter(ADMISSION_ATTESTATION, int(AttestationKind.PRESENCE)))
    admission = CastVote(AdmitMember(address("N1")), True)
    chain.attest("N1")
    assert chain.try_("A", admission).code == "attestation_missing", "identity is not presence"
    chain.attest("N1", AttestationKind.PRESENCE, by="D")
    chain.do("D", RevokeAttestation(2))
    assert chain.try_("A", admission).code == "attestation_missing"
    chain.attest("N1", AttestationKind.PRESENCE)
    chain.do("A", admission)
    assert chain.is_member("N1")


def test_at5_what_no_longer_holds_when_a_vote_passes_fails_it() -> None:
    chain = JoiningChain(voters=tuple(sorted((address("A"), address("B")))))
    chain.vote(SetParameter(ADMISSION_ATTESTATION, int(IDENTITY)), "A", "B")
    chain.attest("N1")
    chain.do("A", CastVote(AdmitMember(address("N1")), True))
    chain.do("R", RevokeAttestation(1))
    closed = chain.do("B", CastVote(AdmitMember(address("N1")), True)).events[-1]
    assert getattr(closed, "code", "") == "attestation_missing"
    assert not chain.is_member("N1")


def test_at6_an_attestation_that_nobody_finds_breaks_the_invariant() -> None:
    chain = JoiningChain()
    chain.attest("N1")
    state = chain.state
    state.put(ATTESTATIONS, big_endian(2), chain.attestation())
    chain.reader.apply(state.changes())
    with pytest.raises(BrokenInvariant, match="index is wrong"):
        check_attestations(chain.reader)
