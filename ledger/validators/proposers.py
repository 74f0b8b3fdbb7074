"""Who proposes last: a validator that let its turns pass, until it has shown that it lives (rule V11).

A height whose first proposer says nothing costs a round's time. Three turns missed in a row send it to the end of each
height's rounds, where it costs nothing more. It comes back with a sign of life after a pause, and the pause is twice as
long each time.
"""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS, MINUTE_MS
from ledger.chain.proposer import proposer
from ledger.chain.schema import PROPOSERS, ProposerRecord
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet, load_validators, validator_address
from ledger.validators.events import ProposerMuted, ProposerRestored
from ledger.validators.weights import SIGN_OF_LIFE

MISSES_IN_A_ROW: Final = 3
FIRST_PAUSE_MS: Final = 5 * MINUTE_MS
LONGEST_PAUSE_MS: Final = 7 * DAY_MS
FORGIVEN_AFTER_MS: Final = DAY_MS
"""So long after it came back, a validator's next pause is the first one again."""


def note_turn(context: Context) -> None:
    """At the start of a block: whose turn it was in round 0, and who made it; who comes back."""
    validators = load_validators(context.state)
    _forget_others(context, validators)
    for address in sorted(validators.muted):
        _try_to_restore(context, address)
    first = validators.members[proposer(validators, context.height, 0)]
    if first.address == validator_address(context.proposer_key):
        _kept(context, first.address)
    else:
        _missed(context, validators, first)


def _forget_others(context: Context, validators: ValidatorSet) -> None:
    """Who left the set is not remembered."""
    members = {member.address for member in validators.members}
    for address in [address for address in context.state.scan(PROPOSERS) if address not in members]:
        context.state.delete(PROPOSERS, address)


def _try_to_restore(context: Context, address: bytes) -> None:
    """Its pause is over, and it has committed to the block before this one."""
    record = context.get(PROPOSERS, address)
    if context.time_ms >= record.muted_until_ms and address in context.committed:
        context.state.put(PROPOSERS, address, ProposerRecord(0, record.relapses, 0, context.time_ms))
        context.emit(ProposerRestored(address))
        context.weight += SIGN_OF_LIFE


def _kept(context: Context, address: bytes) -> None:
    """A turn was used: nothing is held against it, but how often it was muted lately."""
    record = context.state.get(PROPOSERS, address)
    if record is None:
        return
    if record.relapses == 0 or _is_forgiven(context, record):
        context.state.delete(PROPOSERS, address)
    elif record.misses:
        context.state.put(PROPOSERS, address, ProposerRecord(0, record.relapses, 0, record.restored_ms))


def _missed(context: Context, validators: ValidatorSet, first: ValidatorInfo) -> None:
    context.weight += SIGN_OF_LIFE
    record = context.state.get(PROPOSERS, first.address) or ProposerRecord(0, 0, 0, 0)
    misses = min(record.misses + 1, MISSES_IN_A_ROW)
    if misses < MISSES_IN_A_ROW or not _fits(validators, first):
        context.state.put(PROPOSERS, first.address, ProposerRecord(misses, record.relapses, 0, record.restored_ms))
        return
    relapses = 0 if _is_forgiven(context, record) else record.relapses
    until_ms = context.time_ms + min(FIRST_PAUSE_MS << min(relapses, 32), LONGEST_PAUSE_MS)
    context.state.put(PROPOSERS, first.address, ProposerRecord(misses, relapses + 1, until_ms, 0))
    context.emit(ProposerMuted(first.address, until_ms))


def _fits(validators: ValidatorSet, one_more: ValidatorInfo) -> bool:
    """Less than a third of the power together may propose last."""
    muted = sum(member.power for member in validators.members if member.address in validators.muted)
    return 3 * (muted + one_more.power) < validators.total_power


def _is_forgiven(context: Context, record: ProposerRecord) -> bool:
    return 0 < record.restored_ms <= context.time_ms - FORGIVEN_AFTER_MS
