"""What the codes of the validator set mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

VALIDATORS_CODES: Final = Codes(
    inclusion=MappingProxyType(
        {
            "bad_evidence": "The evidence does not prove that a validator signed two votes in one round.",
            "already_punished": "The validator was punished for this offence before.",
            "evidence_waits": "Without the offender too few validators would be left now; bring the evidence again.",
            "evidence_too_old": "The offence lies too far back to be punished.",
        }
    ),
    refused=MappingProxyType(
        {
            "already_validator": "The key validates already.",
            "too_many_validators": "The genesis allows no more validators.",
            "unknown_validator": "The address is no validator.",
            "last_validator": "The last validator cannot be removed.",
            "bad_possession": "The validator's key did not sign the proof that somebody holds it.",
            "stale_liveness": "The height that the validator signed is not recent.",
            "would_stop_chain": "Of the validators that would be left, too few were seen lately to decide blocks.",
            "validator_not_seen": "The validator has not shown lately that it is running.",
        }
    ),
)
