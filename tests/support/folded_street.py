"""A street whose day of values is folded, and what its custodian kept of it."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.encoding.codec import encode
from ledger.sharing.allocation_rules import AllocationMethod
from ledger.sharing.hourly import outcomes_of
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
from ledger.sharing.outcome import Booking, bookings
from ledger.sharing.payloads import ChangeScheme
from ledger.sharing.queries import settled_run
from ledger.sharing.schema import FOLDED_DAYS, SlotInput
from ledger.sharing.scheme_terms import Settlement, SourceOrder
from ledger.sharing.versions import version_of
from ledger.slots.payloads import SetCustodian
from ledger.slots.schema import SlotState, ValueSource
from ledger.state.table import big_endian
from tests.support.sharing_chain import BY_OFFTAKE, FIRST_SLOT, terms
from tests.support.sharing_street import POINTS, Street

DAY: Final = FIRST_SLOT // 96 + 1
SLOTS_SHARED: Final = 24
FILE: Final = b"f" * 32
CUSTODIAN: Final = "D"


class FoldedStreet(Street):
    """A street whose day of values is folded; what its custodian kept of it. The scheme ends with that day."""

    def __init__(
        self,
        points: int = POINTS,
        method: AllocationMethod = BY_OFFTAKE,
        settlement: int = Settlement.SLOT,
        **made: Any,
    ) -> None:
        super().__init__(points, ValueSource.OPERATOR, money=made.pop("money", 10**6 * ENT), **made)
        fee = {"fee": ENT // 100, "fee_account": address("A")}
        self.open(terms(self.members(), method, settlement=settlement, sources=SourceOrder.OPERATOR, **fee))
        self.vote(SetCustodian(address(CUSTODIAN), True))
        numbers = range(1, points + 1)
        end = ChangeScheme(1, FIRST_SLOT + SLOTS_SHARED, terms((), method, settlement=settlement), True, tuple(numbers))
        self.do("D", replace(end, terms=replace(end.terms, sources=SourceOrder.OPERATOR)))
        self.bring()
        self.work_off()
        self.day = self.archive()
        self.until(FIRST_SLOT + 40 * 96)
        assert self.folded() is not None

    def archive(self) -> ArchivedDay:
        slots = range(FIRST_SLOT, FIRST_SLOT + SLOTS_SHARED)
        runs = [(slot, settled_run(self.context(), 1, slot)) for slot in slots]
        day = ArchivedDay(1, DAY, tuple(archived(slot, run) for slot, run in runs if run is not None))
        return ARCHIVED_DAY.decode(encode(day))

    def folded(self) -> Any:
        return self.state.get(FOLDED_DAYS, big_endian(1) + big_endian(DAY))

    def payloads(self, slot: int, energies: dict[int, int]) -> list[CorrectFoldedSlot]:
        return payloads_of(self.day, FIRST_SLOT + slot, FILE, energies)

    def correct(self, slot: int, energies: dict[int, int]) -> list[Any]:
        """Bring a correction, let it be settled, and note it in the archive; what it set off."""
        for payload in self.payloads(slot, energies):
            self.do(CUSTODIAN, payload)
        events = self.work_off()
        old = self.day.newest(FIRST_SLOT + slot)
        entry = self.state.get(LATE_RUNS, big_endian(1) + big_endian(FIRST_SLOT + slot))
        assert old is not None
        assert entry is not None
        chunks = corrected(old, energies, energies)
        points = [point for chunk in chunks for point in chunk.points]
        inputs = [found for chunk in chunks for found in chunk.inputs]
        late = archived_slot(FIRST_SLOT + slot, entry, points, inputs)
        self.day = replace(self.day, late=(*self.day.late, late))
        for point, energy in energies.items():
            self.energies[point, slot] = energy
        return events

    def slot_twin(self, slot: int) -> dict[bytes, Booking]:
        """What accounts come to in a slot by the values as the test knows them, by the slow way."""
        version = version_of(self.state, 1, FIRST_SLOT)
        members = members_of(self.state, version)
        values = [self.energies[member.point, slot] for member in members]
        inputs = [SlotInput(SlotState.IMPORTED, ValueSource.OPERATOR, value, value) for value in values]
        (outcome,) = outcomes_of(version.terms, members, FIRST_SLOT + slot, (inputs,))
        return bookings(version.terms, members, outcome.rows)
