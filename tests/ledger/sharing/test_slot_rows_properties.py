"""Whatever rows and values come, in whatever order: slots come to what the last of them do, over any blocks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, address
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import AllocationRule, Cascade, Dynamic, LevelMethod, Pairs, PairShare
from ledger.sharing.events import SlotSettled
from ledger.sharing.hourly import outcomes_of
from ledger.sharing.members import members_of
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, bookings
from ledger.sharing.payloads import SetScheme
from ledger.sharing.queries import settled_run
from ledger.sharing.rows_schema import OLD_ROWS, SLOT_ROWS, RowsState
from ledger.sharing.rows_values import inputs_root, rows_root
from ledger.sharing.schema import OLD_INPUTS, RUN_PARTS, SCHEME_SUMS, Phase, SlotInput
from ledger.sharing.scheme_terms import Settlement
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from ledger.sharing.versions import version_of
from ledger.slots.payloads import SetCustodian
from ledger.slots.schema import SlotState, ValueSource
from ledger.state.merkle import list_root
from tests.ledger.sharing.cases import WHOLE
from tests.support.rows_chain import CUSTODIAN, RowsChain, Shares, brought, by_rows
from tests.support.sharing_chain import FIRST_SLOT, HOUR_MS, KWH, LAST_SLOT, terms
from tests.support.sharing_street import SLOTS, Street, booked, produces

SLOTS_DRAWN = 2
ENERGY = st.one_of(st.integers(0, 10 * KWH), st.integers(0, 3))
STAND_IN: Shares = {(3, 2): WHOLE // 3}
Step = tuple[str, int, int, object]


@st.composite
def _rows(draw: st.DrawFn) -> Shares:
    first = draw(st.one_of(st.integers(0, WHOLE), st.just(WHOLE // 3)))
    second = draw(st.one_of(st.just(WHOLE - first), st.integers(0, WHOLE - first)))
    return {(3, 1): first, (3, 2): second}


VALUES = st.tuples(st.just("value"), st.integers(0, SLOTS_DRAWN - 1), st.integers(1, 3), ENERGY)
ROWS = st.tuples(st.just("rows"), st.integers(0, SLOTS_DRAWN - 1), st.integers(1, 9), _rows())


def _played(steps: list[Step]) -> RowsChain:
    """A chain on which all steps were done, and the cut-off has passed."""
    chain = RowsChain(STAND_IN, cut_off_ms=HOUR_MS, settlement=Settlement.SLOT)
    chain.vote(SetScheme(1, FIRST_SLOT + SLOTS_DRAWN, terms((), by_rows(STAND_IN), cut_off_ms=HOUR_MS)))
    chain.until(FIRST_SLOT + SLOTS_DRAWN)
    for kind, slot, which, what in steps:
        if kind == "value":
            assert isinstance(what, int)
            chain.values(FIRST_SLOT + slot, {which: what})
        else:
            assert isinstance(what, dict)
            chain.rows(FIRST_SLOT + slot, what, file=bytes((which,)) * 32, issued_ms=which)
    chain.until(LAST_SLOT, after_ms=HOUR_MS)
    return chain


@settings(max_examples=10, deadline=None)
@given(steps=st.lists(st.one_of(VALUES, ROWS, ROWS), max_size=9, unique_by=lambda step: step[:3]), seed=st.integers())
def test_in_any_order_slots_come_to_what_the_last_values_and_rows_do(steps: list[Step], seed: int) -> None:
    shuffled = random.Random(seed).sample(steps, len(steps))
    chains = [_played(steps), _played(shuffled)]
    for slot in range(SLOTS_DRAWN):
        energies = dict.fromkeys((1, 2, 3), 0)
        for kind, at, which, what in steps:
            if (kind, at) == ("value", slot):
                assert isinstance(what, int)
                energies[which] = what
        files = {which: what for kind, at, which, what in steps if (kind, at) == ("rows", slot)}
        last = files[max(files)] if files else STAND_IN
        assert isinstance(last, dict)
        pairs = sorted(last.items())
        method = Pairs(tuple(PairShare(one, other, share) for (one, other), share in pairs))
        keys = AllocationKeys(weights=(1, 1), producers=(3,), consumers=(1, 2))
        flows = SlotFlows([energies[3]], [energies[1], energies[2]])
        wanted = allocate(AllocationRule(method), flows, keys, FIRST_SLOT + slot)
        for chain in chains:
            run = settled_run(chain.context(), 1, FIRST_SLOT + slot)
            assert run is not None
            assert [row.shared_mwh for row in run.rows] == [*wanted.shares, *wanted.delivered]
            assert run.entry.slot_rows == (1 if files else 2)
    sums = [chain.entries(SCHEME_SUMS) for chain in chains]
    assert sums[0] == sums[1]
    here, there = ({name: chain.has(name) for name in "BCD"} for chain in chains)
    assert here == there
    total = NOTHING_BOOKED
    for entry in sums[0].values():
        total += Booking(entry.bought_mwh, entry.sold_mwh, entry.cost, entry.revenue, entry.fee)
    assert (total.bought_mwh, total.cost + total.fee) == (total.sold_mwh, total.revenue)
    assert chains[0].entries(OLD_ROWS) == chains[1].entries(OLD_ROWS) == {}


def shares_of(points: range, slot: int, more: int = 0) -> Shares:
    """Each producer shares a part with three consumers that change by the slot."""
    consumers = [point for point in points if not produces(point)]
    return {
        (producer, consumers[(7 * producer + slot % 2 + near) % len(consumers)]): WHOLE // (4 + near + more)
        for producer in points
        if produces(producer)
        for near in range(3)
    }


class RowsStreet(Street):
    """A street in three chunks and the smallest blocks whose rows come with each slot."""

    def __init__(self, method: LevelMethod | Cascade) -> None:
        super().__init__(money=10**6 * ENT)
        levels = len(method.levels) if isinstance(method, Cascade) else 1
        members = tuple(
            member if not member.keys else type(member)(member.point, member.keys * levels) for member in self.members()
        )
        self.open(terms(members, method, fee=ENT // 100, fee_account=address("A")))
        self.vote(SetCustodian(address(CUSTODIAN), True))
        self.shares = [shares_of(self.points, slot) for slot in range(SLOTS)]

    def rows(self, first: int, count: int, issued_ms: int = 1) -> None:
        made = brought(self.shares[first : first + count], first_slot=FIRST_SLOT + first, issued_ms=issued_ms)
        self.do(CUSTODIAN, made)

    def wanted(self) -> dict[bytes, Booking]:
        """What accounts come to, slot by slot by the pure rules; and that the runs' roots say the same."""
        version = version_of(self.state, 1, FIRST_SLOT)
        members = members_of(self.state, version)
        found: dict[bytes, Booking] = {}
        for slot, shares in enumerate(self.shares):
            values = [self.energies[member.point, slot] for member in members]
            inputs = [SlotInput(SlotState.MEASURED, ValueSource.OWN, value, value) for value in values]
            rows = [(*pair, share) for pair, share in sorted(shares.items())]
            (outcome,) = outcomes_of(version.terms, members, FIRST_SLOT + slot, (inputs,), rows)
            for account, one in bookings(version.terms, members, outcome.rows).items():
                found[account] = found.get(account, NOTHING_BOOKED) + one
            run = settled_run(self.context(), 1, FIRST_SLOT + slot)
            assert run is not None
            assert run.entry.sums == outcome.sums
            assert list(run.rows) == list(outcome.rows)
        return {account: one for account, one in found.items() if one != NOTHING_BOOKED}


