"""The validator set on one page: what the module `validators` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.points import BLOCK_BEGUN, FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.chain.type_numbers import TypeNumber
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED, ROLE_HELD
from ledger.validators.decisions import VALIDATORS_DECISIONS
from ledger.validators.events import VALIDATORS_EVENTS
from ledger.validators.evidence import EVIDENCE, do_evidence
from ledger.validators.invariants import VALIDATORS_INVARIANTS
from ledger.validators.payloads import Evidence, ValidatorAlive
from ledger.validators.postings import VALIDATORS_POSTINGS
from ledger.validators.rules import (
    do_validator_alive,
    forget_candidate,
    insert_first_validators,
    is_validator,
    note_proposer,
)
from ledger.validators.schema import VALIDATORS_TABLES

VALIDATORS: Final = Module(
    name="validators",
    types=(
        TransactionType(TypeNumber.VALIDATOR_ALIVE, "validator_alive", ValidatorAlive, do_validator_alive, MEMBER),
        TransactionType(TypeNumber.EVIDENCE, "evidence", Evidence, do_evidence, EVIDENCE),
    ),
    tables=VALIDATORS_TABLES,
    events=VALIDATORS_EVENTS,
    decisions=VALIDATORS_DECISIONS,
    hooks=(
        BLOCK_BEGUN.by(note_proposer),
        FIRST_STATE.by(insert_first_validators),
        ROLE_HELD.by(is_validator),
        MEMBER_EXPELLED.by(forget_candidate),
    ),
    invariants=VALIDATORS_INVARIANTS,
    postings=VALIDATORS_POSTINGS,
)
