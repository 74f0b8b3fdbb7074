"""Corrections wait for more of their day, so that one run takes them; nothing else does (rule SC8)."""

from __future__ import annotations

from typing import Any

from ledger.chain.parameters import PARTS
from ledger.sharing.events import SlotSettled
from ledger.sharing.late_limits import QUIET_BLOCKS
from ledger.sharing.late_schema import WAITING_CORRECTIONS
from ledger.sharing.limits import RUN_INPUT_DAYS
from ledger.sharing.scheme_terms import Participant
from ledger.slots.schema import ValueSource
from tests.support.sharing_chain import FIRST_SLOT, KWH, SeedValues, SharingChain, participants, terms

OWNERS = {1: "B", 2: "C", 3: "D"}


def street() -> SharingChain:
    """Two schemes of the same plant: a home each. Two slots are settled in both."""
    chain = SharingChain()
    for home in (1, 2):
        members = (Participant(home, (1,)), Participant(3, (), PARTS // 2))
        chain.open(terms(members))
    chain.until(FIRST_SLOT + 4)
    for slot in (0, 1):
        chain.values(FIRST_SLOT + slot, {1: KWH, 2: KWH, 3: 3 * KWH})
    return chain


def bring(chain: SharingChain, slot: int, energies: dict[int, int]) -> list[Any]:
    """A block with values; what the sweeps did at its start."""
    chain.block(
        [
            chain.tx(OWNERS[point], SeedValues(point, ValueSource.OWN, FIRST_SLOT + slot, (energy,)))
            for point, energy in energies.items()
        ]
    )
    return settled(chain)


def settled(chain: SharingChain) -> list[tuple[int, int, int]]:
    """What the newest block settled: scheme, slot, run."""
    return [
        (event.scheme, event.slot - FIRST_SLOT, event.run)
        for event in chain.own_events()
        if isinstance(event, SlotSettled)
    ]


def test_sc8_corrections_of_a_day_in_several_blocks_are_one_run_and_first_values_do_not_wait() -> None:
    chain = street()
    assert bring(chain, 0, {1: 2 * KWH}) == []
    assert bring(chain, 1, {1: 2 * KWH}) == []
    # The plant's and both homes' values of another slot of the same day: both schemes settle it in the next block.
    assert bring(chain, 2, {1: KWH, 2: KWH, 3: 2 * KWH}) == []
    chain.block()
    assert settled(chain) == [(1, 2, 1), (2, 2, 1)]
    assert len(chain.entries(WAITING_CORRECTIONS)) == 1
    for _ in range(QUIET_BLOCKS - 3):
        chain.block()
        assert settled(chain) == []
    chain.block()
    assert settled(chain) == [(1, 0, 2), (1, 1, 2)]
    chain.work_off()
    assert chain.entries(WAITING_CORRECTIONS) == {}


def test_sc8_on_the_last_day_on_which_values_make_a_run_no_correction_waits() -> None:
    chain = SharingChain()
    chain.open(terms(participants(p1=(1,), p2=(1,), p3=())))
    chain.until(FIRST_SLOT + 4)
    chain.values(FIRST_SLOT + 8, {1: KWH, 2: KWH, 3: 3 * KWH})
    chain.until(FIRST_SLOT + (RUN_INPUT_DAYS - 1) * 96)
    assert bring(chain, 8, {1: 2 * KWH}) == []
    chain.block()
    assert settled(chain) == []
    chain.work_off()
    chain.until(FIRST_SLOT + RUN_INPUT_DAYS * 96)
    assert bring(chain, 8, {1: 3 * KWH}) == []
    chain.block()
    assert settled(chain) == [(1, 8, 3)]
