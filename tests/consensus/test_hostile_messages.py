"""Whatever a message says, the engine neither raises nor keeps more than it may, nor signs because of it."""

from __future__ import annotations

import hashlib
import random
from typing import Any, get_args

import msgspec
import pytest

from consensus.engine import Engine
from consensus.events import Broadcast, HeightStarted, MessageReceived, Now, Persist
from consensus.limits import MAX_ROUND, NEXT_HEIGHT_MESSAGES
from consensus.messages import (
    CONSENSUS_MESSAGE,
    Claim,
    Commit,
    ConsensusMessage,
    Decided,
    HeadNews,
    HeardVote,
    Prepare,
    Prepared,
    Proposal,
    ProvenRoundChange,
    RoundChange,
    Status,
    StatusRequest,
)
from consensus.pacing import Intervals
from consensus.recovery import NOTHING_RECOVERED
from consensus.state import Settings
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.chain.votes import VoteKind, vote_message
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.light.freshness import FreshHead, HeadStatement
from tests.consensus.script import CHAIN, GENESIS_HASH, Line, Script, keys_of, set_of
from tests.simulation.signatures import stubbed_signatures

KEYS = keys_of(4)
ZERO = bytes(32)
NOW = Now(1_000_000, 1_000_000)


def header(height: int, time_ms: int = 5) -> Header:
    return Header(1, 1, CHAIN, height, ZERO, time_ms, KEYS[1].address, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, 0, ZERO, 1)


def engine_at(height: int) -> Engine:
    settings = Settings(GENESIS_HASH, ConsensusMode.PBFT, Intervals(100, 5_000), 2_000, 1_000)
    engine = Engine(settings, KEYS[2], NOTHING_RECOVERED, hashlib.sha256(b"nonce").digest())
    engine.step(HeightStarted(header(height - 1), None, set_of(KEYS), False), NOW)
    return engine


def samples() -> list[ConsensusMessage]:
    """One good message of each kind for height 5, signed by validator 1."""

    def sign(kind: VoteKind, value: bytes, round_: int = 0, by: int = 1) -> bytes:
        return KEYS[by].sign(vote_message(kind, GENESIS_HASH, 5, round_, value))

    block = header(5)
    prepares = tuple(CommitSignature(by, sign(VoteKind.PREPARE, block.hash(), by=by)) for by in range(3))
    commits = tuple(CommitSignature(by, sign(VoteKind.COMMIT, block.hash(), by=by)) for by in range(3))
    proof = Prepared(0, block, prepares)
    heard = HeardVote(3, 0, ZERO, bytes(64))
    request = RoundChange(5, 1, 1, None, sign(VoteKind.ROUND_CHANGE, ZERO, 1))
    return [
        Proposal(0, 1, block, sign(VoteKind.PROPOSAL, block.hash()), (), None),
        Proposal(1, 2, block, sign(VoteKind.PROPOSAL, block.hash(), 1, 2), (request,), proof),
        Prepare(5, 0, 1, block.hash(), sign(VoteKind.PREPARE, block.hash())),
        Commit(5, 0, 1, block.hash(), sign(VoteKind.COMMIT, block.hash())),
        ProvenRoundChange(request, None),
        ProvenRoundChange(RoundChange(5, 1, 1, Claim(0, block.hash()), bytes(64)), proof),
        Decided(block, Certificate(5, 0, block.hash(), commits)),
        Status(0, b"", header(4), None, KEYS[1].key, bytes(64), (), 0),
        Status(3, ZERO, header(9), Certificate(9, 0, ZERO, ()), KEYS[1].key, bytes(64), (heard,), 1),
        StatusRequest(KEYS[1].key, ZERO),
        HeadNews(FreshHead(4, header(4).hash(), (HeadStatement(1, 0, 5, bytes(64)),))),
    ]


INTEGERS = (0, 1, 2, 3, 4, 5, 6, 63, 64, 2**40, 2**63 - 1, 2**63, 2**64 - 1, -1, -(2**63))


def bent(value: Any, rng: random.Random) -> Any:
    """The decoded arrays of a message with one place changed: a number, some bytes, a length, a type."""
    if isinstance(value, list) and value and rng.random() < 0.85:
        place = rng.randrange(len(value))
        return [*value[:place], bent(value[place], rng), *value[place + 1 :]]
    choices: list[Any] = [None, b"", bytes(32), bytes(64), [], "", rng.choice(INTEGERS), True]
    if isinstance(value, list):
        choices += [value * 2, value[:-1], [*value, 0]]
    if isinstance(value, bytes):
        choices += [value[:-1], value + b"\0", bytes(len(value)), value[::-1]]
    if isinstance(value, int):
        choices += [value + 1, value - 1, *INTEGERS]
    return rng.choice(choices)


