"""What attesters send, and what voters decide of them (rules AT1 to AT3)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, PositiveNumber
from ledger.encoding.times import Millis


class AttestationTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    ISSUE_ATTESTATION = 672
    REVOKE_ATTESTATION = 673


class AttesterRole(IntEnum):
    """An office that voters give."""

    REGISTRAR = 1
    AUDITOR = 2


class OfficeStanding(IntEnum):
    """How an office stands. What a retired attester has signed goes on counting; of a barred one nothing does."""

    APPOINTED = 1
    RETIRED = 2
    BARRED = 3


class AttestationKind(IntEnum):
    """What is attested."""

    IDENTITY = 1
    """Who the person is, by its papers."""
    PRESENCE = 2
    """That it lives, or has its meter, in the community's area."""
    INSTALLATION = 3
    """That a plant, meter or battery is there as stated."""
    SOLVENCY = 4
    EFFICIENCY = 5
    """That energy was saved, or is used well."""


NO_DOCUMENT: Final = bytes(32)
"""In place of a document's hash: there is none."""


class IssueAttestation(Value, frozen=True):
    """Sign for `subject`. `data_hash` and `document_hash` are salted (AT2); data, document and salt stay with the
    cooperative. `expires_ms`: from then on it counts no more, and is forgotten."""

    subject: Address
    kind: Annotated[int, msgspec.Meta(ge=1, le=5), AttestationKind]
    data_hash: Bytes32
    document_hash: Bytes32
    expires_ms: Millis


class RevokeAttestation(Value, frozen=True):
    """It counts no more from now on."""

    attestation: PositiveNumber


class SetAttester(Value, frozen=True, tag=672):
    """Give an account the office of a registrar or auditor, let it retire, or bar it."""

    address: Address
    role: Annotated[int, msgspec.Meta(ge=1, le=2), AttesterRole]
    standing: Annotated[int, msgspec.Meta(ge=1, le=3), OfficeStanding]
