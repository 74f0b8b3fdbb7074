"""A chain whose members share energy by slots; points and values are put in by transactions of a module of its own.

So the rules of sharing are tested whatever brings values in: readings and files have tests of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, START_MS, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.chain.context import Context
from ledger.chain.expiries import first_due_ms
from ledger.chain.header import Event, Receipt
from ledger.chain.numbers import Places
from ledger.chain.protocol import context_at
from ledger.chain.registry import Module, TransactionType
from ledger.chain.schema import SWEEPS, Link
from ledger.chain.section import sections_of
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Count, MilliWattHours, Number
from ledger.governance.admission import MEMBER
from ledger.modules import LEDGER_MODULES
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Dynamic
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from ledger.sharing.payloads import SetScheme
from ledger.sharing.price_rules import FixedPrice
from ledger.sharing.schema import SLOT_RUNS, SettledSlot
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.packing import SlotValue
from ledger.slots.registration import OPEN_POINTS, POINT_NUMBERS
from ledger.slots.schema import OWNER_POINTS, POINTS, Direction, MeteringPoint, OffsetChange, SlotState, ValueSource
from ledger.slots.values import put_values
from ledger.state.table import big_endian

SLOT_MS: Final = 900_000
HOUR_MS: Final = 3_600_000
KWH: Final = 10**6
"""In mWh."""

FIRST_SLOT: Final = START_MS // SLOT_MS + 4
"""With this one schemes of tests begin: the first of a local day, an hour after the genesis."""

LAST_SLOT: Final = FIRST_SLOT + 95
"""The last one of that day."""


class SeedPoint(Value, frozen=True):
    """A point of the sender's."""

    number: Number
    direction: Count
    commissioned: Count


class SeedValues(Value, frozen=True):
    """Values of slots one after the other."""

    point: Number
    source: Count
    first_slot: Number
    energies: tuple[MilliWattHours, ...]


def _seed_point(context: Context, payload: SeedPoint) -> None:
    point = MeteringPoint(
        payload.number, context.sender, payload.direction, "", payload.commissioned, bytes(32), False, 0, 0
    )
    context.state.put(POINTS, big_endian(payload.number), point)
    context.change_count(OPEN_POINTS, 1)
    context.change_count(POINT_NUMBERS, max(payload.number - context.count(POINT_NUMBERS), 0))
    context.state.put(OWNER_POINTS, context.sender + big_endian(payload.number), Link(big_endian(payload.number)))


def _seed_values(context: Context, payload: SeedValues) -> None:
    source = ValueSource(payload.source)
    state = SlotState.MEASURED if source == ValueSource.OWN else SlotState.IMPORTED
    values = [SlotValue(energy, state) for energy in payload.energies]
    put_values(context, payload.point, source, payload.first_slot, values)


SEEDS: Final = Module(
    name="seeds",
    places=Places(224),
    types=(
        TransactionType(224 * 24, "seed_point", SeedPoint, _seed_point, MEMBER),
        TransactionType(224 * 24 + 1, "seed_values", SeedValues, _seed_values, MEMBER),
    ),
)


BY_OFFTAKE: Final = Dynamic()


def participants(**keys: Sequence[int]) -> tuple[Participant, ...]:
    """`p1=(5,)`: point 1 with the key 5; `p2=()`: a producer."""
    found = [Participant(int(name[1:]), tuple(given)) for name, given in keys.items()]
    return tuple(sorted(found, key=lambda participant: participant.point))


def terms(members: tuple[Participant, ...], method: AllocationMethod = BY_OFFTAKE, **changes: Any) -> SchemeTerms:
    """A scheme that settles slot by slot by our meters at a fixed price of 0.1 a kWh."""
    made = SchemeTerms(
        "street", CURRENCY_ASSET, members, AllocationRule(method), FixedPrice(ENT // 10), 0, b"", SourceOrder.OWN,
        1_000, 72 * HOUR_MS, Settlement.SLOT,
    )  # fmt: skip
    return replace(made, **changes)


class SharingChain(ChainFixture):
    """B and C consume at points 1 and 2, D produces at point 3; each of them has 100 of the currency."""

    def __init__(
        self,
        *,
        managers: tuple[str, ...] = ("D",),
        money: int = 100 * ENT,
        modules: tuple[Module, ...] = (),
        also: tuple[tuple[str, bytes], ...] = (),
        slot_ms: int = SLOT_MS,
        offsets: tuple[OffsetChange, ...] = (OffsetChange(0, 60),),
        **genesis: Any,
    ) -> None:
        balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, money) for name in ("B", "C", "D") if money)
        made = make_genesis(**{"balances": balances, **genesis})
        slots = SlotsSection(slot_ms, "Europe/Vienna", offsets, (), (), ())
        sharing = SharingSection(CURRENCY_ASSET, tuple(address(name) for name in managers))
        sections = sections_of(*made.sections, SLOTS_SECTION.holding(slots), SHARING_SECTION.holding(sharing), *also)
        super().__init__(replace(made, sections=sections), (*LEDGER_MODULES, SEEDS, *modules))
        for name, number, direction in (("B", 1, 1), ("C", 2, 1), ("D", 3, 2)):
            self.do(name, SeedPoint(number, Direction(direction), number))

    def open(self, made: SchemeTerms, *, scheme: int = 0, from_slot: int = FIRST_SLOT) -> Receipt:
        """By a vote."""
        return self.vote(SetScheme(scheme, from_slot, made))

    def until(self, slot: int, *, after_ms: int = 0) -> list[Event]:
        """An empty block, `after_ms` past the end of a slot, and what the sweeps do in the next ones."""
        self.block(after_ms=(slot + 1) * SLOT_MS + after_ms - self.time_ms)
        return self.own_events() + self.work_off()

    def work_off(self) -> list[Event]:
        """Blocks until nothing is due and no sweep is left, and what they did."""
        events: list[Event] = []
        while self.state.first(SWEEPS) is not None or 0 < first_due_ms(self.state) <= self.time_ms:
            self.block()
            events += self.own_events()
        return events

    def own_events(self) -> list[Event]:
        """What the newest block did by itself."""
        return list(self.blocks[-1].executed.receipts[0].events)

    def values(self, slot: int, energies: dict[int, int], *, source: ValueSource = ValueSource.OWN) -> list[Event]:
        """Values of a slot by point, each in a transaction, in a block; then all that they set off."""
        payloads = [SeedValues(point, source, slot, (energy,)) for point, energy in sorted(energies.items())]
        owners = {point: self.state.get(POINTS, big_endian(point)) for point in energies}
        names = {address(name): name for name in ("A", "B", "C", "D")}
        sent = [self.tx(names[found.owner], payload) for payload in payloads if (found := owners[payload.point])]
        self.block(sent)
        events = [event for receipt in self.blocks[-1].executed.receipts for event in receipt.events]
        return events + self.work_off()

    def run(self, slot: int, scheme: int = 1) -> SettledSlot | None:
        """The newest run of a slot."""
        return self.state.get(SLOT_RUNS, big_endian(scheme) + big_endian(slot))

    def context(self) -> Context:
        """What rules and queries would see in the next block."""
        height = self.blocks[-1].header.height + 1
        return context_at(self.registry, self.state, self.genesis, height, self.time_ms)

    def has(self, name: str) -> int:
        """What an account may spend of the currency."""
        return balance(self.state, address(name), CURRENCY_ASSET).available
