"""Tests of the limits of attestations; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from harness.chain import address
from ledger.attestations import limits
from ledger.attestations.attesters import attester_key, set_attester
from ledger.attestations.genesis import AttestationsSection
from ledger.attestations.payloads import (
    NO_DOCUMENT,
    AttestationKind,
    AttesterRole,
    IssueAttestation,
    OfficeStanding,
    SetAttester,
)
from ledger.attestations.schema import ATTESTER_COUNT, ATTESTERS, Attester
from ledger.chain.protocol import context_at
from ledger.encoding.codec import Codec, encode
from ledger.errors import MalformedInput, Refused
from ledger.limits import MAX_GENESIS_BYTES
from tests.support.joining_chain import DATA_HASH, JoiningChain


def max_attesters() -> None:
    chain = JoiningChain()
    context = context_at(chain.registry, chain.state, chain.genesis, 9, chain.time_ms)
    for number in range(limits.MAX_ATTESTERS - context.count(ATTESTER_COUNT) - 1):
        context.state.put(ATTESTERS, attester_key(number.to_bytes(20, "big"), 1), Attester(1, 1))
        context.change_count(ATTESTER_COUNT, 1)
    set_attester(context, SetAttester(address("B"), AttesterRole.AUDITOR, OfficeStanding.APPOINTED))
    with pytest.raises(Refused) as refused:
        set_attester(context, SetAttester(address("C"), AttesterRole.AUDITOR, OfficeStanding.APPOINTED))
    assert refused.value.code == "too_many_attesters"
    set_attester(context, SetAttester(address("B"), AttesterRole.AUDITOR, OfficeStanding.RETIRED))


def max_first_attesters() -> None:
    codec: Codec[AttestationsSection] = Codec(AttestationsSection, MAX_GENESIS_BYTES)
    many = tuple(number.to_bytes(20, "big") for number in range(limits.MAX_FIRST_ATTESTERS + 1))
    codec.decode(encode(AttestationsSection(many[1:], many[1:])))
    for above in (AttestationsSection(many, ()), AttestationsSection((), many)):
        with pytest.raises(MalformedInput):
            codec.decode(encode(above))


def max_attestations_of_subject() -> None:
    chain = JoiningChain()
    expires = chain.time_ms + 86_400_000
    asked = IssueAttestation(address("N1"), AttestationKind.IDENTITY, DATA_HASH, NO_DOCUMENT, expires)
    chain.block([chain.tx("R", asked) for _ in range(limits.MAX_ATTESTATIONS_OF_SUBJECT)])
    assert chain.attest("N1").code == "too_many_attestations"
    assert chain.attest("N2").code == ""
    chain.block(after_ms=86_400_000)
    assert chain.attest("N1").code == ""


def max_attestation_ms() -> None:
    chain = JoiningChain()
    for over, code in ((0, ""), (1, "bad_expiry")):
        expires = chain.time_ms + 1_000 + limits.MAX_ATTESTATION_MS + over
        asked = IssueAttestation(address("N1"), AttestationKind.IDENTITY, DATA_HASH, NO_DOCUMENT, expires)
        assert chain.try_("R", asked).code == code


ATTESTATION_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_ATTESTERS": (max_attesters,),
    "MAX_FIRST_ATTESTERS": (max_first_attesters,),
    "MAX_ATTESTATIONS_OF_SUBJECT": (max_attestations_of_subject,),
    "MAX_ATTESTATION_MS": (max_attestation_ms,),
}
