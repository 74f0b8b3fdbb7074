"""Runs of many points and slots, which go over several blocks (rules SC1, SC5, SC8, SC9).

What a slot comes to is computed a second time from the values that the test itself brought.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.parameters import PARTS
from ledger.debts.queries import claims_of_pool, debt_to
from ledger.debts.schema import POOL_SUMS
from ledger.errors import InvalidBlock, ProofError
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Dynamic, StaticRedistributed
from ledger.sharing.events import ShareBooked, SlotSettled
from ledger.sharing.limits import CHUNK_POINTS, MAX_SCHEME_ROWS
from ledger.sharing.members import members_of
from ledger.sharing.outcome import NOTHING_BOOKED
from ledger.sharing.payloads import ChangeScheme
from ledger.sharing.payments import run_account
from ledger.sharing.queries import settled_run
from ledger.sharing.roots import by_chunk, verify_point
from ledger.sharing.schema import DAY_RUNS, MEMBERS, OLD_INPUTS, RUN_PARTS, SCHEMES, Phase
from ledger.sharing.scheme_terms import Settlement
from ledger.sharing.versions import debt_pool, newest_version, version_of
from ledger.slots.schema import SLOT_VALUES
from ledger.state.full_key import split_key
from tests.support.sharing_chain import FIRST_SLOT, KWH, terms
from tests.support.sharing_street import POINTS, SLOTS, Street, booked


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
    """Nothing came or went; what the pool owes is what it is owed, and what came in that is too little to divide."""
    pool = debt_pool(1)
    owed = sum(debt_to(chain.state, address(name), pool) for name in "ABCD")
    there = sum(entry.there for key, entry in chain.entries(POOL_SUMS).items() if key == pool.key)
    assert claims_of_pool(chain.state, pool) == owed + there
    assert debt_to(chain.state, run_account(1), pool) == 0
    assert sum(chain.has(name) for name in "ABCD") + there == 3 * money
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
    parts = {key for key in chain.joined.entries() if split_key(key)[0] == SLOT_VALUES.number}
    chain.joined.apply(dict.fromkeys(sorted(parts)[:1]))
    with pytest.raises(InvalidBlock):
        chain.work_off()
