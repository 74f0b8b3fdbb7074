"""A street whose months are settled over many blocks; sums of points are put in by transactions of a module of its own.

How sums follow values has tests of its own; so months of many points are cheap.
"""

from __future__ import annotations

from dataclasses import replace as with_fields
from typing import Any, Final

from ledger.chain.blocks import Block, check_block
from ledger.chain.context import Context
from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.encoding.codec import Value
from ledger.encoding.quantities import MilliWattHours, Number
from ledger.governance.admission import MEMBER
from ledger.sharing.credit_following import month_key, note_sum, sum_of
from ledger.sharing.credit_schema import CREDIT_RUNS, MONTH_SUMS, CreditPhase, MonthSum
from ledger.sharing.credit_terms import first_slot_of_month, slots_of_month
from ledger.sharing.members import members_of
from ledger.sharing.schema import SchemeMember
from ledger.sharing.scheme_terms import Participant
from ledger.sharing.versions import version_of
from ledger.slots.clock import clock_of
from ledger.slots.schema import Direction
from ledger.state.overlay import MemoryReader
from ledger.state.table import big_endian
from tests.support.credit_chain import CreditChain
from tests.support.sharing_chain import SeedPoint


class SeedMonth(Value, frozen=True):
    """All of a point's values of a month."""

    point: Number
    month: Number
    energy: MilliWattHours


def _seed_month(context: Context, payload: SeedMonth) -> None:
    clock = clock_of(context)
    slots = slots_of_month(clock, payload.month)
    version = version_of(context.state, 1, first_slot_of_month(clock, payload.month))
    held = sum_of(context, 1, payload.month, payload.point)
    made = MonthSum(payload.energy, len(slots), 0, slots.stop)
    context.state.put(MONTH_SUMS, month_key(1, payload.month) + big_endian(payload.point), made)
    note_sum(context, version, (payload.point, payload.month), held, made)


CREDIT_SEEDS: Final = Module(
    name="credit_seeds",
    places=Places(220),
    types=(TransactionType(220 * 24, "seed_month", SeedMonth, _seed_month, MEMBER),),
)


def produces(point: int) -> bool:
    return point == 3 or (point > 3 and point % 4 == 0)


class CreditStreet(CreditChain):
    """`points` of three members; a node that joined by a snapshot follows."""

    def __init__(self, points: int = 3, **made: Any) -> None:
        self.joined: MemoryReader | None = None
        super().__init__(modules=(CREDIT_SEEDS,), **made)
        self.points = range(1, points + 1)
        seeds = [
            self.tx(self.owner(point), SeedPoint(point, Direction.INJECTION if produces(point) else 1, point))
            for point in self.points[3:]
        ]
        for first in range(0, len(seeds), 50):
            self.block(seeds[first : first + 50])

    def owner(self, point: int) -> str:
        return "BCD"[(point - 1) % 3]

    def members(self, numbers: range | None = None) -> tuple[Participant, ...]:
        return tuple(Participant(n, () if produces(n) else (1 + n % 5,)) for n in numbers or self.points)

    def version(self, month: int) -> list[SchemeMember]:
        """Who takes part in a month."""
        return members_of(self.state, version_of(self.state, 1, self.slots(month).start))

    def sums(self, month: int, energies: dict[int, int]) -> None:
        """Sums of points in a month, by transactions; the sweeps go on in the next blocks."""
        sent = [
            self.tx(self.owner(point), SeedMonth(point, self.first_month + month, energy))
            for point, energy in sorted(energies.items())
        ]
        for first in range(0, len(sent), 40):
            self.block(sent[first : first + 40])

    def phase(self) -> CreditPhase | None:
        run = self.state.get(CREDIT_RUNS, big_endian(1))
        return None if run is None else CreditPhase(run.phase)

    def until_phase(self, phase: CreditPhase) -> None:
        for _ in range(1_000):
            if self.phase() == phase:
                return
            self.block()
        raise AssertionError(f"the run was never at {phase.name}")

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
