"""Quorums, 'one honest', and whose turn it is: each held against a slow and obvious twin."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus.pacing import Timeouts
from consensus.signing import NOTHING_SIGNED, SignRecord, Step, may_sign
from consensus.tally import one_honest, power_of
from ledger.chain.certificate import is_quorum
from ledger.chain.genesis import ConsensusMode
from ledger.chain.proposer import proposer
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet


def set_with(powers: list[int]) -> ValidatorSet:
    return ValidatorSet(
        tuple(ValidatorInfo(bytes([i]) * 20, bytes([i]) * 32, p, bytes(20), "") for i, p in enumerate(powers))
    )


@pytest.mark.parametrize("count", range(1, 10))
def test_two_quorums_share_more_than_may_be_faulty(count: int) -> None:
    """The reason for 3p > 2T: whatever f < n/3 lie, some honest validator stands in both quorums."""
    validators = set_with([1] * count)
    faulty = (count - 1) // 3
    least = next(p for p in range(count + 1) if is_quorum(ConsensusMode.PBFT, p, validators))
    assert 2 * least - count > faulty
    assert least <= count - faulty
    smallest = combinations(range(count), least)
    first = set(next(smallest))
    assert all(len(first & set(other)) > faulty for other in combinations(range(count), least))


@pytest.mark.parametrize("count", range(1, 17))
def test_two_majorities_of_authorities_meet(count: int) -> None:
    validators = set_with([1] * count)
    least = next(p for p in range(count + 1) if is_quorum(ConsensusMode.POA, p, validators))
    assert 2 * least > count
    assert least == (count // 2 + 1 if count <= 4 else (count + 1) // 2 + 1)


@pytest.mark.parametrize("count", range(1, 17))
def test_one_honest_is_more_than_may_be_faulty_and_no_more_than_is_there(count: int) -> None:
    validators = set_with([1] * count)
    least = next(p for p in range(count + 1) if one_honest(p, validators))
    assert least > (count - 1) // 3
    assert least <= count - (count - 1) // 3


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.data())
def test_power_counts_each_signer_once(powers: list[int], data: st.DataObject) -> None:
    validators = set_with(powers)
    signers = data.draw(st.lists(st.integers(0, len(powers) - 1), max_size=30))
    assert power_of(signers, validators) == sum(power for index, power in enumerate(powers) if index in signers)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(0, 10**6))
def test_a_validator_proposes_as_often_as_it_has_power(powers: list[int], first: int) -> None:
    validators, total = set_with(powers), sum(powers)
    turns = Counter(proposer(validators, first + place, 0) for place in range(total))
    assert all(turns[index] * total == power * sum(turns.values()) for index, power in enumerate(powers))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(0, 10**6))
def test_as_many_rounds_in_a_row_have_as_many_proposers(powers: list[int], height: int) -> None:
    validators = set_with(powers)
    assert len({proposer(validators, height, round_) for round_ in range(len(powers))}) == len(powers)
    assert proposer(validators, height, len(powers)) == proposer(validators, height, 0)


def test_uneven_powers_do_not_make_an_endless_schedule() -> None:
    validators = set_with([2**62, 1, 3])
    turns = Counter(proposer(validators, height, 0) for height in range(10_000))
    assert set(turns) == {0, 1, 2}


def test_rounds_grow_longer_up_to_a_cap() -> None:
    lengths = [Timeouts().of_round(round_) for round_ in (0, 1, 2, 13, 14, 15, 10**9)]
    assert lengths == [1_000, 1_500, 2_000, 7_500, 8_000, 8_000, 8_000]


places = st.builds(
    SignRecord, st.integers(0, 3), st.integers(0, 3), st.sampled_from(list(Step)), st.binary(min_size=32, max_size=32)
)


@given(st.lists(places, max_size=12))
def test_no_two_values_are_ever_signed_in_one_place(asked: list[SignRecord]) -> None:
    last = NOTHING_SIGNED
    signed: dict[tuple[int, int, int], bytes] = {}
    for wanted in asked:
        if may_sign(last, wanted):
            assert signed.setdefault(wanted.place, wanted.value) == wanted.value
            assert wanted.place >= last.place
            last = wanted
