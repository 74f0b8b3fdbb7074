"""What an operator's documents say in a few words, by account: read once each, since a final document never changes."""

from __future__ import annotations

from threading import Lock

import msgspec

from nodechain.billing.archive import BillArchive
from nodechain.billing.canonical import bill_hash, read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.received import ReceivedBills


class IndexedBill(msgspec.Struct, frozen=True):
    """A document and its hash in hex; amounts are cents."""

    number: int
    name: str
    corrects: int
    account: str
    first_day: str
    last_day: str
    issued_day: str
    due_days: int
    charges_cents: int
    credits_cents: int
    due_cents: int
    hash: str


def indexed(bill: Bill, hashed: str) -> IndexedBill:
    """The few words of a document."""
    return IndexedBill(
        number=bill.number,
        name=bill.name,
        corrects=bill.corrects,
        account=bill.account,
        first_day=bill.period.first_day,
        last_day=bill.period.last_day,
        issued_day=bill.issued_day,
        due_days=bill.terms.due_days,
        charges_cents=bill.charges.cents,
        credits_cents=bill.credits.cents,
        due_cents=bill.due_cents,
        hash=hashed,
    )


class DocumentIndex:
    """The documents of a home, its own and those that it received; what came since the last question is read when the
    next one is asked."""

    def __init__(self, archive: BillArchive, received: ReceivedBills) -> None:
        self._archive = archive
        self._received = received
        self._lock = Lock()
        self._found: dict[int, IndexedBill] = {}
        self._last = 0
        self._changed_ns = 0

    def all(self) -> list[IndexedBill]:
        """Every document, the newest first. Raises `DataDamaged`, `NotFound` (no_document)."""
        with self._lock:
            for record in self._archive.records(self._last):
                for place, hashed in enumerate(record.hashes):
                    number = record.first + place
                    bill = read_canonical(self._archive.document(number, record), Bill)
                    self._found[number] = indexed(bill, hashed)
                self._last = record.first
            self._add_received()
            return sorted(self._found.values(), key=lambda each: -each.number)

    def _add_received(self) -> None:
        """An own document is the same as one that was received: the chain has one for a number."""
        changed_ns = self._received.changed_ns()
        if changed_ns and changed_ns == self._changed_ns:
            return
        for number in self._received.numbers():
            if number not in self._found:
                data = self._received.find(number).data
                self._found[number] = indexed(read_canonical(data, Bill), bill_hash(data).hex())
        self._changed_ns = changed_ns

    def of(self, account: str) -> list[IndexedBill]:
        """An account's, the newest first."""
        return [each for each in self.all() if each.account == account]

    def of_one_matter(self, number: int) -> list[int]:
        """A bill, and all documents that took its place or that of one of them, in the order of their numbers."""
        return self.matters()[number]

    def matters(self) -> dict[int, list[int]]:
        """The same of each document, for who asks for all of them."""
        corrected = {each.number: each.corrects for each in self.all()}
        firsts: dict[int, int] = {}
        matters: dict[int, list[int]] = {}
        for number in sorted(corrected):
            # What a document corrects has a lower number, so its first one is known.
            firsts[number] = firsts.get(corrected[number], corrected[number]) or number
            matters.setdefault(firsts[number], []).append(number)
        return {number: matters[first] for number, first in firsts.items()}
