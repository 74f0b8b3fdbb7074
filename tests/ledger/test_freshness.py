"""When a head is fresh though no block follows it (rule H12)."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from harness.light_chain import NAMES, LightChain, fresh_head, statement
from ledger.chain.genesis import ConsensusMode
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput, LightError
from ledger.light.freshness import FRESH_HEAD, FreshHead, HeadStatement, fresh_as_of

LATER = 600_000


def chain_of(mode: ConsensusMode = ConsensusMode.PBFT) -> LightChain:
    chain = LightChain(mode=mode)
    chain.grow(2)
    return chain


def as_of(chain: LightChain, said: dict[str, int]) -> int:
    """How long after the head."""
    times = {name: chain.head.time_ms + after for name, after in said.items()}
    shown = fresh_head(chain.head, chain.names, times)
    return fresh_as_of(chain.terms, chain.trusted(2), shown) - chain.head.time_ms


def test_the_latest_time_at_which_a_quorum_has_spoken_counts() -> None:
    chain = chain_of()
    assert as_of(chain, {"V": 5, "W": 9, "X": 7}) == 5
    for times in itertools.permutations((1, 5, 7, 9)):
        assert as_of(chain, dict(zip(NAMES, times, strict=True))) == 5
    assert as_of(chain, {"V": LATER, "W": 9, "X": 7, "Y": 10**9}) == 9, "one that lies moves nothing beyond the others"


def test_poa_needs_a_majority() -> None:
    chain = chain_of(ConsensusMode.POA)
    assert as_of(chain, {"V": 5, "W": 9, "X": 7}) == 5
    with pytest.raises(LightError) as refused:
        as_of(chain, {"V": 5, "W": 9})
    assert refused.value.code == "not_fresh"


def test_it_is_never_before_the_heads_own_time() -> None:
    assert as_of(chain_of(), {"V": -50, "W": -60, "X": -70}) == 0


def wrong(chain: LightChain) -> dict[str, FreshHead]:
    head = chain.head
    good = fresh_head(head, chain.names, dict.fromkeys(NAMES, head.time_ms + LATER))
    first, *others = good.statements
    parent = chain.blocks[1].header
    return {
        "another head": fresh_head(parent, chain.names, dict.fromkeys(NAMES, head.time_ms + LATER)),
        "a head of another height": replace(good, height=good.height + 1),
        "said of another head": replace(good, statements=(statement(parent, NAMES, "V", head.time_ms), *others)),
        "twice": replace(good, statements=(first, *good.statements)),
        "falling": replace(good, statements=good.statements[::-1]),
        "a later time": replace(good, statements=(replace(first, time_ms=first.time_ms + 1), *others)),
        "another round": replace(good, statements=(replace(first, round=1), *others)),
        "a stranger": replace(good, statements=(*good.statements, HeadStatement(4, 0, LATER, bytes(64)))),
    }


@pytest.mark.parametrize("which", sorted(wrong(chain_of())))
def test_what_was_not_said_of_this_head_spoils_the_list(which: str) -> None:
    chain = chain_of()
    with pytest.raises(LightError) as refused:
        fresh_as_of(chain.terms, chain.trusted(2), wrong(chain)[which])
    assert refused.value.code == "bad_statement"


def test_the_set_that_decides_the_next_height_speaks() -> None:
    chain = LightChain()
    chain.grow(2, following=("A", "B", "C", "D"))
    with pytest.raises(LightError):
        as_of(chain, {})
    assert as_of(chain, {"A": 5, "B": 9, "C": 7}) == 5
    old = fresh_head(chain.head, NAMES, dict.fromkeys(NAMES, chain.head.time_ms + LATER))
    with pytest.raises(LightError) as refused:
        fresh_as_of(chain.terms, chain.trusted(2), old)
    assert refused.value.code == "bad_statement"


def test_more_statements_than_validators_do_not_decode() -> None:
    one = HeadStatement(63, 2**40, 2**62, bytes(64))
    assert len(FRESH_HEAD.decode(encode(FreshHead(2**62, bytes(32), (one,) * 64))).statements) == 64
    with pytest.raises(InvalidInput):
        FRESH_HEAD.decode(encode(FreshHead(2**62, bytes(32), (one,) * 65)))
