"""Samples of what strangers and attesters send, for the vectors."""

from __future__ import annotations

from harness.chain import START_MS
from ledger.attestations import payloads as at
from ledger.attestations.rules import salted_hash
from ledger.encoding.codec import Value
from ledger.energy.storage_terms import StorageTerms, Technology
from ledger.joining import payloads as j
from ledger.metering.payloads import MeterTerms
from tests.support.world import address_named, secret_of


def joining_samples(agreed: MeterTerms, genesis_hash: bytes) -> dict[str, tuple[str, Value, int]]:
    """A stranger's request, bare and with all that may be wished; what attesters send. Its nonce is a time."""
    signed = secret_of("M1").sign(agreed.message(genesis_hash))
    battery = StorageTerms(Technology.LITHIUM_ION, 10_240, 4_600, 900_000_000, 48, 1_000)
    wished = j.WishedUnit(address_named("U1"), 9_600, 5_000, battery)
    digest = salted_hash(bytes(range(32)), b"passport")
    full = j.RequestMembership(address_named("A"), digest, (j.WishedMeter(agreed, signed),), (wished,), True)
    issued = at.IssueAttestation(
        address_named("B"), at.AttestationKind.INSTALLATION, digest, at.NO_DOCUMENT, START_MS + 86_400_000
    )
    return {
        "request_membership": ("B", j.RequestMembership(address_named("B"), j.NO_ATTESTATION, (), (), False), START_MS),
        "request_membership/full": ("B", full, START_MS + 1),
        "issue_attestation": ("A", issued, 31),
        "revoke_attestation": ("A", at.RevokeAttestation(300), 32),
    }