@pytest.mark.parametrize("method", [by_rows({}), Cascade((by_rows({}), Dynamic()))])
def test_a_run_over_blocks_is_what_one_step_would_be_and_a_node_that_joined_half_way_agrees(
    method: LevelMethod | Cascade,
) -> None:
    chain = RowsStreet(method)
    chain.bring()
    before = len(chain.blocks)
    chain.rows(0, SLOTS)
    chain.until_phase(Phase.COMPUTE)
    chain.join()
    changed = 5
    chain.shares[changed] = shares_of(chain.points, changed, more=3)
    chain.rows(changed, 1, issued_ms=2)
    assert chain.entries(OLD_ROWS), "the run goes on with what it began with"
    chain.work_off()
    assert len(chain.blocks) - before > 4
    settled = [event for event in chain.all_events() if isinstance(event, SlotSettled)]
    assert [event.run for event in settled if event.slot == FIRST_SLOT + changed] == [1, 2]
    assert booked(chain.all_events()) == chain.wanted()
    assert (chain.entries(OLD_ROWS), chain.entries(OLD_INPUTS), chain.entries(RUN_PARTS)) == ({}, {}, {})
    assert len(chain.entries(SLOT_ROWS)) == SLOTS


def test_the_root_of_inputs_is_over_the_chunks_and_the_rows() -> None:
    chunks = [b"a" * 32, b"b" * 32]
    root, other = (rows_root(state, [(3, 1, 5)]) for state in (RowsState.IMPORTED, RowsState.SUBSTITUTED))
    assert inputs_root(chunks, None) == list_root(chunks)
    assert inputs_root(chunks, root) == list_root([*chunks, root]) != inputs_root(chunks, other)
