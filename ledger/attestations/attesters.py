"""Registrars and auditors: appointed, retired and barred by vote (rule AT1)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.attestations.events import AttesterChanged
from ledger.attestations.genesis import ATTESTATIONS_SECTION
from ledger.attestations.limits import MAX_ATTESTERS
from ledger.attestations.payloads import AttestationKind, AttesterRole, OfficeStanding, SetAttester
from ledger.attestations.schema import ATTESTER_COUNT, ATTESTERS, Attester
from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.governance.members import check_no_meter

SIGNED_BY: Final = MappingProxyType(
    {
        AttestationKind.IDENTITY: (AttesterRole.REGISTRAR,),
        AttestationKind.PRESENCE: (AttesterRole.REGISTRAR, AttesterRole.AUDITOR),
        AttestationKind.INSTALLATION: (AttesterRole.AUDITOR,),
        AttestationKind.SOLVENCY: (AttesterRole.AUDITOR,),
        AttestationKind.EFFICIENCY: (AttesterRole.AUDITOR,),
    }
)


def attester_key(address: bytes, role: int) -> bytes:
    """The key of an office in `ATTESTERS`."""
    return address + bytes((role,))


def standing_of(context: Context, address: bytes, role: int) -> OfficeStanding | None:
    """How an account's office stands; None where it never had it."""
    found = context.state.get(ATTESTERS, attester_key(address, role))
    return None if found is None else OfficeStanding(found.standing)


def is_attester(context: Context, address: bytes) -> bool:
    """Whether an account has an office now: that makes it a member (AT1, N2)."""
    return any(standing_of(context, address, role) == OfficeStanding.APPOINTED for role in AttesterRole)


def is_auditor(context: Context, address: bytes) -> bool:
    """Whether an account is an auditor now: it may attest what lies at the bank (BK6)."""
    return standing_of(context, address, AttesterRole.AUDITOR) == OfficeStanding.APPOINTED


def may_sign(context: Context, address: bytes, kind: int) -> bool:
    """Whether an account's office signs this kind now (AT2)."""
    roles = SIGNED_BY[AttestationKind(kind)]
    return any(standing_of(context, address, role) == OfficeStanding.APPOINTED for role in roles)


def counts_of(context: Context, address: bytes, kind: int) -> bool:
    """Whether what an account signed of this kind still counts: one of its offices for it is not barred (AT3)."""
    standings = [standing_of(context, address, role) for role in SIGNED_BY[AttestationKind(kind)]]
    return any(standing in (OfficeStanding.APPOINTED, OfficeStanding.RETIRED) for standing in standings)


def check_attester(context: Context, action: SetAttester) -> None:
    """Refuse a vote that would change nothing, or give an office to a meter, or one too many (AT1)."""
    check_no_meter(context, action.address)
    known = standing_of(context, action.address, action.role)
    if known == action.standing or (known is None and action.standing != OfficeStanding.APPOINTED):
        raise Refused("the office is as the vote wants it already", code="unchanged")
    if known is None and context.count(ATTESTER_COUNT) >= MAX_ATTESTERS:
        raise Refused(f"at most {MAX_ATTESTERS} offices of attesters", code="too_many_attesters")


def set_attester(context: Context, action: SetAttester) -> None:
    """Carry out a vote (AT1)."""
    check_attester(context, action)
    if standing_of(context, action.address, action.role) is None:
        context.change_count(ATTESTER_COUNT, 1)
    key = attester_key(action.address, action.role)
    context.state.put(ATTESTERS, key, Attester(action.standing, context.height))
    context.emit(AttesterChanged(action.address, action.role, action.standing))


def appoint_first_attesters(context: Context) -> None:
    """Those whom the section names (AT1)."""
    section = ATTESTATIONS_SECTION.of(context.genesis)
    for role, addresses in ((AttesterRole.REGISTRAR, section.registrars), (AttesterRole.AUDITOR, section.auditors)):
        for address in addresses:
            set_attester(context, SetAttester(address, role, OfficeStanding.APPOINTED))