def decoded(arrays: Any) -> ConsensusMessage | None:
    """The message, if the decoder takes it."""
    try:
        return CONSENSUS_MESSAGE.decode(msgspec.msgpack.encode(arrays))
    except (InvalidInput, OverflowError):
        return None


@pytest.mark.parametrize("place", range(len(samples())))
def test_every_index_length_and_missing_field_out_of_range(place: int) -> None:
    """10,000 bent messages of each kind: refused by the decoder, or harmless to the engine."""
    rng = random.Random(place)
    good = encode(samples()[place])
    CONSENSUS_MESSAGE.decode(good)
    engine, taken = engine_at(5), 0
    for _ in range(10_000):
        message = decoded(bent(msgspec.msgpack.decode(good), rng))
        if message is None:
            continue
        taken += 1
        for effect in engine.step(MessageReceived(b"peer", message), NOW):
            assert not isinstance(effect, Persist | Broadcast), "nothing that one peer says makes us sign here"
    assert taken > 100


def test_samples_cover_every_kind() -> None:
    assert {type(message) for message in samples()} == set(get_args(ConsensusMessage))


def test_a_hundred_thousand_round_changes_with_random_rounds_leave_nothing_behind() -> None:
    """One request a validator is kept, whatever comes; 3 validators cannot move a set of 10."""
    keys = keys_of(10)
    settings = Settings(GENESIS_HASH, ConsensusMode.PBFT, Intervals(100, 5_000), 2_000, 1_000)
    rng = random.Random(5)
    with stubbed_signatures(stubbed=True):
        engine = Engine(settings, keys[9], NOTHING_RECOVERED, ZERO)
        engine.step(HeightStarted(header(4), None, set_of(keys), False), NOW)
        state = engine._state
        assert state is not None
        signatures = [keys[by].sign(b"") for by in range(3)]
        for _ in range(100_000):
            by, round_ = rng.randrange(3), rng.randrange(1, MAX_ROUND)
            before = state.tally.round_changes.of(by)
            later = before is None or round_ > before.round
            message = vote_message(VoteKind.ROUND_CHANGE, GENESIS_HASH, 5, round_, ZERO) if later else b""
            signature = keys[by].sign(message) if later else signatures[by]
            request = ProvenRoundChange(RoundChange(5, round_, by, None, signature), None)
            engine.step(MessageReceived(b"peer", request), NOW)
        assert len(state.tally.round_changes) == 3
        assert state.round == 0
        assert engine.place == (5, 0)


def test_votes_for_endless_rounds_are_bounded() -> None:
    engine = engine_at(5)
    state = engine._state
    assert state is not None
    for round_ in range(1, 400):
        signature = KEYS[1].sign(vote_message(VoteKind.COMMIT, GENESIS_HASH, 5, round_, ZERO))
        engine.step(MessageReceived(b"peer", Commit(5, round_, 1, ZERO, signature)), NOW)
    assert len(state.tally.commits) == 2


def test_messages_for_the_next_height_are_verified_and_bounded() -> None:
    engine = engine_at(5)
    for round_ in range(40):
        signature = KEYS[1].sign(vote_message(VoteKind.PREPARE, GENESIS_HASH, 6, round_, ZERO))
        engine.step(MessageReceived(b"peer", Prepare(6, round_, 1, ZERO, signature)), NOW)
        engine.step(MessageReceived(b"peer", Prepare(6, round_, 0, ZERO, signature)), NOW)
    kept = engine._next_height.take(6, set_of(KEYS).hash)
    assert len(kept) == NEXT_HEIGHT_MESSAGES


def test_what_came_early_counts_when_its_height_starts() -> None:
    script = Script()
    for text in ("engine me=2 of=4", "status from=0,1", "proposal r=0 block=A", "checked block=A"):
        script.play(Line.parse(text))
    head, script.head = script.head, script._block("A", 0)
    early = [message for _by, message in script._messages(Line.parse("proposal r=0 block=B"), 0)]
    script.head = head
    for message in early:
        script._step(MessageReceived(b"1", message))
    for text in ("prepare r=0 block=A from=0,1", "commit r=0 block=A from=0,1"):
        script.play(Line.parse(text))
    assert "check B" in script.play(Line.parse("applied block=A"))
