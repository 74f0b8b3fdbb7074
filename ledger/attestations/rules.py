"""Attestations issued, revoked, expired, and demanded of who is to be admitted (rules AT2 to AT5).

The chain keeps salted hashes and no data: who has the salt can show what was attested; who deletes it, erases it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from ledger.attestations.attesters import counts_of, may_sign
from ledger.attestations.events import AttestationExpired, AttestationIssued, AttestationRevoked
from ledger.attestations.limits import MAX_ATTESTATION_MS, MAX_ATTESTATIONS_OF_SUBJECT
from ledger.attestations.parameters import ADMISSION_ATTESTATION
from ledger.attestations.payloads import AttestationKind, IssueAttestation, RevokeAttestation
from ledger.attestations.schema import (
    ATTESTATION_COUNT,
    ATTESTATION_DUE,
    ATTESTATION_NUMBERS,
    ATTESTATIONS,
    ATTESTED,
    ATTESTER_ATTESTATIONS,
    SUBJECT_ATTESTATIONS,
    Attestation,
)
from ledger.attestations.weights import ATTESTATION_CHANGE, ATTESTATION_LOOKED_AT
from ledger.chain.context import Context
from ledger.chain.counters import change_count, counted
from ledger.chain.expiries import schedule
from ledger.chain.schema import Link
from ledger.errors import Refused, require
from ledger.governance.members import check_no_meter
from ledger.keys.crypto import tagged_hash
from ledger.state.table import big_endian

SALT_BYTES: Final = 32


def salted_hash(salt: bytes, data: bytes) -> bytes:
    """What stands on the chain for data that does not (AT2); `salt` has 32 random bytes that are told to nobody."""
    require(len(salt) == SALT_BYTES, f"a salt has {SALT_BYTES} bytes")
    return tagged_hash(b"nodechain/attestation", salt, data)


def do_issue_attestation(context: Context, payload: IssueAttestation) -> None:
    """Sign for an account, member or not (AT2)."""
    if not may_sign(context, context.sender, payload.kind):
        raise Refused("the sender has no office that signs this kind", code="not_an_attester")
    check_no_meter(context, payload.subject)
    if not context.time_ms < payload.expires_ms <= context.time_ms + MAX_ATTESTATION_MS:
        raise Refused("an attestation expires within ten years from now", code="bad_expiry")
    if counted(context.state, payload.subject, ATTESTED) >= MAX_ATTESTATIONS_OF_SUBJECT:
        raise Refused(
            f"at most {MAX_ATTESTATIONS_OF_SUBJECT} attestations about an account", code="too_many_attestations"
        )
    context.charge(ATTESTATION_CHANGE)
    number = context.next_number(ATTESTATION_NUMBERS)
    key = big_endian(number)
    made = Attestation(
        number, payload.subject, context.sender, payload.kind, payload.data_hash, payload.document_hash,
        context.time_ms, payload.expires_ms, 0,
    )  # fmt: skip
    context.state.put(ATTESTATIONS, key, made)
    context.state.put(SUBJECT_ATTESTATIONS, made.subject + key, Link(key))
    context.state.put(ATTESTER_ATTESTATIONS, made.attester + key, Link(key))
    change_count(context.state, made.subject, ATTESTED, 1)
    context.change_count(ATTESTATION_COUNT, 1)
    schedule(context, made.expires_ms, ATTESTATION_DUE, number, key)
    context.emit(
        AttestationIssued(
            number, made.subject, made.attester, made.kind, made.data_hash, made.document_hash, made.expires_ms
        )
    )


def do_revoke_attestation(context: Context, payload: RevokeAttestation) -> None:
    """By its attester, in office or not, or by another one whose office signs this kind (AT3)."""
    key = big_endian(payload.attestation)
    found = context.state.get(ATTESTATIONS, key)
    if found is None or found.expires_ms <= context.time_ms:
        raise Refused(f"there is no attestation {payload.attestation}", code="unknown_attestation")
    if found.attester != context.sender and not may_sign(context, context.sender, found.kind):
        raise Refused("only its attester, or another one of that office, revokes it", code="not_an_attester")
    if found.revoked_ms:
        raise Refused("it is revoked already", code="already_revoked")
    context.charge(ATTESTATION_CHANGE)
    context.state.put(ATTESTATIONS, key, msgspec.structs.replace(found, revoked_ms=context.time_ms))
    context.emit(AttestationRevoked(found.number, found.subject, found.attester, context.sender))


def attestation_due(context: Context, key: bytes) -> None:
    """Its time is over: nothing of it stays in the state (AT4)."""
    context.charge(ATTESTATION_CHANGE)
    found = context.get(ATTESTATIONS, key)
    context.state.delete(ATTESTATIONS, key)
    context.state.delete(SUBJECT_ATTESTATIONS, found.subject + key)
    context.state.delete(ATTESTER_ATTESTATIONS, found.attester + key)
    change_count(context.state, found.subject, ATTESTED, -1)
    context.change_count(ATTESTATION_COUNT, -1)
    context.emit(AttestationExpired(found.number, found.subject, found.attester))


def is_in_force(context: Context, found: Attestation) -> bool:
    """Whether an attestation counts: not revoked, not expired, its attester not barred (AT3)."""
    return (
        not found.revoked_ms and context.time_ms < found.expires_ms and counts_of(context, found.attester, found.kind)
    )


def in_force_about(context: Context, subject: bytes) -> Iterator[Attestation]:
    """What counts of an account, by number; at most `MAX_ATTESTATIONS_OF_SUBJECT` are looked at, and not charged."""
    for key in context.state.scan(SUBJECT_ATTESTATIONS, subject):
        found = context.get(ATTESTATIONS, key[20:])
        if is_in_force(context, found):
            yield found


def demanded_kind(context: Context) -> AttestationKind | None:
    """What an admission demands; None: nothing (AT5)."""
    value = context.parameter(ADMISSION_ATTESTATION)
    return AttestationKind(value) if value else None


def missing_kind(context: Context, address: bytes) -> AttestationKind | None:
    """The kind that an admission demands and that an account lacks (AT5)."""
    kind = demanded_kind(context)
    if kind is None or any(found.kind == kind for found in in_force_about(context, address)):
        return None
    return kind


def charge_looking(context: Context, address: bytes) -> None:
    """What it weighs to look through an account's attestations."""
    context.charge(ATTESTATION_LOOKED_AT * counted(context.state, address, ATTESTED))


def check_attested(context: Context, address: bytes) -> None:
    """Refuse to admit an account without what is demanded (AT5)."""
    if demanded_kind(context) is None:
        return
    charge_looking(context, address)
    kind = missing_kind(context, address)
    if kind is not None:
        raise Refused(
            f"an attestation of the kind {kind.name.lower()} is demanded, and none about the account is in force",
            code="attestation_missing",
        )
