"""What every code of the ledger means to people: the CLI, the API and the web page show these (rule R3).

A code never changes its meaning and is never given to something else. `tests/ledger/test_codes.py` holds this table
complete: every code that the ledger raises stands here, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INPUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ledger_error": "The ledger reports an error without a more precise name.",
        "invalid_input": "The input is not what was expected here.",
        "input_too_large": "The input is longer than its limit and was not read.",
        "malformed_input": "The bytes cannot be decoded as what they should be.",
        "not_canonical": "The bytes are not the one allowed encoding of their value.",
        "bad_amount": "The text is no amount, or has more decimals than the token.",
        "bad_address": "The text is no address; check it for typing errors.",
        "bad_key": "The bytes are no public key, secret key or signature.",
        "bad_mnemonic": "The words are no recovery phrase; check each word and their order.",
        "bad_path": "The text is no derivation path.",
        "bad_password": "The password cannot be used for a key file.",
        "bad_keyfile": "The key file is damaged or of an unknown version.",
        "wrong_password": "The password does not open the key file.",
        "bad_genesis": "The genesis is incomplete or contradicts itself.",
        "bad_proof": "The proof does not prove what it claims.",
        "bad_certificate": "The block's certificate does not hold a quorum of valid signatures.",
        "bad_header": "The header is not one that a light client can accept.",
        "not_later": "The header is not after the one that is trusted.",
        "bad_set": "The validators are not those that the header names.",
        "does_not_continue": "The header does not continue the one that is trusted.",
        "skipped_too_far": "The validators changed in between; the headers of the changes are needed first.",
        "from_the_future": "The header's time lies ahead of this machine's clock.",
        "stale_head": "The newest header is older than a living chain would have it.",
        "conflicting_headers": "Two headers of one height are both signed: the chain has split, or one node lies.",
        "no_path": "The node does not show how the validators changed in between.",
        "below_trust": "The height lies below the header that is trusted.",
        "bad_terms_file": "The file holds no terms of a meter, or is damaged.",
        "too_few_signatures": "A consent that is needed is missing.",
        "unknown_format": "The proof file has a format that this program does not know.",
        "no_such_block": "A claim names a block that is not in the proof file.",
        "no_such_event": "The receipt has no event at that place.",
    }
)
"""Codes of `InvalidInput`: such bytes get nowhere."""

INCLUSION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_includable": "The transaction cannot stand in a block now.",
        "unknown_type": "This chain knows no transaction of that type.",
        "wrong_version": "The transaction was made for another version of the protocol.",
        "wrong_chain": "The transaction or block was made for another chain.",
        "expired": "The transaction was valid only until a height that has passed.",
        "fee_too_low": "The fee is below the chain's minimum.",
        "cannot_pay_fee": "The available balance does not pay the fee.",
        "bad_nonce": "The nonce is not the sender's next one; another transaction came first, or one is missing.",
        "bad_signature": "A signature is missing or wrong.",
        "sender_not_a_member": "The sender is no member of this community; its voters admit members.",
        "expelled": "The sender was expelled and may only transfer and withdraw.",
        "meter_not_bound": "The meter is not bound to an account.",
        "readings_only": "The sender is a meter's key, which sends readings and nothing else.",
        "reading_with_fee": "A meter's readings carry no fee.",
        "reading_too_early": "The meter's last readings were included just now; these wait for their turn.",
        "too_many_of_sender": "The sender has as many transactions waiting, or in this block, as one sender may have.",
        "block_full": "The block has no room left; the transaction waits for the next one.",
        "known": "The transaction is known already.",
        "nonce_taken": "Another transaction of the sender with this nonce is waiting.",
        "bad_evidence": "The evidence does not prove that a validator of that height signed two votes in one place.",
        "already_punished": "The validator was punished for this offence before.",
        "evidence_waits": "Without the offender too few validators would be left now; bring the evidence again.",
        "evidence_too_old": "The offence lies too far back to be punished.",
        "unit_sweeping": "Sessions at the meter's unit are being ended; its readings wait a few blocks.",
        "pool_full": "Too many transactions are waiting; try again later or offer a higher fee.",
    }
)
"""Codes of `InclusionError`: the transaction is in no block and has cost nothing."""

REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "refused": "The ledger refused the transaction.",
        "insufficient_balance": "The available balance is too low.",
        "insufficient_lock": "Less than this is locked for the purpose.",
        "out_of_range": "The result would be larger than the ledger can store.",
        "same_account": "Sender and recipient are the same account.",
        "not_a_member": "The address is no member of this community; its voters admit members.",
        "already_a_member": "The address is a member already.",
        "already_expelled": "The address is expelled already.",
        "holds_a_role": "The address holds a role, which must be taken first.",
        "not_the_banker": "Only the present banker may do this.",
        "already_banker": "The address is the banker already.",
        "not_a_voter": "Only voters vote.",
        "no_vote": "No vote on this action is open.",
        "too_many_votes": "The voter has as many votes open as one voter may have.",
        "already_voter": "The address is a voter already.",
        "too_many_voters": "There are as many voters as there may be.",
        "unknown_voter": "The address is no voter.",
        "last_voter": "The last voter cannot be removed.",
        "unknown_parameter": "No parameter has this name.",
        "parameter_out_of_bounds": "The value lies outside the parameter's bounds.",
        "already_validator": "The key validates already.",
        "too_many_validators": "The genesis allows no more validators.",
        "unknown_validator": "The address is no validator.",
        "last_validator": "The last validator cannot be removed.",
        "bad_possession": "The validator's key did not sign the proof that somebody holds it.",
        "stale_liveness": "The height that the validator signed is not recent.",
        "would_stop_chain": "Of the validators that would be left, too few were seen lately to decide blocks.",
        "validator_not_seen": "The validator has not shown lately that it is running.",
        "not_a_unit": "Only a registered storage unit may do this, for itself.",
        "unknown_unit": "No storage unit has this address.",
        "unit_registered": "The storage unit is registered already.",
        "own_unit": "A storage unit cannot own itself or consume from itself.",
        "too_many_units": "There are as many storage units as there may be.",
        "unit_inactive": "The storage unit is not active.",
        "unit_suspended": "The storage unit is suspended; a vote reinstates it.",
        "unit_short_of_energy": "The storage unit has less free energy than was asked for.",
        "unit_sequence": "The report's number is not the unit's next one.",
        "nothing_to_reinstate": "The unit is neither suspended nor does energy of it wait for a vote.",
        "bad_terms": "The terms cannot be those of one storage unit.",
        "unchanged": "The vote would change nothing.",
        "energy_reserved": "What is free in the storage unit is reserved for its owner.",
        "not_expelled": "The address is not expelled; only an expelled account's tokens can be annulled.",
        "not_its_unit": "The storage unit is not, and was not, the account's own.",
        "above_minted": "More was to be annulled than the unit minted lately.",
        "above_max_report": "The report exceeds what a unit without a registered capacity may report at once.",
        "above_quarantine": "More was to be accepted than is in quarantine.",
        "above_capacity": "The report exceeds the unit's registered capacity.",
        "above_maximum_power": "The report exceeds the unit's maximum power since its last one.",
        "session_open": "A session of this account at this unit is open already.",
        "too_heavy": "The work is more than one transaction may do; divide it into several.",
        "session_too_small": "The amount does not pay for one watt-hour.",
        "too_many_sessions": "The account has as many sessions open as it may have.",
        "no_session": "The account has no such session at this unit.",
        "too_many_waiting": "Too many sessions of this account at this unit wait for their last reading.",
        "sessions_ending": "Sessions at this unit are being ended over the next blocks; try again then.",
        "above_session_share": "One account may not hold so large a share of the unit's energy.",
        "meter_bound": "A meter is bound that measures this; manual reports are refused.",
        "already_bound": "The meter, or the place it should measure, is bound already.",
        "other_binding": "The binding's account or kind is not the one that is needed here.",
        "unknown_meter": "The meter is not bound to this unit.",
        "bad_consent": "The meter's key or the account did not sign these terms.",
        "stale_terms": "The meter has readings that are not before the opening register, or the terms were used.",
        "is_a_meter": "The address is a meter's, which sends readings, receives nothing and has no role.",
        "stale_opening": "The meter was read too long ago, or before something was reported by hand; read it again.",
        "register_fell": "The register shows less than it has counted; a reset one is put in with a replacement.",
        "bound_elsewhere": "The meter's key belongs to another unit, account or register; a vote can release it.",
        "key_in_use": "The key is an account's; a meter has a key of its own.",
        "too_many_meters": "The storage unit has as many meters as it may have.",
        "no_jump": "No jump of this size of the meter's register is quarantined.",
        "not_held": "The meter's key is bound now, or to nothing that would keep it from another place.",
        "time_in_future": "The stated time lies in the future.",
        "bad_rollover": "The register is not below the declared rollover.",
        "implausible_closing": "The old meter's closing register cannot be true.",
        "profile_mismatch": "The readings name another profile, OBIS code or scale than the meter is bound with.",
        "boot_counter_fell": "The meter's boot counter is lower than before.",
    }
)
"""Codes of `Refused`: the transaction stands in its block, has cost its fee, and did nothing else."""

BLOCK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "invalid_block": "The block breaks a rule.",
        "wrong_parent": "The block does not follow its parent.",
        "bad_time": "The block is not later than its parent.",
        "wrong_proposer": "The block's proposer is no validator of its height.",
        "bad_commits": "The block does not carry a quorum's commits for its parent.",
        "block_too_large": "The block has more transactions or bytes than allowed.",
        "invalid_transaction": "The block holds a transaction that may not stand there.",
        "header_mismatch": "The block's header is not what executing it gives.",
    }
)
"""Codes of `InvalidBlock`, besides `wrong_chain`."""

FAULT: Final[Mapping[str, str]] = MappingProxyType(
    {"broken_invariant": "The state contradicts itself; the node has stopped to protect the ledger."}
)
"""The code of `BrokenInvariant`."""

CODES: Final[Mapping[str, str]] = MappingProxyType({**INPUT, **INCLUSION, **REFUSED, **BLOCK, **FAULT})
"""All codes of the ledger with their meanings."""


def meaning_of(code: str) -> str:
    """One sentence for people; a code of another package is shown as it is."""
    return CODES.get(code, code.replace("_", " "))
