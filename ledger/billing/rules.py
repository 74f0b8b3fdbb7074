"""Numbering bills, correcting and paying them (rules BL1 to BL6)."""

from __future__ import annotations

from typing import Final

from ledger.bank.assets import SupplyRule
from ledger.bank.balances import ASSET_KEYS, move
from ledger.bank.genesis import assets_of
from ledger.bank.lines import is_line_taken
from ledger.bank.points import tell_came_in
from ledger.billing.events import BillCorrected, BillPaid, BillsFinalised, PaymentRecorded, TreasurerChanged
from ledger.billing.genesis import BILLING_SECTION
from ledger.billing.limits import MAX_TREASURERS
from ledger.billing.payloads import CorrectBill, FinaliseBills, PayBill, RecordPayment, SetTreasurer
from ledger.billing.schema import (
    BANK_ENTRIES,
    BILL_CORRECTIONS,
    BILL_PAYMENTS,
    BILL_RUNS,
    TREASURERS,
    BillCorrection,
    BillPayments,
    BillRun,
    NotedEntry,
    Treasurer,
)
from ledger.chain.context import Context, in_range
from ledger.errors import Refused
from ledger.governance.members import check_no_meter
from ledger.state.table import big_endian, newest_first

BILL_NUMBERS: Final = b"bill"
RUN_NUMBERS: Final = b"bill_run"
TREASURER_COUNT: Final = b"treasurer"
NOTHING_PAID: Final = BillPayments(0, 0)


def do_finalise_bills(context: Context, payload: FinaliseBills) -> None:
    """Number the bills of a period that is over, right after those before (BL2, BL3)."""
    _require_treasurer(context)
    _require_next(context, payload.first)
    if payload.from_ms >= payload.to_ms:
        raise Refused("the period ends before it begins", code="empty_period")
    if payload.to_ms > context.time_ms:
        raise Refused("the period is not over in the chain's time", code="period_open")
    before = _last_run(context)
    if before is not None and before.to_ms != payload.from_ms:
        raise Refused(
            f"the run before ended at {before.to_ms}, this one begins at {payload.from_ms}", code="period_gap"
        )
    run = context.next_number(RUN_NUMBERS)
    context.change_count(BILL_NUMBERS, payload.count)
    context.state.put(
        BILL_RUNS,
        newest_first(payload.first),
        BillRun(run, payload.first, payload.count, payload.root, payload.from_ms, payload.to_ms, context.height),
    )
    context.emit(
        BillsFinalised(context.sender, run, payload.first, payload.count, payload.root, payload.from_ms, payload.to_ms)
    )


def do_correct_bill(context: Context, payload: CorrectBill) -> None:
    """A document with the next number takes the place of one that stands; nothing of that one changes (BL4)."""
    _require_treasurer(context)
    _require_next(context, payload.number)
    _require_issued(context, payload.original)
    context.change_count(BILL_NUMBERS, 1)
    correction = BillCorrection(payload.original, payload.document, context.height)
    context.state.put(BILL_CORRECTIONS, big_endian(payload.number), correction)
    context.emit(BillCorrected(context.sender, payload.number, payload.original, payload.document))


def do_pay_bill(context: Context, payload: PayBill) -> None:
    """Currency from the sender to the community's account, noted with the bill (BL5)."""
    _require_issued(context, payload.number)
    _require_currency(context, payload.asset)
    account = BILLING_SECTION.of(context.genesis).account
    if account == context.sender:
        raise Refused("the account that bills are paid to cannot pay one", code="same_account")
    move(context.state, context.sender, account, payload.asset, payload.amount)
    note_bill_payment(context, payload.number, context.sender, account, payload.asset, payload.amount)
    tell_came_in(context, account, payload.asset)


def note_bill_payment(context: Context, number: int, payer: bytes, recipient: bytes, asset: int, amount: int) -> None:
    """Note what moved from a payer for a bill, to the account that bills are paid to (BL5)."""
    if not BILLING_SECTION.is_in(context.genesis):
        raise Refused("the chain numbers no bills", code="unknown_bill")
    _require_issued(context, number)
    _require_currency(context, asset)
    if recipient != BILLING_SECTION.of(context.genesis).account:
        raise Refused("bills are paid to another account", code="bill_account")
    _add_payment(context, number, asset, amount, 0)
    context.emit(BillPaid(number, payer, recipient, asset, amount))


