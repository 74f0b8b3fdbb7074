"""Attestations on one page: what the module `attestations` brings."""

from __future__ import annotations

from typing import Final

from ledger.attestations import limits, weights
from ledger.attestations.attesters import appoint_first_attesters, check_attester, is_attester, is_auditor, set_attester
from ledger.attestations.codes import ATTESTATION_CODES
from ledger.attestations.events import ATTESTATION_EVENTS
from ledger.attestations.genesis import ATTESTATIONS_SECTION
from ledger.attestations.invariants import ATTESTATION_INVARIANTS
from ledger.attestations.parameters import ATTESTATION_PARAMETERS
from ledger.attestations.payloads import AttestationTypeNumber, IssueAttestation, RevokeAttestation, SetAttester
from ledger.attestations.postings import ATTESTATION_POSTINGS
from ledger.attestations.rules import attestation_due, check_attested, do_issue_attestation, do_revoke_attestation
from ledger.attestations.schema import (
    ATTESTATION_COUNT,
    ATTESTATION_DUE,
    ATTESTATION_NUMBERS,
    ATTESTATION_TABLES,
    ATTESTED,
    ATTESTER_COUNT,
)
from ledger.bank.points import MAY_ATTEST_RESERVES
from ledger.chain.decision import Decision
from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, ADMISSION_CHECK, ROLE_HELD

ATTESTATIONS_MODULE: Final = Module(
    name="attestations",
    places=Places(28),
    section=ATTESTATIONS_SECTION,
    types=(
        TransactionType(
            AttestationTypeNumber.ISSUE_ATTESTATION, "issue_attestation", IssueAttestation, do_issue_attestation, MEMBER
        ),
        TransactionType(
            AttestationTypeNumber.REVOKE_ATTESTATION,
            "revoke_attestation",
            RevokeAttestation,
            do_revoke_attestation,
            MEMBER,
        ),
    ),
    tables=ATTESTATION_TABLES,
    events=ATTESTATION_EVENTS,
    parameters=ATTESTATION_PARAMETERS,
    counters=(ATTESTED,),
    series=(ATTESTATION_NUMBERS, ATTESTER_COUNT, ATTESTATION_COUNT),
    due=((ATTESTATION_DUE, attestation_due),),
    decisions=(Decision(SetAttester, check_attester, set_attester),),
    hooks=(
        FIRST_STATE.by(appoint_first_attesters),
        ROLE_HELD.by(is_attester),
        ACCOUNT_KNOWN.by(is_attester),
        ADMISSION_CHECK.by(check_attested),
        MAY_ATTEST_RESERVES.by(is_auditor),
    ),
    invariants=ATTESTATION_INVARIANTS,
    postings=ATTESTATION_POSTINGS,
    limits=limits,
    weights=weights,
    codes=ATTESTATION_CODES,
)
