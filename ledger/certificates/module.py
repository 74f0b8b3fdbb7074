"""Generators and certificates on one page: what the module `certificates` brings."""

from __future__ import annotations

from typing import Final

from ledger.certificates import limits, weights
from ledger.certificates.codes import CERTIFICATE_CODES
from ledger.certificates.decisions import CERTIFICATE_DECISIONS
from ledger.certificates.events import CERTIFICATE_EVENTS
from ledger.certificates.generators import open_generator
from ledger.certificates.genesis import CERTIFICATES_SECTION
from ledger.certificates.invariants import CERTIFICATE_INVARIANTS
from ledger.certificates.issuing import do_issue_certificate, do_issue_saving
from ledger.certificates.payloads import (
    CertificateTypeNumber,
    IssueCertificate,
    IssueSaving,
    OfferCertificate,
    RetireCertificate,
    TakeCertificate,
    TransferCertificate,
    WithdrawCertificate,
)
from ledger.certificates.postings import CERTIFICATE_POSTINGS
from ledger.certificates.retiring import certificate_due, certificate_lapse_step, do_retire_certificate
from ledger.certificates.schema import (
    CERTIFICATE_DUE,
    CERTIFICATE_NUMBERS,
    CERTIFICATE_SWEEP,
    CERTIFICATE_TABLES,
    CERTIFIED_WH,
    EXPIRED_WH,
    GENERATOR_COUNT,
    OFFER_COUNT,
    RETIRED_WH,
    RETIREMENT_NUMBERS,
)
from ledger.certificates.trading import (
    do_offer_certificate,
    do_take_certificate,
    do_transfer_certificate,
    do_withdraw_certificate,
)
from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.metering.points import READINGS_OPENED

_N = CertificateTypeNumber

CERTIFICATES_MODULE: Final = Module(
    name="certificates",
    places=Places(32),
    section=CERTIFICATES_SECTION,
    types=(
        TransactionType(_N.ISSUE_CERTIFICATE, "issue_certificate", IssueCertificate, do_issue_certificate, MEMBER),
        TransactionType(_N.ISSUE_SAVING, "issue_saving", IssueSaving, do_issue_saving, MEMBER),
        TransactionType(
            _N.TRANSFER_CERTIFICATE, "transfer_certificate", TransferCertificate, do_transfer_certificate, MEMBER,
            for_leavers=True, for_expelled=True,
        ),
        TransactionType(_N.OFFER_CERTIFICATE, "offer_certificate", OfferCertificate, do_offer_certificate, MEMBER),
        TransactionType(_N.TAKE_CERTIFICATE, "take_certificate", TakeCertificate, do_take_certificate, MEMBER),
        TransactionType(
            _N.WITHDRAW_CERTIFICATE, "withdraw_certificate", WithdrawCertificate, do_withdraw_certificate, MEMBER,
            for_leavers=True, for_expelled=True,
        ),
        TransactionType(
            _N.RETIRE_CERTIFICATE, "retire_certificate", RetireCertificate, do_retire_certificate, MEMBER,
            for_leavers=True, for_expelled=True,
        ),
    ),
    tables=CERTIFICATE_TABLES,
    events=CERTIFICATE_EVENTS,
    series=(
        GENERATOR_COUNT, CERTIFICATE_NUMBERS, RETIREMENT_NUMBERS, OFFER_COUNT, CERTIFIED_WH, RETIRED_WH, EXPIRED_WH,
    ),
    due=((CERTIFICATE_DUE, certificate_due),),
    sweeps=((CERTIFICATE_SWEEP, certificate_lapse_step),),
    decisions=CERTIFICATE_DECISIONS,
    hooks=(READINGS_OPENED.by(open_generator),),
    invariants=CERTIFICATE_INVARIANTS,
    postings=CERTIFICATE_POSTINGS,
    limits=limits,
    weights=weights,
    codes=CERTIFICATE_CODES,
)  # fmt: skip
