"""Bills of a home that are not wholly paid, whichever way: who owes, since when, and what of it was reminded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from nodechain.billing.document_index import DocumentIndex, IndexedBill
from nodechain.billing.periods import days_after, days_between
from nodechain.billing.rounding import CentSize

Paid = Callable[[int], int]
"""Base units of the currency that the chain knows to be paid for a number, on it and over the bank."""


class OpenBill(msgspec.Struct, frozen=True):
    """`open_cents` of a bill, due since `due_day`; `overdue_days` on the day that was asked for, 0 before that."""

    bill: IndexedBill
    open_cents: int
    due_day: str
    overdue_days: int


def open_bills(index: DocumentIndex, paid: Paid, size: CentSize, day: str) -> list[OpenBill]:
    """The longest overdue first; bills that another document takes the place of are not in it, what was paid for them
    counts for that one."""
    return sorted(_open(index, paid, size, day), key=lambda each: (-each.overdue_days, each.bill.number))


def _open(index: DocumentIndex, paid: Paid, size: CentSize, day: str) -> Iterator[OpenBill]:
    matters = index.matters()
    for bill in index.all():
        matter = matters[bill.number]
        if bill.due_cents <= 0 or matter[-1] > bill.number:
            continue
        owed = size.base(bill.due_cents) - sum(paid(number) for number in matter)
        if owed <= 0:
            continue
        due_day = days_after(bill.issued_day, bill.due_days)
        late = days_between(due_day, day) if day > due_day else 0
        yield OpenBill(bill, size.rounded(owed), due_day, late)


def open_of_run(index: DocumentIndex, numbers: Iterable[int], found: Iterable[OpenBill]) -> dict[int, int]:
    """What is open of the bills of a run, in cents by number; a correction stands in the place of what it corrects."""
    matters = index.matters()
    wanted = {matters[number][-1] for number in numbers}
    return {each.bill.number: each.open_cents for each in found if each.bill.number in wanted}
