"""A chain whose members share by the month: slots of an hour, months passing quickly."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import START_MS, address
from ledger.chain.header import Event
from ledger.sharing.allocation_rules import AllocationRule, Credit, PairShare
from ledger.sharing.credit import NO_CLAIMS, Claims
from ledger.sharing.credit_schema import (
    CREDIT_MONTHS,
    CREDIT_SCHEMES,
    MONTH_ROWS,
    OPEN_CLAIMS,
    CreditMonth,
    CreditScheme,
)
from ledger.sharing.credit_terms import slots_of_month
from ledger.sharing.scheme_terms import Participant, SchemeTerms
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import ValueSource
from ledger.state.table import big_endian
from tests.support.sharing_chain import HOUR_MS, SeedValues, SharingChain, participants, terms

DAY_SLOTS: Final = 24


def monthly(
    members: tuple[Participant, ...], *, lifetime: int = 2, rows: tuple[PairShare, ...] = (), **changes: Any
) -> SchemeTerms:
    """A scheme by the month at 0.1 a kWh; values are waited for 30 days, so that few are substituted on the way."""
    made = terms(members, rule=AllocationRule(Credit(rows, lifetime)), cut_off_ms=30 * 24 * HOUR_MS)
    return replace(made, **changes)


class CreditChain(SharingChain):
    """`first_month`: the first one that begins after the genesis."""

    def __init__(self, **made: Any) -> None:
        super().__init__(slot_ms=HOUR_MS, **made)
        self.clock: SlotClock = clock_of(self.context())
        self.first_month = self.clock.local_month(START_MS // HOUR_MS) + 1

    def slots(self, month: int) -> range:
        """Of a month, counted from the first."""
        return slots_of_month(self.clock, self.first_month + month)

    def begin(self, made: SchemeTerms) -> None:
        """Open it with the first month, and go there."""
        assert self.open(made, from_slot=self.slots(0).start).code == ""

    def month_over(self, month: int, *, after_ms: int = 0) -> list[Event]:
        """The last slot of a month is over."""
        end_ms = self.clock.start_ms(self.slots(month).stop) + after_ms
        if end_ms > self.time_ms:
            self.block(after_ms=end_ms - self.time_ms)
        return self.own_events() + self.work_off()

    def bring(self, month: int, energies: dict[int, int], *, source: ValueSource = ValueSource.OWN) -> list[Event]:
        """All values of a month: each point's sum, all of it in one slot a week, the others 0; then what follows."""
        slots = self.slots(month)
        events = self.month_over(month)
        for first in range(slots.start, slots.stop, 7 * DAY_SLOTS):
            count = min(7 * DAY_SLOTS, slots.stop - first)
            sent = []
            for point, total in sorted(energies.items()):
                here = total if first == slots.start else 0
                sent.append(self.tx(self.owner(point), SeedValues(point, source, first, (0,) * (count - 1) + (here,))))
            self.block(sent)
            events += [event for receipt in self.blocks[-1].executed.receipts for event in receipt.events]
        return events + self.work_off()

    def owner(self, point: int) -> str:
        """Who has a point."""
        return {1: "B", 2: "C", 3: "D"}[point]

    def month(self, month: int, scheme: int = 1) -> CreditMonth | None:
        """How far a month is."""
        key = big_endian(scheme) + big_endian(self.first_month + month)
        return self.state.get(CREDIT_MONTHS, key)

    def scheme(self, scheme: int = 1) -> CreditScheme:
        """How far a scheme is."""
        found = self.state.get(CREDIT_SCHEMES, big_endian(scheme))
        assert found is not None
        return found

    def entries_of(self, month: int, scheme: int = 1) -> dict[bytes, bytes]:
        """A month with its rows, as bytes."""
        key = big_endian(scheme) + big_endian(self.first_month + month)
        tables = (CREDIT_MONTHS, MONTH_ROWS)
        found = {}
        for table in tables:
            for place, value in self.reader.scan(table.number, key, key + b"\xff" * 9):
                found[table.full_key(place)] = value
        return found

    def claims(self, point: int, scheme: int = 1) -> Claims:
        """A point's claims as they stand."""
        key = big_endian(scheme) + big_endian(point) + address(self.owner(point))
        return self.state.get(OPEN_CLAIMS, key) or NO_CLAIMS


STREET: Final = participants(p1=(3,), p2=(1,), p3=())
