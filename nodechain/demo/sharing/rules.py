"""What points get and pay by a rule: the ledger's own pure functions over the values that somebody has.

So a scheme's sums on the chain can be compared with the arithmetic, and one rule with another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule
from ledger.sharing.price_rules import PriceRule
from ledger.sharing.prices import charged, priced
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from ledger.slots.schema import Direction

Values = Mapping[int, Sequence[int]]
"""By the point's number its energies in mWh, slot by slot; -1: there is none yet."""
MISSING: Final = -1


@dataclass(frozen=True, slots=True)
class SharedSums:
    """A point's sums: energies in mWh, money in base units; a consumer pays `amount` and `fee`, a producer gets it."""

    energy_mwh: int = 0
    shared_mwh: int = 0
    amount: int = 0
    fee: int = 0

    def __add__(self, other: SharedSums) -> SharedSums:
        return SharedSums(
            self.energy_mwh + other.energy_mwh, self.shared_mwh + other.shared_mwh, self.amount + other.amount,
            self.fee + other.fee,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SharingTerms:
    """How a scheme shares: rule, prices, fee per kWh, and each point's direction; keys are equal."""

    method: AllocationMethod
    prices: PriceRule
    fee: int
    directions: Mapping[int, Direction]

    def sums(self, values: Values, first_slot: int) -> dict[int, SharedSums]:
        """Every point's sums over all slots that have a value of every point."""
        producers = [number for number in sorted(values) if self.directions[number] is Direction.INJECTION]
        consumers = [number for number in sorted(values) if self.directions[number] is Direction.OFFTAKE]
        keys = AllocationKeys(weights=[1] * len(consumers), producers=producers, consumers=consumers)
        found = dict.fromkeys(sorted(values), SharedSums())
        for place in range(len(values[consumers[0]])):
            flows = SlotFlows(
                [values[number][place] for number in producers], [values[number][place] for number in consumers]
            )
            if MISSING in flows.injections or MISSING in flows.offtakes:
                continue
            for number, one in self._slot(flows, keys, first_slot + place).items():
                found[number] += one
        return found

    def _slot(self, flows: SlotFlows, keys: AllocationKeys, slot: int) -> dict[int, SharedSums]:
        allocated = allocate(AllocationRule(self.method), flows, keys, slot)
        paid = priced(self.prices, flows, keys, allocated, slot)
        fees = charged(allocated.shares, self.fee, slot)
        taken = zip(keys.consumers, flows.offtakes, allocated.shares, paid.bought, fees, strict=True)
        given = zip(keys.producers, flows.injections, allocated.delivered, paid.sold, strict=True)
        found = {number: SharedSums(energy, shared, amount, fee) for number, energy, shared, amount, fee in taken}
        return found | {number: SharedSums(energy, shared, amount) for number, energy, shared, amount in given}
