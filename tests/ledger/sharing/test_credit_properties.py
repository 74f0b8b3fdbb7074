"""Claims against a twin that takes one mWh after the other, and months over blocks against one step (CR2 to CR8)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from harness.chain import ENT
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.credit import ClaimLot, Claims, corrected, take
from ledger.sharing.credit_events import CreditBooked, MonthSettled
from ledger.sharing.credit_outcome import month_outcome
from ledger.sharing.credit_queries import settled_month
from ledger.sharing.credit_schema import CREDIT_PARTS, CREDIT_RUNS, CREDIT_SUMS, OPEN_CLAIMS, CreditPhase
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.roots import by_chunk, root_of
from ledger.sharing.schema import SCHEME_SUMS
from ledger.sharing.scheme_terms import Settlement
from tests.support.credit_chain import monthly
from tests.support.credit_street import CreditStreet, produces
from tests.support.sharing_chain import KWH

MARKET = MidMarket(3 * ENT // 10, ENT // 10)
MONTH, LIFETIME = 100, 3

small = st.integers(0, 12)
standing = st.builds(
    lambda lots, owed: (
        Claims(tuple(ClaimLot(MONTH + until, energy) for until, energy in sorted(lots.items())), 0)
        if lots
        else Claims((), owed)
    ),
    st.dictionaries(st.integers(-1, LIFETIME), st.integers(1, 9)),
    small,
)


def one_by_one(offtake: int, part: int, before: Claims, stays: bool) -> tuple[int, dict[int, int], int, int]:
    """Share, lots, owed and expired: each mWh by itself."""
    tokens = [lot.until for lot in before.lots for _ in range(lot.energy_mwh)]
    owed, share, fresh = before.owed_mwh, 0, 0
    for _ in range(part):
        if owed:
            owed -= 1
        else:
            fresh += 1
    for _ in range(offtake):
        usable = [until for until in tokens if until >= MONTH]
        if usable:
            tokens.remove(min(usable))
        elif fresh:
            fresh -= 1
        else:
            break
        share += 1
    tokens += [MONTH + LIFETIME] * fresh
    left = [until for until in tokens if until > MONTH and stays]
    expired = len(tokens) - len(left) - (0 if stays else owed)
    return share, {until: left.count(until) for until in left}, owed if stays else 0, expired


@given(small, small, standing, st.booleans())
def test_cr4_a_consumer_takes_its_oldest_claims_first_mwh_by_mwh(
    offtake: int, part: int, before: Claims, stays: bool
) -> None:
    found = take(offtake, part, before, MONTH, LIFETIME, stays=stays)
    lots = {lot.until: lot.energy_mwh for lot in found.after.lots}
    assert (found.share_mwh, lots, found.after.owed_mwh, found.expired_mwh) == one_by_one(offtake, part, before, stays)
    assert part + before.net_mwh == found.share_mwh + found.after.net_mwh + found.expired_mwh


@given(small, small, small, small, standing)
def test_cr7_a_correction_of_the_newest_month_comes_to_what_it_would_have_been(
    offtake: int, part: int, offtake_now: int, part_now: int, before: Claims
) -> None:
    old = take(offtake, part, before, MONTH, LIFETIME)
    new = take(offtake_now, part_now, before, MONTH, LIFETIME)
    found = corrected(old.after, old.after, new.after, MONTH, MONTH + LIFETIME, stays=True)
    assert (found.after.net_mwh, found.expired_mwh) == (new.after.net_mwh, 0)
    if not (old.after.owed_mwh or new.after.owed_mwh):
        assert found.after == new.after


@given(standing, standing, standing, st.integers(MONTH - 1, MONTH + LIFETIME), st.booleans())
def test_cr7_a_correction_of_any_month_keeps_every_mwh(
    now: Claims, before: Claims, after: Claims, last: int, stays: bool
) -> None:
    now = now if stays else Claims((), 0)
    found = corrected(now, before, after, last, MONTH + LIFETIME, stays=stays)
    assert now.net_mwh + after.net_mwh - before.net_mwh == found.after.net_mwh + found.expired_mwh
    assert not (found.after.lots and found.after.owed_mwh)
    assert all(lot.energy_mwh > 0 for lot in found.after.lots)
    known = {lot.until for lot in now.lots}
    assert all(lot.until in known or lot.until > last for lot in found.after.lots)
    assert stays or found.after == Claims((), 0)


def energy(point: int, month: int) -> int:
    return ((point * 7_919 + month * 104_729) % 997) * (90_000 if produces(point) else 30_001)


def settled_over_blocks(weight: int, *, join: bool, points: int = 70, money: int = ENT) -> tuple[Any, ...]:
    """Two months and a correction of the first; what came of it."""
    chain = CreditStreet(points, block_weight=weight, money=money)
    chain.begin(monthly(chain.members(), prices=MARKET))
    for month in range(2):
        chain.month_over(month)
        chain.sums(month, {point: energy(point, month) for point in chain.points})
        if join and not month:
            for phase in (CreditPhase.TAKE, CreditPhase.BOOK):
                chain.until_phase(phase)
                chain.join()
        chain.work_off()
    began = len(chain.blocks)
    chain.sums(0, {2: 5 * KWH, 4: 0})
    chain.work_off()
    runs = [event for event in chain.all_events() if isinstance(event, MonthSettled)]
    months = [settled_month(chain.context(), 1, chain.first_month + month) for month in range(2)]
    for month, found in enumerate(months):
        assert found is not None
        members, numbers = found.members, [member.point for member in found.members]
        inputs = [entry.input for entry in found.entries]
        again = month_outcome(found.version.terms, members, chain.first_month + month, found.month.run, inputs)
        assert again == list(found.entries)
        assert root_of(by_chunk(numbers, inputs)) == found.month.inputs_root
    kept = [dict(chain.reader.scan(table.number, b"", None)) for table in (OPEN_CLAIMS, CREDIT_SUMS, SCHEME_SUMS)]
    for table in (CREDIT_RUNS, CREDIT_PARTS):
        assert list(chain.reader.scan(table.number, b"", None)) == []
    return (
        [(event.month, event.run, event.rows_root, event.inputs_root) for event in runs],
        kept,
        len(chain.blocks) - began,
    )


def test_cr2_over_many_small_blocks_it_comes_to_the_same_as_in_few_and_for_who_joined_between() -> None:
    small_blocks, kept, count = settled_over_blocks(MIN_BLOCK_WEIGHT, join=True)
    large_blocks, kept_too, few = settled_over_blocks(50 * MIN_BLOCK_WEIGHT, join=False)
    assert small_blocks == large_blocks
    assert kept == kept_too
    assert len(small_blocks) == 3
    assert few < count


class Months(RuleBasedStateMachine):
    """Months pass, sums change, points leave and come; a chain of tests holds its invariants in each block."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = CreditStreet(8)
        self.chain.begin(monthly(self.chain.members(), prices=MARKET, settlement=Settlement.SLOT))
        self.month = -1
        self.there = set(self.chain.points)

    @rule(data=st.data())
    def month_passes(self, data: st.DataObject) -> None:
        self.month += 1
        if self.month and data.draw(st.integers(0, 2)) == 0:
            self.there ^= {data.draw(st.sampled_from([1, 2, 5]))}
            self.there |= {6}
        members = tuple(one for one in self.chain.members() if one.point in self.there)
        if data.draw(st.booleans()):
            lifetime = data.draw(st.integers(1, 3))
            slot = self.chain.slots(self.month + 1).start
            self.chain.open(monthly(members, lifetime=lifetime, prices=MARKET), scheme=1, from_slot=slot)
        self.chain.month_over(self.month)
        self.bring(data, self.month)

    def bring(self, data: st.DataObject, month: int) -> None:
        found = settled_month(self.chain.context(), 1, self.chain.first_month + month)
        version = self.chain.version(month)
        numbers = [member.point for member in version]
        some = numbers if found is None else data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=3))
        self.chain.sums(month, {point: data.draw(st.integers(0, 40)) for point in sorted(some)})
        self.chain.work_off()

    @precondition(lambda self: self.month >= 0)
    @rule(data=st.data())
    def values_change(self, data: st.DataObject) -> None:
        self.bring(data, self.month - data.draw(st.integers(0, min(1, self.month))))

    def teardown(self) -> None:
        events = [event for event in self.chain.all_events() if isinstance(event, CreditBooked)]
        scheme = self.chain.scheme()
        claims = sum(
            OPEN_CLAIMS.codec.decode(value).net_mwh
            for _key, value in self.chain.reader.scan(OPEN_CLAIMS.number, b"", None)
        )
        assert scheme.parts_mwh == scheme.shared_mwh + scheme.expired_mwh + claims
        assert sum(event.claims_mwh for event in events) == claims
        assert sum(event.expired_mwh for event in events) == scheme.expired_mwh
        assert sum(event.bought_mwh - event.sold_mwh for event in events) == 0
        assert sum(event.due for event in events) == 0


def test_cr7_whatever_comes_no_mwh_and_no_base_unit_is_lost() -> None:
    run_state_machine_as_test(Months, settings=settings(max_examples=6, stateful_step_count=8, deadline=None))
