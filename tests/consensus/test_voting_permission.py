"""When a starting validator may sign: heads that others claim, and what it cannot verify of them."""

from __future__ import annotations

import hashlib

import pytest

from consensus.messages import Status
from consensus.recovery import NOTHING_RECOVERED
from consensus.validation import Rules
from consensus.voting_permission import VotingPermission
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate
from tests.consensus.script import GENESIS_HASH, keys_of, set_of
from tests.consensus.test_hostile_messages import header

KEYS = keys_of(7)
ME = KEYS[0]
NONCE = hashlib.sha256(b"a start").digest()
WAIT_MS = 3_000
BEYOND = header(5)
"""Decided by a set that whoever is at height 0 does not know: its `validators_hash` is not that of `KEYS`."""


def opens(*, ahead: int, at_ms: int) -> bool:
    """Whether a validator at genesis may vote when `ahead` of four that answer claim height 5."""
    head, validators = header(0), set_of(KEYS)
    rules = Rules(GENESIS_HASH, ConsensusMode.PBFT, validators, 1)
    permission = VotingPermission(ME.key, NONCE, NOTHING_RECOVERED, WAIT_MS)
    certificate = Certificate(5, 0, BEYOND.hash(), ())
    for place, key in enumerate(KEYS[1:5]):
        claims = place < ahead
        permission.answered(
            Status(0, NONCE, BEYOND if claims else head, certificate if claims else None, key.key, bytes(64), (), 0)
        )
    permission.try_grant(head, validators, rules, 0)
    return permission.try_grant(head, validators, rules, at_ms)


@pytest.mark.parametrize("ahead", [1, 2])
def test_fewer_than_one_honest_cannot_keep_a_validator_silent_for_ever(ahead: int) -> None:
    assert not opens(ahead=ahead, at_ms=WAIT_MS - 1)
    assert opens(ahead=ahead, at_ms=WAIT_MS)


@pytest.mark.parametrize("ahead", [3, 4])
def test_what_somebody_honest_claims_is_waited_for_without_end(ahead: int) -> None:
    """Found by the simulator (seed 410697): a wiped validator on a slow network ran out of patience at height 1."""
    assert not opens(ahead=ahead, at_ms=3_600_000)


def test_nothing_ahead_opens_at_once() -> None:
    assert opens(ahead=0, at_ms=0)
