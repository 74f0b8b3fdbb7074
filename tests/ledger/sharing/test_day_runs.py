"""Runs of many points and slots, which go over several blocks (rules SC1, SC5, SC8, SC9).

What a slot comes to is computed a second time from the values that the test itself brought.
"""

from __future__ import annotations

from dataclasses import replace as with_fields
from typing import Any, Final

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.blocks import Block, check_block
from ledger.chain.parameters import PARTS
from ledger.chain.schema import SWEEPS
from ledger.debts.queries import claims_of_pool, debt_to
from ledger.errors import InvalidBlock, ProofError
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Dynamic, StaticRedistributed
from ledger.sharing.events import ShareBooked, SlotSettled
from ledger.sharing.hourly import outcomes_of
from ledger.sharing.limits import CHUNK_POINTS, MAX_SCHEME_ROWS
from ledger.sharing.members import members_of
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, bookings
from ledger.sharing.payloads import ChangeScheme
from ledger.sharing.payments import run_account
from ledger.sharing.queries import settled_run
from ledger.sharing.roots import by_chunk, root_of, verify_point
from ledger.sharing.schema import DAY_RUNS, MEMBERS, OLD_INPUTS, RUN_PARTS, SCHEMES, Phase, SlotInput
from ledger.sharing.scheme_terms import Participant, Settlement
from ledger.sharing.versions import debt_pool, newest_version, version_of
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.state.overlay import MemoryReader
from ledger.state.table import big_endian
from tests.support.sharing_chain import FIRST_SLOT, KWH, SLOT_MS, SeedPoint, SeedValues, SharingChain, terms

POINTS: Final = 2 * CHUNK_POINTS + 10
SLOTS: Final = 24
OWNERS: Final = {name: number for number, name in enumerate("BCD")}


def owner_of(point: int) -> str:
    return "BCD"[(point - 1) % 3] if point > 3 else "BCD"[point - 1]


def produces(point: int) -> bool:
    return point == 3 or (point > 3 and point % 4 == 0)


def energy(point: int, slot: int) -> int:
    return ((point * 7_919 + slot * 104_729) % 997) * (9_000 if produces(point) else 3_001)


class Street(SharingChain):
    """Many points of three members in three chunks, in the smallest blocks; a node that joins by a snapshot."""

    def __init__(self, points: int = POINTS, **made: Any) -> None:
        self.joined: MemoryReader | None = None
        super().__init__(block_weight=MIN_BLOCK_WEIGHT, **made)
        self.points = range(1, points + 1)
        self.energies = {(point, slot): energy(point, slot) for point in self.points for slot in range(SLOTS)}
        seeds = [
            self.tx(owner_of(point), SeedPoint(point, Direction.INJECTION if produces(point) else 1, point))
            for point in self.points[3:]
        ]
        for first in range(0, len(seeds), 100):
            self.block(seeds[first : first + 100])

    def members(self, numbers: range | None = None) -> tuple[Participant, ...]:
        return tuple(Participant(n, () if produces(n) else (1 + n % 5,)) for n in numbers or self.points)

    def bring(self) -> None:
        """All values of the day, of a point in a transaction."""
        self.block(after_ms=(FIRST_SLOT + SLOTS) * SLOT_MS - self.time_ms)
        for first in range(0, len(self.points), 40):
            self.block([self.value(point, 0, SLOTS) for point in self.points[first : first + 40]])

    def value(self, point: int, slot: int, count: int = 1) -> Any:
        energies = tuple(self.energies[point, at] for at in range(slot, slot + count))
        return self.tx(owner_of(point), SeedValues(point, ValueSource.OWN, FIRST_SLOT + slot, energies))

    def phase(self) -> Phase | None:
        run = self.state.get(DAY_RUNS, big_endian(1))
        return None if run is None else Phase(run.phase)

    def until_phase(self, phase: Phase) -> None:
        while self.phase() != phase:
            assert self.state.first(SWEEPS) is not None, f"the run was never at {phase.name}"
            self.block()

    def join(self) -> None:
        """A node takes the state as it is now, and follows from here on."""
        self.joined = MemoryReader(self.reader.entries())

    def _apply(self, block: Block) -> None:
        if self.joined is not None:
            parent = with_fields(self.parent, state=self.joined)
            raws = [entry.raw for entry in block.transactions]
            again = check_block(self.chain, parent, block.header, raws, frozenset())
            assert again.header == block.header
            self.joined.apply(again.executed.changes)
        super()._apply(block)

    def all_events(self) -> list[Any]:
        return [event for block in self.blocks for receipt in block.executed.receipts for event in receipt.events]

    def twin(self, slots: range, *, check: bool = True) -> dict[bytes, Booking]:
        """What accounts come to by the values that were brought, slot by slot."""
        version = version_of(self.state, 1, FIRST_SLOT)
        members = members_of(self.state, version)
        found: dict[bytes, Booking] = {}
        length = 4 if version.terms.rule.hourly else 1
        by_slot = [[_input(self.energies[member.point, slot]) for member in members] for slot in slots]
        outcomes = [
            outcome
            for first in range(0, len(slots), length)
            for outcome in outcomes_of(
                version.terms, members, (FIRST_SLOT + slots[first]) // length, by_slot[first : first + length]
            )
        ]
        for slot, outcome in zip(slots, outcomes, strict=True):
            for account, booked in bookings(version.terms, members, outcome.rows).items():
                found[account] = found.get(account, NOTHING_BOOKED) + booked
            run = settled_run(self.context(), 1, FIRST_SLOT + slot) if check else None
            if run is None:
                continue
            points = [member.point for member in members]
            assert run.entry.rows_root == root_of(by_chunk(points, outcome.rows)) == root_of(by_chunk(points, run.rows))
            assert run.entry.inputs_root == root_of(by_chunk(points, run.inputs))
            assert run.entry.sums == outcome.sums
        return {account: booked for account, booked in found.items() if booked != NOTHING_BOOKED}


