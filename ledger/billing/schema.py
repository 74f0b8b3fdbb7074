"""Tables of bills."""

from __future__ import annotations

from typing import Any, Final

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Amount, Count, Height, Number, TimeMs
from ledger.state.table import Table


class Treasurer(Value, frozen=True):
    """An account that numbers bills, since a height."""

    since: Height


class BillRun(Value, frozen=True):
    """`count` bills of a period, numbered from the `first` on; see `FinaliseBills`."""

    number: Number
    first: Number
    count: Count
    root: Bytes32
    from_ms: TimeMs
    to_ms: TimeMs
    height: Height


class BillCorrection(Value, frozen=True):
    """A document that took the place of bill `original`, at a height."""

    original: Number
    document: Bytes32
    height: Height


class BillPayments(Value, frozen=True):
    """What was paid for a bill of an asset: on the chain, and by bank as treasurers noted."""

    on_chain: Amount
    by_bank: Amount


class NotedEntry(Value, frozen=True):
    """The bill that an entry of a bank's statement paid, and who noted it."""

    number: Number
    treasurer: Address


TREASURERS: Final = Table(136, "treasurers", "address", Treasurer)
BILL_RUNS: Final = Table(137, "bill_runs", "newest_first", BillRun, group=0)
"""By the first number of a run, the newest first: the run of a number is the first at or after its key."""
BILL_CORRECTIONS: Final = Table(138, "bill_corrections", "number", BillCorrection, group=0)
BILL_PAYMENTS: Final = Table(139, "bill_payments", "asset number", BillPayments)
BANK_ENTRIES: Final = Table(140, "bank_entries", "hash", NotedEntry)

BILLING_TABLES: Final[tuple[Table[Any], ...]] = (
    TREASURERS, BILL_RUNS, BILL_CORRECTIONS, BILL_PAYMENTS, BANK_ENTRIES,
)  # fmt: skip
