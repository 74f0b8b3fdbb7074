"""Validators by vote, with proof that somebody holds the key and that it runs (rules V4-V6, V8, V10)."""

from __future__ import annotations

from typing import Final

from ledger.chain.certificate import is_quorum
from ledger.chain.context import Context
from ledger.chain.genesis import ConsensusMode
from ledger.chain.schema import COUNTERS, KNOWN_VERSIONS, VALIDATORS, Link, Validator
from ledger.chain.validator_set import POWER, load_validators, validator_address
from ledger.chain.weights import SIGNATURE
from ledger.errors import Refused
from ledger.governance.members import check_no_meter
from ledger.keys.crypto import verify_ed25519
from ledger.state.table import big_endian
from ledger.validators.events import ValidatorAdded, ValidatorRemoved, ValidatorSeen
from ledger.validators.limits import MAX_EVIDENCE_AGE
from ledger.validators.payloads import AddValidator, ValidatorAlive, possession_message
from ledger.validators.schema import CANDIDATES, FORMER_VALIDATORS, LIVENESS, FormerValidator, Liveness
from ledger.validators.weights import SIGN_OF_LIFE

LIVENESS_BLOCKS: Final = 1_000
"""How recent a liveness transaction must be when the vote to add its validator passes."""
SEEN_AGAIN_BLOCKS: Final = LIVENESS_BLOCKS // 10
"""A proposer is noted as seen at most once in so many heights: a write less in all other blocks."""

PRUNED_PER_CHANGE: Final = 8
VALIDATOR_COUNT: Final = b"validators"
VALIDATORS_OF_ACCOUNT: Final = b"validator_account:"
"""With the address: the counter of an account's validators."""


def do_validator_alive(context: Context, payload: ValidatorAlive) -> None:
    """Note that a validator key is held by a running node (V5)."""
    # Height 0 is what the proof of possession signs: it says nothing about a running node.
    if not max(context.height - LIVENESS_BLOCKS, 1) <= payload.height <= context.height:
        raise Refused("the signed height is not recent", code="stale_liveness")
    context.charge(SIGNATURE)
    message = possession_message(context.genesis_hash, payload.key, context.sender, payload.height)
    if not verify_ed25519(payload.key, message, payload.signature):
        raise Refused("the validator key did not sign this", code="bad_possession")
    _seen(context, payload.key)
    if context.state.get(VALIDATORS, validator_address(payload.key)) is None:
        _name_candidate(context, context.sender, payload.key)


def _name_candidate(context: Context, account: bytes, key: bytes) -> None:
    """An account has one key that does not validate on record; the one before is forgotten (V5)."""
    before = context.state.get(CANDIDATES, account)
    if before is not None and before.target != key:
        _forget(context, before.target)
    context.state.put(CANDIDATES, account, Link(key))


def _forget(context: Context, key: bytes) -> None:
    if context.state.get(VALIDATORS, validator_address(key)) is None:
        context.state.delete(LIVENESS, key)


def forget_candidate(context: Context, account: bytes) -> None:
    """With a member that is expelled goes the key that it ran (V5)."""
    candidate = context.state.get(CANDIDATES, account)
    if candidate is not None:
        _forget(context, candidate.target)
        context.state.delete(CANDIDATES, account)


def is_validator(context: Context, address: bytes) -> bool:
    """Whether the address is a validator's, or that of an account that runs one (N2)."""
    return context.state.get(VALIDATORS, address) is not None or runs_validator(context, address)


def runs_validator(context: Context, address: bytes) -> bool:
    """Whether fees of a validator go to the account."""
    return context.state.get(COUNTERS, VALIDATORS_OF_ACCOUNT + address) is not None


def note_proposer(context: Context) -> int:
    """Whoever proposes a block that is decided is running (V8); what noting it weighs."""
    key = context.proposer_key
    if not key:
        return 0
    entry = context.state.get(LIVENESS, key)
    if entry is not None and context.height < entry.height + SEEN_AGAIN_BLOCKS:
        return 0
    _seen(context, key)
    return SIGN_OF_LIFE


def _seen(context: Context, key: bytes) -> None:
    context.state.put(LIVENESS, key, Liveness(context.height))
    context.emit(ValidatorSeen(key))


