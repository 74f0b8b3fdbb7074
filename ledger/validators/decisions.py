"""What voters decide of the validator set (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.validators.payloads import AddValidator, RemoveValidator
from ledger.validators.rules import add_validator, check_new_validator, check_validator_removal, remove_validator

VALIDATORS_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(AddValidator, check_new_validator, add_validator),
    Decision(
        RemoveValidator,
        lambda c, a: check_validator_removal(c, a.address),
        lambda c, a: remove_validator(c, a.address),
    ),
)
