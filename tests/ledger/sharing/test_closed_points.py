"""A slot in which some points of a scheme are closed waits only for the values that can come (SC5)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain.parameters import PARTS
from ledger.limits import MIN_BLOCK_WEIGHT, TRANSACTION_SHARE
from ledger.sharing.absent import AbsentPoints, absence, absent_in, absent_points
from ledger.sharing.limits import MAX_SCHEMES_PER_POINT
from ledger.sharing.payloads import SetScheme
from ledger.sharing.schema import ABSENT_POINTS, AbsentChange, FactorChange, Participation
from ledger.sharing.versions import factor_at
from ledger.sharing.weights import CLOSED_SHARE
from ledger.slots.limits import MAX_POINTS_PER_OWNER
from ledger.slots.payloads import ClosePoint
from ledger.slots.schema import Direction
from ledger.slots.weights import POINT_CHANGE
from tests.support.sharing_chain import FIRST_SLOT, KWH, SeedPoint, SharingChain, participants, terms

MEMBERS = participants(p1=(1,), p2=(1,), p3=())


def absent(chain: SharingChain) -> AbsentPoints:
    return absent_points(chain.context(), 1, FIRST_SLOT, FIRST_SLOT + 96)


def test_sc5_a_slot_does_not_wait_for_a_point_that_is_closed_in_it() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.do("C", ClosePoint(2, FIRST_SLOT + 2))
    chain.until(FIRST_SLOT + 2)
    for slot in (1, 2):
        chain.values(FIRST_SLOT + slot, {1: KWH, 3: KWH})
    assert chain.run(FIRST_SLOT + 1) is None, "point 2 has this slot, and its value may come"
    found = chain.run(FIRST_SLOT + 2)
    assert found is not None
    assert (found.run, found.substituted, found.sums.shared_mwh) == (1, 1, KWH)
    assert absent(chain) == AbsentPoints(0, (AbsentChange(FIRST_SLOT + 2, 1),))


def test_sc5_who_is_closed_and_leaves_is_not_counted_twice() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.do("C", ClosePoint(2, FIRST_SLOT + 2))
    chain.do("A", SeedPoint(4, Direction.OFFTAKE, 4))
    chain.vote(SetScheme(1, FIRST_SLOT + 3, terms(participants(p1=(1,), p3=(), p4=(1,)))))
    assert absent(chain) == AbsentPoints(0, (AbsentChange(FIRST_SLOT + 2, 1), AbsentChange(FIRST_SLOT + 3, -1)))
    chain.until(FIRST_SLOT + 3)
    chain.values(FIRST_SLOT + 2, {1: KWH, 3: KWH})
    chain.values(FIRST_SLOT + 3, {1: KWH, 3: KWH})
    assert (chain.run(FIRST_SLOT + 2) is not None, chain.run(FIRST_SLOT + 3)) == (True, None)
    chain.values(FIRST_SLOT + 3, {4: KWH})
    assert chain.run(FIRST_SLOT + 3) is not None


def test_sc5_a_leaving_that_is_taken_back_counts_no_longer() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.vote(SetScheme(1, FIRST_SLOT + 5, terms(participants(p1=(1,), p3=()))))
    chain.do("C", ClosePoint(2, FIRST_SLOT + 3))
    later = (AbsentChange(FIRST_SLOT + 3, 1), AbsentChange(FIRST_SLOT + 5, -1))
    assert absent(chain) == AbsentPoints(0, later)
    change = terms(participants(p1=(2,)))
    chain.vote(SetScheme(1, FIRST_SLOT + 4, change, others_stay=True))
    assert absent(chain) == AbsentPoints(0, later[:1])
    chain.until(FIRST_SLOT + 6)
    chain.values(FIRST_SLOT + 6, {1: KWH, 3: KWH})
    assert chain.run(FIRST_SLOT + 6) is not None


CHANGES = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([0, 1, PARTS])), max_size=5, unique_by=lambda each: each[0]
)


@settings(max_examples=300)
@given(CHANGES, st.integers(1, 12))
def test_an_absence_counts_where_a_point_takes_part_and_is_closed(changes: list[tuple[int, int]], until: int) -> None:
    shares = Participation(tuple(FactorChange(*change) for change in sorted(changes)))
    found = absence(shares, until)
    counted = AbsentPoints(0, tuple(AbsentChange(*change) for change in sorted(found.items())))
    for slot in range(15):
        assert absent_in(counted, slot) == (slot >= until and factor_at(shares, slot) > 0)


def test_an_owner_with_all_its_points_in_all_its_schemes_is_expelled_in_one_transaction() -> None:
    """What its points weigh leaves room in half of the smallest block."""
    most = MAX_POINTS_PER_OWNER * (POINT_CHANGE + MAX_SCHEMES_PER_POINT * CLOSED_SHARE)
    assert most <= MIN_BLOCK_WEIGHT // TRANSACTION_SHARE // 2


def test_sc5_what_is_old_is_put_together_and_what_is_far_ahead_is_not_read() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.do("C", ClosePoint(2, FIRST_SLOT + 2))
    chain.do("B", ClosePoint(1, FIRST_SLOT + 60 * 96))
    assert absent(chain) == AbsentPoints(0, (AbsentChange(FIRST_SLOT + 2, 1),))
    assert len(chain.entries(ABSENT_POINTS)) == 2
    chain.until(FIRST_SLOT + 40 * 96)
    chain.do("D", ClosePoint(3, FIRST_SLOT + 50 * 96))
    assert [each.changes for each in chain.entries(ABSENT_POINTS).values()] == [
        (AbsentChange(0, 1),), (AbsentChange(FIRST_SLOT + 50 * 96, 1),), (AbsentChange(FIRST_SLOT + 60 * 96, 1),),
    ]  # fmt: skip
    found = absent_points(chain.context(), 1, FIRST_SLOT + 55 * 96, FIRST_SLOT + 56 * 96)
    assert found == AbsentPoints(2, ())
