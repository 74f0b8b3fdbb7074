"""The validator set on one page: what the module `validators` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.points import BEGIN_BLOCK, BLOCK_PROPOSED, FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED, ROLE_HELD
from ledger.validators import limits, weights
from ledger.validators.codes import VALIDATORS_CODES
from ledger.validators.decisions import VALIDATORS_DECISIONS
from ledger.validators.events import VALIDATORS_EVENTS
from ledger.validators.evidence import EVIDENCE, do_evidence
from ledger.validators.invariants import VALIDATORS_INVARIANTS
from ledger.validators.payloads import Evidence, ValidatorAlive, ValidatorsTypeNumber
from ledger.validators.postings import VALIDATORS_POSTINGS
from ledger.validators.proposers import note_turn
from ledger.validators.rules import (
    VALIDATOR_COUNT,
    VALIDATORS_OF_ACCOUNT,
    do_validator_alive,
    forget_candidate,
    insert_first_validators,
    is_validator,
    note_proposer,
)
from ledger.validators.schema import VALIDATORS_TABLES

VALIDATORS: Final = Module(
    name="validators",
    places=Places(5),
    types=(
        TransactionType(
            ValidatorsTypeNumber.VALIDATOR_ALIVE, "validator_alive", ValidatorAlive, do_validator_alive, MEMBER
        ),
        TransactionType(ValidatorsTypeNumber.EVIDENCE, "evidence", Evidence, do_evidence, EVIDENCE),
    ),
    tables=VALIDATORS_TABLES,
    events=VALIDATORS_EVENTS,
    series=(VALIDATOR_COUNT, VALIDATORS_OF_ACCOUNT),
    decisions=VALIDATORS_DECISIONS,
    hooks=(
        BEGIN_BLOCK.by(note_proposer),
        BLOCK_PROPOSED.by(note_turn),
        FIRST_STATE.by(insert_first_validators),
        ROLE_HELD.by(is_validator),
        MEMBER_EXPELLED.by(forget_candidate),
    ),
    invariants=VALIDATORS_INVARIANTS,
    postings=VALIDATORS_POSTINGS,
    limits=limits,
    weights=weights,
    codes=VALIDATORS_CODES,
)
