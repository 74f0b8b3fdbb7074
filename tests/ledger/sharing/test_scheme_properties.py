"""Whatever comes in, in whatever order: runs conserve energy and money, and come to what the last values do.

Values, corrections, changes of terms, money coming in and time passing are drawn; the invariants of all modules are
checked after each block (`harness.chain`), here what they cannot see: a twin that knows only the last values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import MintCurrency
from ledger.chain.protocol import context_at
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Dynamic, Static, StaticRedistributed
from ledger.sharing.events import ClaimPaid, DebtPaid, ShareBooked, SlotSettled
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, bookings
from ledger.sharing.payloads import SetScheme
from ledger.sharing.queries import claims_of, debts_of, settled_run
from ledger.sharing.roots import by_chunk, root_of
from ledger.sharing.schema import SCHEME_SUMS
from ledger.sharing.scheme_terms import Settlement
from nodechain.modules import REGISTRY
from tests.support.sharing_chain import FIRST_SLOT, HOUR_MS, KWH, SharingChain, participants, terms

SLOTS = 6
"""An hour and a half."""
METHODS: tuple[AllocationMethod, ...] = (Dynamic(), Static(), StaticRedistributed())
ENERGIES = st.one_of(st.integers(0, 10 * KWH), st.integers(0, 3), st.just(2**40 - 1))


@dataclass
class Folded:
    """What events alone say: figures by account, money, and the newest run of each slot."""

    booked: dict[bytes, Booking] = field(default_factory=dict)
    money: dict[bytes, int] = field(default_factory=dict)
    owes: dict[bytes, int] = field(default_factory=dict)
    is_owed: dict[bytes, int] = field(default_factory=dict)
    runs: dict[int, int] = field(default_factory=dict)

    def take(self, event: object) -> None:
        """One event."""
        match event:
            case SlotSettled():
                assert event.run == self.runs.get(event.slot, 0) + 1
                self.runs[event.slot] = event.run
            case ShareBooked():
                booked = Booking(event.bought_mwh, event.sold_mwh, event.cost, event.revenue, event.fee)
                self.booked[event.account] = self.booked.get(event.account, NOTHING_BOOKED) + booked
                _add(self.money, event.account, event.received - event.paid)
                _add(self.owes, event.account, event.owes)
                _add(self.is_owed, event.account, event.is_owed)
            case DebtPaid():
                _add(self.money, event.account, -event.amount)
                _add(self.owes, event.account, -event.amount)
            case ClaimPaid():
                _add(self.money, event.account, event.amount)
                _add(self.is_owed, event.account, -event.amount)
            case _:
                pass


def _add(found: dict[bytes, int], account: bytes, amount: int) -> None:
    found[account] = found.get(account, 0) + amount


VALUES = st.tuples(st.just("value"), st.integers(0, SLOTS - 1), st.integers(1, 3), ENERGIES)
HOUR = st.tuples(st.just("hour"), st.lists(ENERGIES, min_size=12, max_size=12), st.just(0), st.just(0))
"""Values of all three points in each slot of the first hour."""

MONEY = st.tuples(st.just("money"), st.sampled_from("BCD"), st.integers(1, 10 * ENT), st.just(0))
WAIT = st.tuples(st.just("wait"), st.integers(1, 110), st.just(0), st.just(0))
CHANGE = st.tuples(st.just("change"), st.sampled_from(METHODS), st.integers(0, 9), st.integers(0, 9))


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.one_of(VALUES, VALUES, VALUES, HOUR, MONEY, WAIT, CHANGE), max_size=14),
    method=st.sampled_from(METHODS),
    settlement=st.sampled_from(Settlement),
    fee=st.sampled_from([0, ENT // 100]),
    money=st.sampled_from([0, ENT // 10, 100 * ENT]),
    hourly=st.booleans(),
)
def test_runs_in_any_order_come_to_what_the_last_values_do(
    steps: list[tuple[str, object, int, int]],
    method: AllocationMethod,
    settlement: Settlement,
    fee: int,
    money: int,
    hourly: bool,
) -> None:
    chain = SharingChain(money=money)
    made = terms(
        participants(p1=(3,), p2=(5,), p3=()), rule=AllocationRule(method, hourly=hourly), settlement=settlement,
        fee=fee, fee_account=address("A") if fee else b"",
    )  # fmt: skip
    chain.open(made)
    before = len(chain.blocks)
    minted = dict.fromkeys("BCD", money)
    chain.until(FIRST_SLOT + SLOTS)
    for kind, which, one, two in steps:
        if kind == "value":
            assert isinstance(which, int)
            chain.values(FIRST_SLOT + which, {one: two})
        elif kind == "hour":
            assert isinstance(which, list)
            for slot in range(4):
                chain.values(FIRST_SLOT + slot, dict(enumerate(which[3 * slot : 3 * slot + 3], start=1)))
        elif kind == "money":
            assert isinstance(which, str)
            chain.do("bank", MintCurrency(CURRENCY_ASSET, address(which), one))
            minted[which] += one
            chain.work_off()
        elif kind == "wait":
            assert isinstance(which, int)
            chain.block(after_ms=which * HOUR_MS)
            chain.work_off()
        else:
            slot = -(-(chain.time_ms // 900_000 + 1 + one) // 4) * 4
            members = participants(p1=(one,), p2=(two,), p3=())
            chain.vote(SetScheme(1, slot, replace(made, participants=members)))
    folded = Folded()
    for block in chain.blocks[before:]:
        for receipt in block.executed.receipts:
            for event in receipt.events:
                folded.take(event)
    check(chain, folded, minted, settlement)


def check(chain: SharingChain, folded: Folded, minted: dict[str, int], settlement: Settlement) -> None:
    """Events, tables and the twin say the same, and no unit of energy or money came or went."""
    twin: dict[bytes, Booking] = {}
    for slot in folded.runs:
        entry = chain.run(slot)
        assert entry is not None
        assert entry.run == folded.runs[slot]
        run = settled_run(chain.context(), 1, slot)
        assert run is not None
        assert run.outcome is not None
        assert run.entry.inputs_root == root_of(by_chunk([1, 2, 3], run.inputs))
        assert run.entry.rows_root == root_of(by_chunk([1, 2, 3], run.outcome.rows))
        for account, booked in bookings(run.version.terms, run.members, run.outcome.rows).items():
            twin[account] = twin.get(account, NOTHING_BOOKED) + booked
    assert {key: value for key, value in folded.booked.items() if value != NOTHING_BOOKED} == {
        key: value for key, value in twin.items() if value != NOTHING_BOOKED
    }
    total = sum(folded.booked.values(), NOTHING_BOOKED)
    assert (total.bought_mwh, total.cost + total.fee) == (total.sold_mwh, total.revenue)
    context = context_at(REGISTRY, chain.state, chain.genesis, 99, chain.time_ms)
    for name in "ABCD":
        account = address(name)
        booked = folded.booked.get(account, NOTHING_BOOKED)
        open_amount = debts_of(chain.state, account).get(1, 0) - claims_of(context, account).get(1, 0)
        assert folded.owes.get(account, 0) - folded.is_owed.get(account, 0) == open_amount
        assert chain.has(name) == minted.get(name, 0) + folded.money.get(account, 0)
        if settlement == Settlement.SLOT:
            assert folded.money.get(account, 0) == open_amount - booked.due
        else:
            assert folded.money.get(account, 0) == open_amount == 0
    sums = [SCHEME_SUMS.codec.decode(value) for _key, value in chain.reader.scan(SCHEME_SUMS.number, b"", None)]
    assert sum(entry.bought_mwh for entry in sums) == sum(entry.sold_mwh for entry in sums) == total.sold_mwh


def test_the_twin_would_notice_a_missing_unit() -> None:
    """The check fails where a booking is changed by one base unit."""
    chain = SharingChain()
    chain.open(terms(participants(p1=(1,), p2=(1,), p3=())))
    before = len(chain.blocks)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 6 * KWH})
    folded = Folded()
    for block in chain.blocks[before:]:
        for receipt in block.executed.receipts:
            for event in receipt.events:
                folded.take(event)
    minted = dict.fromkeys("BCD", 100 * ENT)
    check(chain, folded, minted, Settlement.SLOT)
    folded.booked[address("B")] += Booking(cost=1)
    with pytest.raises(AssertionError):
        check(chain, folded, minted, Settlement.SLOT)