def do_record_payment(context: Context, payload: RecordPayment) -> None:
    """What came over a bank, noted with the bill once; it moves nothing on the chain (BL6)."""
    _require_treasurer(context)
    _require_issued(context, payload.number)
    _require_currency(context, payload.asset)
    noted = context.state.get(BANK_ENTRIES, payload.reference)
    if noted is not None:
        raise Refused(f"the bank's entry was noted already, for bill {noted.number}", code="entry_noted")
    if is_line_taken(context, payload.reference):
        raise Refused("currency was minted or burned for this line of the bank's statement", code="line_taken")
    context.state.put(BANK_ENTRIES, payload.reference, NotedEntry(payload.number, context.sender))
    _add_payment(context, payload.number, payload.asset, 0, payload.amount)
    context.emit(PaymentRecorded(context.sender, payload.number, payload.asset, payload.amount, payload.reference))


def check_treasurer(context: Context, action: SetTreasurer) -> None:
    """Refuse a vote that would change nothing, make a meter a treasurer, or leave none (BL1)."""
    check_no_meter(context, action.address)
    if is_treasurer(context, action.address) == action.active:
        raise Refused("the office is as the vote wants it already", code="unchanged")
    count = context.count(TREASURER_COUNT)
    if action.active and count >= MAX_TREASURERS:
        raise Refused(f"there are {MAX_TREASURERS} treasurers, as many as there may be", code="too_many_treasurers")
    if not action.active and count == 1:
        raise Refused("the last treasurer cannot go; vote for another one first", code="last_treasurer")


def set_treasurer(context: Context, action: SetTreasurer) -> None:
    """Carry out a vote (BL1)."""
    check_treasurer(context, action)
    if action.active:
        _appoint(context, action.address)
        return
    context.state.delete(TREASURERS, action.address)
    context.change_count(TREASURER_COUNT, -1)
    context.emit(TreasurerChanged(action.address, False))


def is_treasurer(context: Context, address: bytes) -> bool:
    """Whether the account numbers bills (BL1, N2)."""
    return context.state.get(TREASURERS, address) is not None


def appoint_first_treasurers(context: Context) -> None:
    """Those whom the section names (BL1)."""
    for address in BILLING_SECTION.of(context.genesis).treasurers:
        _appoint(context, address)


def _appoint(context: Context, address: bytes) -> None:
    context.state.put(TREASURERS, address, Treasurer(context.height))
    context.change_count(TREASURER_COUNT, 1)
    context.emit(TreasurerChanged(address, True))


def _last_run(context: Context) -> BillRun | None:
    key = context.state.first(BILL_RUNS)
    return None if key is None else context.state.get(BILL_RUNS, key)


def _add_payment(context: Context, number: int, asset: int, on_chain: int, by_bank: int) -> None:
    key = ASSET_KEYS[asset] + big_endian(number)
    before = context.state.get(BILL_PAYMENTS, key) or NOTHING_PAID
    paid = BillPayments(in_range(before.on_chain + on_chain), in_range(before.by_bank + by_bank))
    context.state.put(BILL_PAYMENTS, key, paid)


def _require_treasurer(context: Context) -> None:
    if not is_treasurer(context, context.sender):
        raise Refused("only a treasurer may do this", code="not_a_treasurer")


def _require_next(context: Context, number: int) -> None:
    """Numbers have no gaps: who sends the second of two runs at a time makes its documents anew (BL2)."""
    expected = context.count(BILL_NUMBERS) + 1
    if number != expected:
        raise Refused(f"the next number of a bill is {expected}, not {number}", code="bill_number")


def _require_issued(context: Context, number: int) -> None:
    if number > context.count(BILL_NUMBERS):
        raise Refused(f"there is no bill {number} yet", code="unknown_bill")


def _require_currency(context: Context, asset: int) -> None:
    assets = assets_of(context.genesis)
    if asset > len(assets):
        raise Refused(f"there is no asset {asset}; there are {len(assets)}", code="unknown_asset")
    if assets[asset - 1].supply != SupplyRule.BANKER:
        raise Refused("bills are paid in a currency", code="not_a_currency")
