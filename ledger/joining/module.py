"""Joining on one page: what the module `joining` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.joining import limits, weights
from ledger.joining.admission import STRANGER
from ledger.joining.codes import JOINING_CODES
from ledger.joining.events import JOINING_EVENTS
from ledger.joining.genesis import JOINING_SECTION
from ledger.joining.invariants import JOINING_INVARIANTS
from ledger.joining.parameters import JOINING_PARAMETERS
from ledger.joining.payloads import AdmitApplication, DismissApplications, JoiningTypeNumber, RequestMembership
from ledger.joining.postings import JOINING_POSTINGS
from ledger.joining.rules import (
    admit_application,
    application_due,
    check_admittance,
    check_dismissal,
    dismiss_applications,
    do_request_membership,
)
from ledger.joining.schema import APPLICATION_COUNT, APPLICATION_DUE, APPLICATION_SERIES, JOINING_TABLES

JOINING_MODULE: Final = Module(
    name="joining",
    places=Places(29),
    section=JOINING_SECTION,
    types=(
        TransactionType(
            JoiningTypeNumber.REQUEST_MEMBERSHIP, "request_membership", RequestMembership, do_request_membership,
            STRANGER,
        ),
    ),
    tables=JOINING_TABLES,
    events=JOINING_EVENTS,
    parameters=JOINING_PARAMETERS,
    series=(APPLICATION_SERIES, APPLICATION_COUNT),
    due=((APPLICATION_DUE, application_due),),
    decisions=(
        Decision(AdmitApplication, check_admittance, admit_application),
        Decision(DismissApplications, check_dismissal, dismiss_applications),
    ),
    invariants=JOINING_INVARIANTS,
    postings=JOINING_POSTINGS,
    limits=limits,
    weights=weights,
    codes=JOINING_CODES,
)  # fmt: skip