def _input(energy_mwh: int) -> SlotInput:
    return SlotInput(SlotState.MEASURED, ValueSource.OWN, energy_mwh, energy_mwh)


def booked(events: list[Any]) -> dict[bytes, Booking]:
    found: dict[bytes, Booking] = {}
    for event in events:
        if isinstance(event, ShareBooked):
            one = Booking(event.bought_mwh, event.sold_mwh, event.cost, event.revenue, event.fee)
            found[event.account] = found.get(event.account, NOTHING_BOOKED) + one
    return {account: booked for account, booked in found.items() if booked != NOTHING_BOOKED}


@pytest.mark.parametrize(
    ("method", "settlement", "money", "hourly"),
    [
        (Dynamic(), Settlement.SLOT, 10**6 * ENT, False),
        (StaticRedistributed(), Settlement.SLOT, ENT, False),
        (Dynamic(), 2, ENT, False),
        (Dynamic(), Settlement.SLOT, 10**6 * ENT, True),
        (StaticRedistributed(), 2, ENT, True),
    ],
)
def test_sc8_a_run_over_blocks_settles_what_was_there_when_it_began_and_the_next_one_what_changed(
    method: AllocationMethod, settlement: int, money: int, hourly: bool
) -> None:
    chain = Street(money=money)
    fee: dict[str, Any] = {"fee": ENT // 100, "fee_account": address("A")}
    rule = AllocationRule(method, hourly=hourly)
    chain.open(terms(chain.members(), rule=rule, settlement=settlement, **fee))
    chain.bring()
    chain.until_phase(Phase.GATHER)
    began = len(chain.blocks)
    for phase, point in ((Phase.GATHER, 2), (Phase.COMPUTE, 5), (Phase.BOOK, POINTS)):
        chain.until_phase(phase)
        chain.join()
        before = chain.energies[point, 4]
        chain.energies[point, 4] = 77 * KWH
        chain.block([chain.value(point, 4)])
        chain.energies[point, 4] = before
    chain.work_off()
    assert len(chain.blocks) - began > 6
    events = chain.all_events()
    settled = [event for event in events if isinstance(event, SlotSettled)]
    every = [(slot, 1, 1) for slot in range(SLOTS)]
    assert [(event.slot - FIRST_SLOT, event.run, event.day_run) for event in settled] == [
        *every, *((slot, 2, 2) for slot in (range(4, 8) if hourly else (4,))),
    ]  # fmt: skip
    shares = [event for event in events if isinstance(event, ShareBooked)]
    assert len([event for event in shares if event.run == 1]) <= 3 * len("ABCD")
    assert booked([event for event in shares if event.run == 1]) == chain.twin(range(SLOTS), check=False)
    for point in (2, 5, POINTS):
        chain.energies[point, 4] = 77 * KWH
    assert booked(chain.all_events()) == chain.twin(range(SLOTS))
    assert (chain.entries(OLD_INPUTS), chain.entries(RUN_PARTS), chain.entries(DAY_RUNS)) == ({}, {}, {})
    total = sum(booked(chain.all_events()).values(), NOTHING_BOOKED)
    assert (total.bought_mwh, total.cost + total.fee) == (total.sold_mwh, total.revenue)
    _check_money(chain, money, Settlement(settlement))


def _check_money(chain: Street, money: int, settlement: Settlement) -> None:
    """Nothing came or went; what the pool owes is what it is owed."""
    pool = debt_pool(1)
    owed = sum(debt_to(chain.state, address(name), pool) for name in "ABCD")
    assert claims_of_pool(chain.state, pool) == owed
    assert debt_to(chain.state, run_account(1), pool) == 0
    assert sum(chain.has(name) for name in "ABCD") == 3 * money
    figures = booked(chain.all_events())
    for name in "ABCD":
        due = figures.get(address(name), NOTHING_BOOKED).due if settlement == Settlement.SLOT else 0
        if not owed:
            assert chain.has(name) == (money if name != "A" else 0) - due


def test_sc12_a_gift_to_the_account_that_stands_in_for_payers_stops_no_run() -> None:
    chain = Street(money=ENT)
    chain.open(terms(chain.members()))
    chain.bring()
    while not debt_to(chain.state, run_account(1), debt_pool(1)):
        chain.block()
    gift = debt_to(chain.state, run_account(1), debt_pool(1)) // 2
    chain.block([chain.tx("D", Transfer(CURRENCY_ASSET, run_account(1), gift))])
    chain.work_off()
    assert debt_to(chain.state, run_account(1), debt_pool(1)) == 0


def test_sc1_a_large_scheme_comes_by_several_changes_to_one_slot_and_has_one_version_of_them() -> None:
    chain = Street(points=2 * MAX_SCHEME_ROWS + 5)
    rows = [range(first, min(first + MAX_SCHEME_ROWS, len(chain.points) + 1)) for first in (1, 401, 801)]
    for number, some in enumerate(rows):
        change = ChangeScheme(1 if number else 0, FIRST_SLOT, terms(chain.members(some)), bool(number))
        chain.do("D", change)
    version = newest_version(chain.context(), 1)
    assert version is not None
    assert (version.version, version.points, len(chain.entries(SCHEMES))) == (3, len(chain.points), 1)
    assert [member.point for member in members_of(chain.state, version)] == list(chain.points)
    assert len(chain.entries(MEMBERS)) == len({point // CHUNK_POINTS for point in chain.points})
    whole = chain.try_("D", ChangeScheme(1, FIRST_SLOT, terms(chain.members(range(1, 3)))))
    assert whole.code == "bad_scheme"
    later = replace(chain.members(range(500, 501))[0], factor=PARTS // 2)
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 8, terms((later,)), True, (499, 7)))
    assert len(chain.entries(MEMBERS)) == len({point // CHUNK_POINTS for point in chain.points}) + 2
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 4, terms(()), True, (11,)))
    here = version_of(chain.state, 1, FIRST_SLOT + 9)
    assert (here.version, here.points) == (5, len(chain.points) - 1)
    assert 7 in [member.point for member in members_of(chain.state, here)]
    assert chain.try_("D", ChangeScheme(1, FIRST_SLOT + 5, terms(()), True, (11,))).code == "bad_scheme"


def test_sc8_a_point_proves_its_row_through_its_chunk() -> None:
    chain = Street()
    chain.open(terms(chain.members()))
    chain.bring()
    chain.work_off()
    run = settled_run(chain.context(), 1, FIRST_SLOT)
    assert run is not None
    prover, points = run.prover(), [member.point for member in run.members]
    for place in (0, CHUNK_POINTS, POINTS - 1):
        row, other = (by_chunk(points[at : at + 1], run.rows[at : at + 1])[0][0] for at in (place, 1))
        verify_point(run.entry.rows_root, row, prover.of_row(place))
        verify_point(run.entry.inputs_root, by_chunk(points, run.inputs)[0][0], prover.of_input(0))
        with pytest.raises(ProofError):
            verify_point(run.entry.rows_root, other, prover.of_row(place))


def test_a_snapshot_is_what_check_block_reads() -> None:
    """The twin that joined would notice: a state that lacks an input comes to another block."""
    chain = Street(points=8)
    chain.open(terms(chain.members()))
    chain.bring()
    chain.join()
    assert chain.joined is not None
    parts = {key for key in chain.joined.entries() if key[0] == 107}
    chain.joined.apply(dict.fromkeys(sorted(parts)[:1]))
    with pytest.raises(InvalidBlock):
        chain.work_off()
