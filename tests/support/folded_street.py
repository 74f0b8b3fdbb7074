"""A street whose day of values is folded, and what its custodian kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import pytest

from harness.chain import ENT, address
from ledger.chain.context import Context
from ledger.encoding.codec import encode
from ledger.errors import Refused
from ledger.sharing import settlement
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule
from ledger.sharing.booking import book_chunk
from ledger.sharing.hourly import outcomes_of
from ledger.sharing.hours import Together, together_with
from ledger.sharing.late_archive import (
    ARCHIVED_DAY,
    ArchivedDay,
    archived,
    archived_slot,
    corrected,
    payloads_of,
)
from ledger.sharing.late_payloads import CorrectFoldedSlot
from ledger.sharing.late_schema import LATE_RUNS
from ledger.sharing.members import members_of
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, bookings
from ledger.sharing.payloads import ChangeScheme
from ledger.sharing.queries import settled_run
from ledger.sharing.schema import FOLDED_DAYS, DayRun, SchemeVersion, SlotInput
from ledger.sharing.scheme_terms import Settlement, SourceOrder
from ledger.sharing.versions import version_of
from ledger.slots.clock import clock_of
from ledger.slots.payloads import ClosePoint, SetCustodian
from ledger.slots.schema import SlotState, ValueSource
from ledger.state.table import big_endian
from tests.support.sharing_chain import BY_OFFTAKE, FIRST_SLOT, terms
from tests.support.sharing_street import POINTS, SLOTS, Street, owner_of

NO_CHANGES: Final[Mapping[int, int]] = MappingProxyType({})
DAY: Final = FIRST_SLOT // 96 + 1
SLOTS_SHARED: Final = 24
FILE: Final = b"f" * 32
CUSTODIAN: Final = "D"

Changes = Mapping[int, Mapping[int, int]]
"""By slot, counted from the first one, and point."""


class FoldedStreet(Street):
    """A street whose day of values is folded; what its custodian kept of it. The scheme ends with that day.

    `closed`: points, and from which slot on each is closed. `shared`: how many slots the scheme has.
    """

    def __init__(
        self,
        points: int = POINTS,
        method: AllocationMethod = BY_OFFTAKE,
        settlement: int = Settlement.SLOT,
        *,
        hourly: bool = False,
        closed: Mapping[int, int] = NO_CHANGES,
        shared: int = SLOTS_SHARED,
        **made: Any,
    ) -> None:
        self.closed, self.shared = closed, shared
        super().__init__(points, ValueSource.OPERATOR, money=made.pop("money", 10**6 * ENT), **made)
        fee: dict[str, Any] = {"fee": ENT // 100, "fee_account": address("A")}
        rule, sources = AllocationRule(method, hourly=hourly), SourceOrder.OPERATOR
        self.open(terms(self.members(), rule=rule, settlement=settlement, sources=sources, **fee))
        self.vote(SetCustodian(address(CUSTODIAN), True))
        for point, slot in closed.items():
            self.do(owner_of(point), ClosePoint(point, FIRST_SLOT + slot))
        numbers = range(1, points + 1)
        ended = terms((), rule=rule, settlement=settlement, sources=sources)
        self.do("D", ChangeScheme(1, FIRST_SLOT + shared, ended, True, tuple(numbers)))
        self.bring()
        self.work_off()
        self.number_of_day = clock_of(self.context()).local_day(FIRST_SLOT)
        self.until(FIRST_SLOT + 4 * 96)
        self.day = self.archive()
        self.until(FIRST_SLOT + 40 * 96)
        assert self.folded() is not None

    def value(self, point: int, slot: int, count: int = 1) -> Any:
        return super().value(point, slot, min(count, self.closed.get(point, SLOTS) - slot))

    def archive(self) -> ArchivedDay:
        slots = range(FIRST_SLOT, FIRST_SLOT + self.shared)
        runs = [(slot, settled_run(self.context(), 1, slot)) for slot in slots]
        found = tuple(archived(slot, run) for slot, run in runs if run is not None)
        return ARCHIVED_DAY.decode(encode(ArchivedDay(1, self.number_of_day, found)))

    def folded(self) -> Any:
        return self.state.get(FOLDED_DAYS, big_endian(1) + big_endian(self.number_of_day))

    def together(self, slot: int) -> Together:
        """The slots that are settled together with one, which is counted from the first one."""
        rule = version_of(self.state, 1, FIRST_SLOT).terms.rule
        return together_with(clock_of(self.context()), rule, FIRST_SLOT + slot)

    def payloads(self, slot: int, energies: Mapping[int, int]) -> list[CorrectFoldedSlot]:
        return self.payloads_of({slot: energies})

    def payloads_of(self, changes: Changes) -> list[CorrectFoldedSlot]:
        """What corrects some slots, with all slots that are settled together with them."""
        slots = sorted({each for slot in changes for each in self.together(slot).slots})
        return payloads_of(self.day, FILE, {slot: changes.get(slot - FIRST_SLOT, {}) for slot in slots})

    def correct(self, slot: int, energies: Mapping[int, int]) -> list[Any]:
        return self.correct_all({slot: energies})

    def correct_all(self, changes: Changes) -> list[Any]:
        """Bring corrections, let them be settled, and note them in the archive; what they set off."""
        payloads = self.payloads_of(changes)
        begun = len(self.blocks)
        self.block([self.tx(CUSTODIAN, payload) for payload in payloads])
        assert all(not receipt.code for receipt in self.blocks[-1].executed.receipts)
        self.work_off()
        events = [event for block in self.blocks[begun:] for event in block.executed.receipts[0].events]
        for slot in sorted({payload.slot for payload in payloads}):
            self.keep(slot, changes.get(slot - FIRST_SLOT, {}))
        return events

    def keep(self, slot: int, energies: Mapping[int, int]) -> None:
        """Note the late run of a slot."""
        old, entry = self.day.newest(slot), self.state.get(LATE_RUNS, big_endian(1) + big_endian(slot))
        assert old is not None
        assert entry is not None
        chunks = corrected(old, energies, energies)
        points = [point for chunk in chunks for point in chunk.points]
        inputs = [found for chunk in chunks for found in chunk.inputs]
        self.day = self.day.with_late(archived_slot(slot, entry, points, inputs))
        for point, energy in energies.items():
            self.energies[point, slot - FIRST_SLOT] = energy

    def slot_twin(self, slot: int) -> dict[bytes, Booking]:
        """What accounts come to in a slot, or in its hour, by the values as the test knows them, by the slow way."""
        version, together = version_of(self.state, 1, FIRST_SLOT), self.together(slot)
        members = members_of(self.state, version)
        inputs = [[self._input(member.point, each - FIRST_SLOT) for member in members] for each in together.slots]
        found: dict[bytes, Booking] = {}
        for outcome in outcomes_of(version.terms, members, together.number, inputs):
            for account, booked in bookings(version.terms, members, outcome.rows).items():
                found[account] = found.get(account, NOTHING_BOOKED) + booked
        return found

    def _input(self, point: int, slot: int) -> SlotInput:
        if slot >= self.closed.get(point, SLOTS):
            return SlotInput(SlotState.MISSING, ValueSource.OPERATOR, 0, 0)
        value = self.energies[point, slot]
        return SlotInput(SlotState.IMPORTED, ValueSource.OPERATOR, value, value)


def less(after: dict[bytes, Booking], before: dict[bytes, Booking]) -> dict[bytes, Booking]:
    found = {}
    for account in after.keys() | before.keys():
        a, b = after.get(account, NOTHING_BOOKED), before.get(account, NOTHING_BOOKED)
        change = Booking(
            a.bought_mwh - b.bought_mwh, a.sold_mwh - b.sold_mwh, a.cost - b.cost, a.revenue - b.revenue, a.fee - b.fee
        )
        if change != NOTHING_BOOKED:
            found[account] = change
    return found


def give_up(patched: pytest.MonkeyPatch) -> None:
    """Let every run be one whose sums leave the range of stored numbers."""

    def out_of_range(context: Context, version: SchemeVersion, run: DayRun, place: int) -> DayRun:
        if any(run.complete):
            raise Refused("the result would leave the range of stored numbers", code="out_of_range")
        return book_chunk(context, version, run, place)

    patched.setattr(settlement, "book_chunk", out_of_range)
