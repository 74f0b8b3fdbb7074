"""The pool: order, replacement, bounds, and who leaves when it is full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harness.chain import secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import LockWithdrawal
from ledger.chain.envelope import Signature, Transaction, assemble, unsigned
from ledger.chain.pool import MAX_POOL_GUESTS, Pool
from ledger.errors import InclusionError
from ledger.limits import MAX_TRANSACTIONS_PER_SENDER


def transaction(name: str, nonce: int, *, fee: int = 0, amount: int = 1) -> Transaction:
    """A transaction of a form that the pool accepts; the pool never looks at signatures."""
    envelope = unsigned(
        "test-00000000", 2, secret(name).public_key, nonce, LockWithdrawal(CURRENCY_ASSET, amount), fee=fee
    )
    return Transaction(assemble(envelope, (Signature(0, bytes(64)),)))


def order(pool: Pool) -> list[tuple[int, int]]:
    return [(entry.envelope.fee, entry.envelope.nonce) for entry in pool.candidates()]


def test_candidates_come_by_fee_then_arrival_and_each_senders_by_nonce() -> None:
    pool = Pool()
    for entry in (
        transaction("A", 2, fee=9),
        transaction("B", 1, fee=5),
        transaction("A", 1, fee=1),
        transaction("C", 1, fee=5),
    ):
        pool.add(entry, privileged=False)
    assert order(pool) == [(5, 1), (5, 1), (1, 1), (9, 2)]
    assert [entry.sender for entry in pool.candidates()][:2] == [transaction("B", 1).sender, transaction("C", 1).sender]


def test_only_a_higher_fee_replaces_a_nonce() -> None:
    pool = Pool()
    pool.add(transaction("A", 1, fee=3), privileged=False)
    with pytest.raises(InclusionError) as refused:
        pool.add(transaction("A", 1, fee=3, amount=2), privileged=False)
    assert refused.value.code == "nonce_taken"
    (left,) = pool.add(transaction("A", 1, fee=4, amount=2), privileged=False)
    assert left.envelope.fee == 3
    assert order(pool) == [(4, 1)]


def test_a_known_transaction_is_refused() -> None:
    pool = Pool()
    pool.add(transaction("A", 1), privileged=False)
    with pytest.raises(InclusionError) as refused:
        pool.add(transaction("A", 1), privileged=False)
    assert refused.value.code == "known"


def test_a_sender_has_its_share() -> None:
    pool = Pool()
    for nonce in range(MAX_TRANSACTIONS_PER_SENDER):
        pool.add(transaction("A", nonce + 1), privileged=False)
    with pytest.raises(InclusionError) as refused:
        pool.add(transaction("A", 1_000), privileged=False)
    assert refused.value.code == "too_many_of_sender"


def test_when_full_the_lowest_fee_leaves_then_the_newest_of_the_largest_sender() -> None:
    pool = Pool(max_transactions=4)
    for entry, privileged in ((transaction("A", 1, fee=2), True), (transaction("B", 1, fee=2), True)):
        pool.add(entry, privileged=privileged)
    pool.add(transaction("C", 1, fee=1), privileged=True)
    pool.add(transaction("B", 2, fee=2), privileged=True)
    (left,) = pool.add(transaction("D", 1, fee=2), privileged=True)
    assert left.envelope.fee == 1
    (left,) = pool.add(transaction("E", 1, fee=3), privileged=True)
    assert (left.sender, left.envelope.nonce) == (transaction("B", 2).sender, 2)
    with pytest.raises(InclusionError) as refused:
        pool.add(transaction("F", 1, fee=0), privileged=True)
    assert refused.value.code == "pool_full"
    assert len(pool) == 4


def test_a_quarter_is_kept_for_roles_and_meters() -> None:
    pool = Pool(max_transactions=8)
    for name in "ABCDEF":
        pool.add(transaction(name, 1, fee=5), privileged=False)
    with pytest.raises(InclusionError):
        pool.add(transaction("G", 1, fee=5), privileged=False)
    for name in "MN":
        pool.add(transaction(name, 1), privileged=True)
    assert len(pool) == 8
    (left,) = pool.add(transaction("O", 1), privileged=True)
    assert left.envelope.fee == 5


def test_guests_are_few_one_each_and_push_nobody_out() -> None:
    pool = Pool(max_transactions=24)
    for number in range(1_000):
        with suppress(InclusionError):
            pool.add(transaction(f"stranger {number}", 1), privileged=False, guest=True)
    assert len(pool) == len(pool.guests) == MAX_POOL_GUESTS
    with pytest.raises(InclusionError) as again:
        pool.add(transaction("stranger 0", 2), privileged=False, guest=True)
    assert again.value.code == "too_many_of_sender"
    with pytest.raises(InclusionError) as full:
        pool.add(transaction("stranger 1001", 1), privileged=False, guest=True)
    assert full.value.code == "pool_full"
    members = [transaction(f"member {number}", 1) for number in range(24)]
    for number, member in enumerate(members):
        pool.add(member, privileged=number >= 18, expected=1)
    assert {entry.sender for entry in pool.transactions()} == {member.sender for member in members}
    assert pool.guests == ()


def test_a_guest_that_leaves_makes_room_for_another() -> None:
    pool = Pool()
    for number in range(MAX_POOL_GUESTS):
        pool.add(transaction(f"stranger {number}", 1), privileged=False, guest=True)
    pool.remove(transaction("stranger 3", 1).id)
    pool.add(transaction("another", 1), privileged=False, guest=True)
    assert len(pool.guests) == MAX_POOL_GUESTS


def test_bytes_are_bounded() -> None:
    size = len(transaction("A", 1).raw)
    pool = Pool(max_bytes=2 * size)
    for name in "AB":
        pool.add(transaction(name, 1, fee=1), privileged=True)
    pool.add(transaction("C", 1, fee=2), privileged=True)
    assert pool.size_bytes <= 2 * size
    assert len(pool) == 2


def test_what_a_block_made_impossible_is_forgotten() -> None:
    pool = Pool()
    for nonce in (1, 2, 3, 5):
        pool.add(transaction("A", nonce), privileged=False)
    gone = pool.forget_used(transaction("A", 1).sender, 3)
    assert [entry.envelope.nonce for entry in gone] == [1, 2, 3]
    assert pool.nonces_of(transaction("A", 1).sender) == (5,)


def test_squatters_behind_gaps_keep_nobody_out_whatever_fee_they_offer() -> None:
    """10^5 transactions that wait for a nonce which never comes, each of an account of its own, at high fees."""
    pool = Pool(max_transactions=400)
    kept = [transaction(f"squatter {number}", 7, fee=10**9) for number in range(1_000)]
    for turn in range(100):
        for squatter in kept:
            with suppress(InclusionError):
                pool.add(squatter, privileged=False, expected=1)
        assert len(pool) <= 400
        honest = transaction(f"honest {turn}", 1)
        pool.add(honest, privileged=False, expected=1)
        assert pool.get(honest.id) is not None
    assert sum(entry.envelope.fee == 0 for entry in pool.transactions()) == 100


def test_only_a_senders_last_transaction_leaves() -> None:
    pool = Pool(max_transactions=8)
    for nonce, fee in ((1, 0), (2, 9), (3, 9)):
        pool.add(transaction("A", nonce, fee=fee), privileged=True, expected=1)
    for name in "BCDEF":
        pool.add(transaction(name, 1, fee=9), privileged=True, expected=1)
    (left,) = pool.add(transaction("G", 1, fee=10), privileged=True, expected=1)
    assert left.envelope.nonce == 3
    assert pool.nonces_of(transaction("A", 1).sender) == (1, 2)


def test_a_gap_that_a_block_closes_is_none_any_more() -> None:
    pool = Pool(max_transactions=2)
    pool.add(transaction("A", 2, fee=1), privileged=True, expected=1)
    pool.add(transaction("B", 1), privileged=True, expected=1)
    pool.forget_used(transaction("A", 1).sender, 1)
    (left,) = pool.add(transaction("C", 1, fee=1), privileged=True, expected=1)
    assert left.sender == transaction("B", 1).sender


class PoolMachine(RuleBasedStateMachine):
    """Whatever is added and removed, the pool's books are right and its bounds hold."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = Pool(max_transactions=6, max_bytes=1_200)

    @rule(
        name=st.sampled_from("ABC"),
        nonce=st.integers(1, 5),
        fee=st.integers(0, 3),
        privileged=st.booleans(),
    )
    def add(self, name: str, nonce: int, fee: int, *, privileged: bool) -> None:
        before = {entry.id for entry in self.pool.transactions()}
        entry = transaction(name, nonce, fee=fee)
        code, left = self._try(entry, privileged=privileged)
        after = {waiting.id for waiting in self.pool.transactions()}
        match code:
            case "":
                assert after == before - {gone.id for gone in left} | {entry.id}
            case "known" | "nonce_taken":
                assert after == before
            case _:
                assert code == "pool_full"

    def _try(self, entry: Transaction, *, privileged: bool) -> tuple[str, list[Transaction]]:
        try:
            return "", self.pool.add(entry, privileged=privileged)
        except InclusionError as refused:
            return refused.code, []

    @rule(name=st.sampled_from("ABC"), nonce=st.integers(0, 5))
    def forget(self, name: str, nonce: int) -> None:
        self.pool.forget_used(transaction(name, 1).sender, nonce)
        assert all(kept > nonce for kept in self.pool.nonces_of(transaction(name, 1).sender))

    @invariant()
    def books_are_right(self) -> None:
        waiting = self.pool.transactions()
        assert len(waiting) == len(self.pool) <= 6
        assert sum(len(entry.raw) for entry in waiting) == self.pool.size_bytes <= 1_200
        assert {entry.id for entry in self._candidates()} == {entry.id for entry in waiting}

    def _candidates(self) -> Iterator[Transaction]:
        seen: dict[bytes, int] = {}
        for entry in self.pool.candidates():
            assert seen.get(entry.sender, 0) < entry.envelope.nonce
            seen[entry.sender] = entry.envelope.nonce
            yield entry


TestPoolMachine = PoolMachine.TestCase


def is_ready(pool: Pool) -> bool:
    return any(True for _ in pool.ready())


def test_what_waits_for_an_earlier_nonce_makes_no_block_due() -> None:
    pool = Pool()
    assert not is_ready(pool)
    pool.add(transaction("A", 3), privileged=False, expected=1)
    pool.add(transaction("B", 9), privileged=False, expected=8)
    assert not is_ready(pool)
    pool.forget_used(transaction("B", 8).sender, 8)
    assert is_ready(pool), "somebody's block had the one before"
    pool.remove(transaction("B", 9).id)
    pool.add(transaction("A", 1), privileged=False, expected=1)
    assert is_ready(pool)
    pool.remove(transaction("A", 1).id)
    pool.add(transaction("C", 7), privileged=False)
    assert is_ready(pool), "a sender without an order"
