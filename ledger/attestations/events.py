"""What happened to attestations and their attesters."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.attestations.payloads import AttestationKind, AttesterRole, OfficeStanding
from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Number, TimeMs


class AttestationIssued(Event, frozen=True, tag=672):
    """`attester` signed the salted hash `data_hash` for `subject`."""

    attestation: Number
    subject: Address
    attester: Address
    kind: Annotated[int, AttestationKind]
    data_hash: Bytes32
    document_hash: Bytes32
    expires_ms: TimeMs


class AttestationRevoked(Event, frozen=True, tag=673):
    """It counts no more: `revoked_by` its attester, or another one of the same office."""

    attestation: Number
    subject: Address
    attester: Address
    revoked_by: Address


class AttestationExpired(Event, frozen=True, tag=674):
    """Its time is over; the state forgets it."""

    attestation: Number
    subject: Address
    attester: Address


class AttesterChanged(Event, frozen=True, tag=675):
    """Voters gave an office, or ended it."""

    address: Address
    role: Annotated[int, AttesterRole]
    standing: Annotated[int, OfficeStanding]


ATTESTATION_EVENTS: Final[tuple[type[Event], ...]] = (
    AttestationIssued, AttestationRevoked, AttestationExpired, AttesterChanged,
)  # fmt: skip
