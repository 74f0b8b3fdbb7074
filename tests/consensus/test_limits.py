"""Every limit of `consensus.limits` has a test, here or where it says; and they fit each other."""

from __future__ import annotations

import pytest

from consensus import limits
from consensus.bodies import Bodies, BodyListing, block_transactions, hashes_part
from consensus.engine import AnswerLimiter
from consensus.events import Effects, MessageReceived, Now, Send
from consensus.messages import (
    CONSENSUS_MESSAGE,
    BlocksRequest,
    BlockTransactions,
    Claim,
    Commit,
    HashesPart,
    HashesRequest,
    Message,
    Prepared,
    Proposal,
    RoundChange,
    TransactionsRequest,
)
from consensus.messages import MESSAGE as ANY
from consensus.state import Blocks
from consensus.sync import Sync
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.limits import MAX_BLOCK_TRANSACTIONS, MAX_TRANSACTION_BYTES, MAX_VALIDATORS
from tests.consensus.script import Line, Script
from tests.consensus.test_hostile_messages import header

ELSEWHERE = {
    "FUTURE_ROUNDS": "test_hostile_messages.test_votes_for_endless_rounds_are_bounded",
    "PAST_ROUNDS": "tests/simulation/checkers.py, at every 256th event",
    "NEXT_HEIGHT_MESSAGES": "test_hostile_messages.test_messages_for_the_next_height_are_verified_and_bounded",
}
HERE = {
    "MAX_MESSAGE_BYTES", "MAX_TRANSFER_BYTES", "HASHES_PER_PART", "MAX_HASH_PARTS", "PLACES_PER_REQUEST",
    "TRANSACTIONS_BYTES", "MAX_SYNC_BLOCKS", "MAX_SYNC_BYTES", "MAX_ROUND",
    "ANSWER_INTERVAL_MS", "ANSWERED_PEERS", "TRACKED_PEERS", "BODY_FETCHES", "HELD_BLOCKS", "KEPT_HEADERS",
    "REPORTED_OFFENCES", "CONFLICT_REPLIES",
}  # fmt: skip


def test_every_limit_has_a_test() -> None:
    assert {name for name in vars(limits) if name.isupper()} == HERE | set(ELSEWHERE)


def full_proposal(count: int) -> Proposal:
    """A proposal that as many validators as there may be have justified."""
    large = 2**63 - 1
    root = bytes(32)
    head = Header(1, 1, "n" * 64, large, root, large, bytes(20), root, root, root, root, root, root, large, root, 1)
    signatures = tuple(CommitSignature(index, bytes(64)) for index in range(count))
    claim = Claim(limits.MAX_ROUND, bytes(32))
    requests = tuple(RoundChange(large, limits.MAX_ROUND, index, claim, bytes(64)) for index in range(count))
    return Proposal(limits.MAX_ROUND, 0, head, bytes(64), requests, Prepared(limits.MAX_ROUND, head, signatures))


def test_the_largest_honest_message_fits() -> None:
    assert len(encode(full_proposal(MAX_VALIDATORS))) < limits.MAX_MESSAGE_BYTES
    with pytest.raises(InvalidInput):
        CONSENSUS_MESSAGE.decode(bytes(limits.MAX_MESSAGE_BYTES + 1))


@pytest.mark.parametrize(
    "message",
    [
        Commit(1, limits.MAX_ROUND + 1, 0, bytes(32), bytes(64)),
        Commit(1, 0, MAX_VALIDATORS, bytes(32), bytes(64)),
        HashesPart(bytes(32), 0, 1, (bytes(32),) * (limits.HASHES_PER_PART + 1), None),
        HashesPart(bytes(32), 0, limits.MAX_HASH_PARTS + 1, (), None),
        TransactionsRequest(bytes(32), ()),
        TransactionsRequest(bytes(32), tuple(range(limits.PLACES_PER_REQUEST + 1))),
        TransactionsRequest(bytes(32), (MAX_BLOCK_TRANSACTIONS,)),
        BlockTransactions(bytes(32), 0, (b"",) * (limits.PLACES_PER_REQUEST + 1)),
        BlocksRequest(1, limits.MAX_SYNC_BLOCKS + 1),
    ],
)
def test_what_is_above_a_limit_does_not_decode(message: Message) -> None:
    with pytest.raises(InvalidInput):
        ANY.decode(encode(message))


