"""What people ask of bills. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.bank.balances import ASSET_KEYS
from ledger.billing.rules import BILL_NUMBERS, NOTHING_PAID
from ledger.billing.schema import (
    BANK_ENTRIES,
    BILL_CORRECTIONS,
    BILL_PAYMENTS,
    BILL_RUNS,
    TREASURERS,
    BillCorrection,
    BillPayments,
    BillRun,
    Treasurer,
)
from ledger.chain.context import Context
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian, newest_first


def treasurers(reader: Reader, cursor: bytes | None, limit: int) -> Page[Treasurer]:
    """A page of the treasurers by address."""
    return page_of(reader, TREASURERS, b"", cursor, limit)


def runs(reader: Reader, cursor: bytes | None, limit: int) -> Page[BillRun]:
    """A page of the runs, the newest first."""
    return page_of(reader, BILL_RUNS, b"", cursor, limit)


def next_bill_number(context: Context) -> int:
    """The number that the next bill gets."""
    return context.count(BILL_NUMBERS) + 1


def run_of(reader: Reader, number: int) -> BillRun | None:
    """The run that numbered a bill; None for a correction, or a number not given out."""
    found = page_of(reader, BILL_RUNS, b"", newest_first(number + 1), 1).entries
    if not found or number >= found[0][1].first + found[0][1].count:
        return None
    return found[0][1]


def correction_of(state: State, number: int) -> BillCorrection | None:
    """What a number stands for, if it is a correction's."""
    return state.get(BILL_CORRECTIONS, big_endian(number))


def payments_of(state: State, number: int, asset: int) -> BillPayments:
    """What was paid for a bill of an asset."""
    return state.get(BILL_PAYMENTS, ASSET_KEYS[asset] + big_endian(number)) or NOTHING_PAID


def count_of_corrections(reader: Reader) -> int:
    """How many documents took the place of others."""
    return sum(1 for _entry in reader.scan(BILL_CORRECTIONS.number, b"", None))


def count_of_paid_bills(reader: Reader, asset: int) -> int:
    """How many bills something of an asset was paid for."""
    return sum(1 for _entry in reader.scan(BILL_PAYMENTS.number, ASSET_KEYS[asset], ASSET_KEYS[asset + 1]))


def is_entry_noted(state: State, reference: bytes) -> bool:
    """Whether an entry of a bank's statement was noted, by its hash (BL9)."""
    return state.get(BANK_ENTRIES, reference) is not None


def noted_bill(state: State, reference: bytes) -> int:
    """The bill that a line of a bank's statement was noted for; 0: none."""
    found = state.get(BANK_ENTRIES, reference)
    return 0 if found is None else found.number