def _is_seen(context: Context, key: bytes) -> bool:
    entry = context.state.get(LIVENESS, key)
    return entry is not None and entry.height + LIVENESS_BLOCKS >= context.height


def _require_running_quorum(context: Context) -> None:
    """Refuse a set in which those that were seen lately could not decide a block (V8)."""
    validators = load_validators(context.state)
    power = sum(member.power for member in validators.members if _is_seen(context, member.key))
    if not is_quorum(ConsensusMode(context.genesis.mode), power, validators):
        raise Refused("too few of the validators that would be left were seen lately", code="would_stop_chain")


def check_new_validator(context: Context, action: AddValidator) -> None:
    """Refuse what can never be carried out: known keys, a full set, a key that nobody holds (V4)."""
    if context.state.get(VALIDATORS, validator_address(action.key)) is not None:
        raise Refused("the key validates already", code="already_validator")
    if context.count(VALIDATOR_COUNT) >= context.genesis.max_validators:
        raise Refused("genesis allows no more validators", code="too_many_validators")
    check_no_meter(context, action.account)
    context.charge(SIGNATURE)
    message = possession_message(context.genesis_hash, action.key, action.account, 0)
    if not verify_ed25519(action.key, message, action.possession):
        raise Refused("the validator key did not sign its proof of possession", code="bad_possession")


def add_validator(context: Context, action: AddValidator) -> None:
    """Carry out a vote: the key validates from the next height on, if it was seen running lately (V5)."""
    check_new_validator(context, action)
    if not _is_seen(context, action.key):
        raise Refused("the validator was not seen running lately", code="validator_not_seen")
    insert_validator(context, action.key, action.account, action.name)
    _require_running_quorum(context)


def insert_validator(context: Context, key: bytes, account: bytes, name: str) -> None:
    """Put a validator into the set from the next height on; genesis does it without a vote, and counts as seen."""
    address = validator_address(key)
    context.state.put(VALIDATORS, address, Validator(key, POWER, account, name, context.height + 1))
    if context.state.get(LIVENESS, key) is None:
        context.state.put(LIVENESS, key, Liveness(context.height))
    context.change_count(VALIDATORS_OF_ACCOUNT + account, 1)
    context.change_count(VALIDATOR_COUNT, 1)
    context.emit(ValidatorAdded(address, key, account, name))


def check_validator_removal(context: Context, address: bytes) -> Validator:
    """Refuse to remove what is no validator, or the last one (V6)."""
    entry = context.state.get(VALIDATORS, address)
    if entry is None:
        raise Refused("the address is no validator", code="unknown_validator")
    if context.count(VALIDATOR_COUNT) == 1:
        raise Refused("the last validator cannot be removed", code="last_validator")
    return entry


def remove_validator(context: Context, address: bytes) -> None:
    """Carry out a vote: the key validates no longer from the next height on (V6)."""
    entry = check_validator_removal(context, address)
    context.state.delete(VALIDATORS, address)
    context.state.delete(KNOWN_VERSIONS, address)
    _end_term(context, address, entry)
    _name_candidate(context, entry.account, entry.key)
    context.change_count(VALIDATORS_OF_ACCOUNT + entry.account, -1)
    context.change_count(VALIDATOR_COUNT, -1)
    context.emit(ValidatorRemoved(address))
    _require_running_quorum(context)


def _end_term(context: Context, address: bytes, entry: Validator) -> None:
    """Remember when it validated, for evidence; forget a few of the oldest terms (V10)."""
    if entry.since <= context.height:
        context.state.put(FORMER_VALIDATORS, big_endian(context.height) + address, FormerValidator(entry.since))
    old: list[bytes] = []
    for place in context.state.scan(FORMER_VALIDATORS):
        if len(old) == PRUNED_PER_CHANGE or int.from_bytes(place[:8], "big") + MAX_EVIDENCE_AGE >= context.height:
            break
        old.append(place)
    for place in old:
        context.state.delete(FORMER_VALIDATORS, place)


def insert_first_validators(context: Context) -> None:
    """The genesis' set."""
    for validator in context.genesis.validators:
        insert_validator(context, validator.key, validator.account, validator.name)