def test_every_answer_about_a_block_fits_its_message() -> None:
    commits = Certificate(2**63, 2**40, bytes(32), (CommitSignature(63, bytes(64)),) * MAX_VALIDATORS)
    listed = BodyListing(commits, (bytes(32),) * MAX_BLOCK_TRANSACTIONS)
    parts = [hashes_part(bytes(32), listed, part) for part in range(limits.MAX_HASH_PARTS)]
    assert sum(len(part.hashes) for part in parts) == MAX_BLOCK_TRANSACTIONS
    assert {part.parts for part in parts} == {limits.MAX_HASH_PARTS}
    answers: list[Message] = list(parts)
    for size in (1, 140, MAX_TRANSACTION_BYTES):
        body = (bytes(size),) * limits.PLACES_PER_REQUEST
        answers.append(block_transactions(TransactionsRequest(bytes(32), tuple(range(len(body)))), body))
    assert all(len(encode(answer)) <= limits.MAX_TRANSFER_BYTES for answer in answers)
    ask = TransactionsRequest(bytes(32), tuple(range(limits.PLACES_PER_REQUEST)))
    assert len(encode(ask)) <= limits.MAX_MESSAGE_BYTES
    assert len(encode(HashesRequest(bytes(32), 3))) < 64


def test_an_answer_holds_at_least_one_transaction_and_as_many_as_fit() -> None:
    large = (bytes(limits.TRANSACTIONS_BYTES - 5), bytes(1))
    assert block_transactions(TransactionsRequest(bytes(32), (0, 1)), large).transactions == large[:1]
    assert block_transactions(TransactionsRequest(bytes(32), (1, 7)), large).transactions == large[1:]
    assert block_transactions(TransactionsRequest(bytes(32), (0,)), None).transactions == ()


def test_one_answer_to_a_peer_in_its_time_and_few_peers_remembered() -> None:
    limiter = AnswerLimiter()
    assert limiter.allows(b"a", 1_000)
    assert not limiter.allows(b"a", 999 + limits.ANSWER_INTERVAL_MS)
    assert limiter.allows(b"a", 1_000 + limits.ANSWER_INTERVAL_MS)
    for number in range(2 * limits.ANSWERED_PEERS):
        limiter.allows(number.to_bytes(4, "big"), 5_000)
    assert len(limiter._last) == limits.ANSWERED_PEERS


def test_who_votes_for_another_block_is_answered_so_often_at_a_height() -> None:
    """However many peers hand a vote over, the accepted proposal goes back a bounded number of times."""
    script = Script()
    for command in ("engine me=2 of=4", "status from=0,1", "proposal r=0 block=A", "checked block=A"):
        script.play(Line.parse(command))
    vote = next(message for _, message in script._messages(Line.parse("prepare r=0 block=B from=1"), 0))
    now = Now(script.now_ms, script.now_ms)
    answers = 0
    for number in range(limits.CONFLICT_REPLIES + 50):
        effects = script.engine.step(MessageReceived(number.to_bytes(4, "big"), vote), now)
        answers += sum(isinstance(effect, Send) for effect in effects)
    assert answers == limits.CONFLICT_REPLIES


def test_few_peers_are_tracked_for_sync() -> None:
    sync = Sync()
    for number in range(2 * limits.TRACKED_PEERS):
        sync.claimed(number.to_bytes(4, "big"), 9)
    assert len(sync._peers) == limits.TRACKED_PEERS


def test_few_bodies_are_fetched_at_a_time() -> None:
    bodies = Bodies()
    for number in range(2 * limits.HELD_BLOCKS):
        bodies.holds(b"a", number.to_bytes(32, "big"), [b"a"], 0)
    assert len(bodies._holders) == limits.HELD_BLOCKS
    for number in range(2 * limits.BODY_FETCHES):
        bodies.want(header(5, number), [b"a"], 0)
    assert len(bodies) == limits.BODY_FETCHES


def test_a_height_keeps_few_headers() -> None:
    blocks = Blocks(Effects())
    asked = header(5, 10**6)
    blocks.check(asked)
    for number in range(4 * limits.KEPT_HEADERS):
        blocks.remember(header(5, number))
    assert blocks.header(asked.hash()) is not None
    assert len(blocks._headers) == limits.KEPT_HEADERS + 1


def test_offences_are_reported_a_few_times() -> None:
    script = Script()
    script.play(Line.parse("engine me=2 of=4"))
    script.play(Line.parse("status from=0,1"))
    found = []
    for place in range(2 * limits.REPORTED_OFFENCES):
        for name in ("A", "B"):
            found += script.play(Line.parse(f"prepare r=0 block={name}{place} from=0"))
    assert sum(text.startswith("evidence") for text in found) == limits.REPORTED_OFFENCES
