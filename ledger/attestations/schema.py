"""Tables of attestations and of who signs them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ledger.attestations.payloads import AttestationKind, OfficeStanding
from ledger.chain.schema import AccountCounter, DueKind, Link
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Height, Number, TimeMs
from ledger.state.table import Table


class Attestation(Value, frozen=True):
    """What an attester has signed; `revoked_ms`: 0 while it was not revoked."""

    number: Number
    subject: Address
    attester: Address
    kind: Annotated[int, AttestationKind]
    data_hash: Bytes32
    document_hash: Bytes32
    issued_ms: TimeMs
    expires_ms: TimeMs
    revoked_ms: TimeMs


class Attester(Value, frozen=True):
    """How an office stands since a height."""

    standing: Annotated[int, OfficeStanding]
    since: Height


ATTESTATIONS: Final = Table(224, "attestations", "number", Attestation, group=0)
SUBJECT_ATTESTATIONS: Final = Table(225, "subject_attestations", "account number", Link, group=20)
ATTESTER_ATTESTATIONS: Final = Table(226, "attester_attestations", "account number", Link, group=20)
ATTESTERS: Final = Table(227, "attesters", "account role", Attester, group=0)

ATTESTATION_TABLES: Final[tuple[Table[Any], ...]] = (
    ATTESTATIONS, SUBJECT_ATTESTATIONS, ATTESTER_ATTESTATIONS, ATTESTERS,
)  # fmt: skip

ATTESTED: Final = AccountCounter(224, "attestations_about")
"""Attestations about an account that have not expired."""

ATTESTATION_DUE: Final = DueKind(224, "attestation_expired")

ATTESTATION_NUMBERS: Final = b"attestation"
ATTESTER_COUNT: Final = b"attesters"
ATTESTATION_COUNT: Final = b"attestations"
