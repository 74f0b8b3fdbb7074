"""What a node gathers of validators' statements about its head (rule H12), whoever hands it on."""

from __future__ import annotations

from msgspec.structs import replace

from consensus.freshness import NEWER_BY_MS, Freshness
from consensus.validation import Rules
from ledger.chain.genesis import ConsensusMode
from ledger.light.freshness import FreshHead, HeadStatement, status_message
from tests.consensus.script import GENESIS_HASH, keys_of, set_of
from tests.consensus.test_hostile_messages import header

KEYS = keys_of(4)
HEAD = header(7)
RULES = Rules(GENESIS_HASH, ConsensusMode.PBFT, set_of(KEYS), 8)


def statement(index: int, time_ms: int, round_: int = 0) -> HeadStatement:
    message = status_message(GENESIS_HASH, b"", round_, HEAD.hash(), time_ms)
    return HeadStatement(index, round_, time_ms, KEYS[index].sign(message))


def shown(*statements: HeadStatement) -> FreshHead:
    return FreshHead(7, HEAD.hash(), statements)


def test_the_newest_word_of_each_is_kept_by_index() -> None:
    fresh = Freshness(HEAD, RULES)
    for index, time_ms in ((2, 5), (0, 9), (2, 7), (2, 6)):
        said = statement(index, time_ms)
        fresh.add_statement(KEYS[index].key, HEAD.hash(), 0, time_ms, said.signature)
    assert fresh.gathered == shown(statement(0, 9), statement(2, 7))


def test_strangers_and_other_heads_are_left_out() -> None:
    fresh = Freshness(HEAD, RULES)
    fresh.add_statement(bytes(32), HEAD.hash(), 0, 5, bytes(64))
    fresh.add_statement(KEYS[1].key, bytes(32), 0, 5, bytes(64))
    assert fresh.merge(FreshHead(7, bytes(32), (statement(1, 5),)))
    assert fresh.gathered == shown()


def test_what_others_gathered_is_taken_where_it_is_much_newer() -> None:
    fresh = Freshness(HEAD, RULES)
    assert fresh.merge(shown(statement(1, 10), statement(3, 10)))
    assert fresh.merge(shown(statement(1, 10 + NEWER_BY_MS - 1), statement(3, 10 + NEWER_BY_MS)))
    assert fresh.gathered == shown(statement(1, 10), statement(3, 10 + NEWER_BY_MS))


def test_a_lie_is_noticed_and_not_kept() -> None:
    fresh = Freshness(HEAD, RULES)
    assert not fresh.merge(shown(replace(statement(1, 10), time_ms=11)))
    assert not fresh.merge(shown(replace(statement(1, 10), validator=9)))
    assert fresh.gathered == shown()
