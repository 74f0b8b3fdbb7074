"""`nodechain bill bank`: statements of the bank in, debits and transfers out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.billing.payloads import RecordPayment
from ledger.keys.address import address_of, format_address
from market.denominations import Denominations
from nodechain.billing.archive import BillArchive
from nodechain.billing.bank_statement import MAX_STATEMENT_BYTES, MatchedEntry, match_entries, read_statement
from nodechain.billing.document import Bill
from nodechain.billing.document_index import DocumentIndex
from nodechain.billing.forms import extra
from nodechain.billing.member_book import MemberBook
from nodechain.billing.open_bills import open_of_run
from nodechain.billing.periods import local_day
from nodechain.billing.received import ReceivedBills
from nodechain.billing.rounding import CentSize
from nodechain.billing.sepa_files import check_total, debits_of, payouts_of
from nodechain.billing.settings import read_settings
from nodechain.billing.sheet import cents_text, reference_of
from nodechain.commands.bill_remind import open_here
from nodechain.commands.sending.chain import chain_time_ms, signing_genesis
from nodechain.commands.sending.in_turn import check_signs_alone, decided
from nodechain.commands.sending.send import How, sender_key, sender_name
from nodechain.commands.terminal.batches import goes_on
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import table
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import LedgerRefused, UsageError
from nodechain.files.user_file import read_user_file

NOTED: Final = "entry_noted"
_GO_ON: Final = "Take the file in again: what is noted is left out."
_out = click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)


@click.group()
def bank() -> None:
    """Payments over a bank: take a statement in, write debits and transfers for it."""


@bank.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be noted.")
@sending
def import_(invocation: Invocation, how: How, *, file: Path, dry_run: bool) -> None:
    """Note what FILE (camt.053 or CSV) says was paid for bills (treasurer).

    An entry that was noted before is left out, also in another file; parts of an amount are noted as they come. What
    pays no known bill is listed. All that can be known before is checked before the first note is sent: who sends is a
    treasurer, this home can sign alone, and the chain knows every bill.
    """
    genesis = signing_genesis(invocation)
    currency = Denominations.of(genesis).assets[CURRENCY_ASSET - 1]
    entries = read_statement(read_user_file(file, MAX_STATEMENT_BYTES, "bank statement"))
    known = {name: bill.number for bill in _bills(invocation) for name in (bill.name, reference_of(bill))}
    matched = match_entries(entries, known, currency.code)
    size = CentSize.of(currency.decimals)
    if not dry_run:
        _check_before_sending(invocation, how, {each.number for each in matched if not each.reason})
    rows = note_all(invocation, how, matched, size, dry_run=dry_run)
    text = table(("DATE", "AMOUNT", "BILL", "WHAT BECAME OF IT", "TEXT"), [tuple(row.values())[:5] for row in rows])
    invocation.show({"entries": rows}, text if rows else "No booked entries.", rows)


def note_all(
    invocation: Invocation, how: How, matched: Sequence[MatchedEntry], size: CentSize, *, dry_run: bool
) -> list[dict[str, Any]]:
    """Note each entry that pays a bill, one after the other; what became of each."""
    rows = []
    with goes_on(_GO_ON), Progress("entry", len(matched)) as progress:
        for place, each in enumerate(matched):
            said = each.reason or ("would be noted" if dry_run else _note(invocation, how, each, size))
            rows.append(_row(each, said))
            progress.at(place + 1)
    return rows


def _check_before_sending(invocation: Invocation, how: How, numbers: set[int]) -> None:
    """Raises `LedgerRefused` (not_a_treasurer), `UsageError` (too_few_signatures), `NotFound` (unknown_bill)."""
    if not numbers:
        return
    name = sender_name(invocation)
    key = sender_key(invocation, name)
    if format_address(address_of(key)) not in invocation.node.bills.billing()["treasurers"]:
        raise LedgerRefused(
            f"{name} is no treasurer", code="not_a_treasurer", advice="Voters appoint treasurers: `vote set-treasurer`."
        )
    check_signs_alone(invocation, how, key, "a statement")
    for number in sorted(numbers):
        invocation.node.bills.bill(number)


def _bills(invocation: Invocation) -> Iterable[Bill]:
    return (bill for bill, _hashed in BillArchive(invocation.home).bills())


def _row(matched: MatchedEntry, said: str) -> dict[str, Any]:
    return {
        "date": matched.entry.date,
        "amount": cents_text(matched.entry.cents),
        "bill": str(matched.number or "-"),
        "result": said,
        "text": matched.entry.text[:60],
        "hash": matched.entry.hash.hex(),
    }


def _note(invocation: Invocation, how: How, matched: MatchedEntry, size: CentSize) -> str:
    """Send one note and wait for it; an entry that the chain knows is no error."""
    payload = RecordPayment(matched.number, CURRENCY_ASSET, size.base(matched.entry.cents), matched.entry.hash)
    code = decided(invocation, how, payload, _GO_ON)
    if code and code != NOTED:
        raise LedgerRefused(
            f"the entry of {matched.entry.date} was not noted: {code}", code=code,
            advice="Those before it are noted; correct the reason and take the file in again.",
        )  # fmt: skip
    return "noted before" if code else "noted"


@bank.command()
@click.option("--run", "first", type=click.IntRange(min=1), required=True, help="The first number of the bills' run.")
@click.option("--collect", metavar="DATE", required=True, help="The day on which the bank collects.")
@click.option("--scheme", type=click.Choice(["CORE", "B2B"]), default="CORE", help="Of the mandates.")
@_out
@command
def debits(invocation: Invocation, *, first: int, collect: str, scheme: str, file: Path) -> None:
    """Write a pain.008.001.08 of what is open of the bills of a run, by the members' mandates.

    What was paid on the chain, or noted of a bank's statement, is not collected again.
    """
    archive = BillArchive(invocation.home)
    settings, code = read_settings(archive.settings), _code(invocation)
    numbers = range(first, first + len(archive.run_of(first).hashes))
    index = DocumentIndex(archive, ReceivedBills(invocation.home))
    day = local_day(chain_time_ms(invocation.node.status()), settings.zone)
    open_cents = open_of_run(index, numbers, open_here(invocation, index, signing_genesis(invocation), day))
    entries = MemberBook(archive.book, lambda: invocation.passwords.ask("the member book")).entries()
    bills = (bill for bill in _bills(invocation) if bill.number in open_cents)
    found, without = debits_of(bills, entries, open_cents)
    chosen = tuple(debit for debit in found if debit.scheme == scheme)
    total = check_total(chosen)
    data: bytes = extra("sepa_form").debit_file(settings.seller, chosen, collect, scheme, code)
    _write(invocation, file, data, total, len(chosen), without)


@bank.command()
@click.option("--execute", metavar="DATE", required=True, help="The day on which the bank pays.")
@click.option("--run", "first", type=click.IntRange(min=1), required=True, help="The first number of the bills' run.")
@_out
@command
def transfers(invocation: Invocation, *, execute: str, first: int, file: Path) -> None:
    """Write a pain.001.001.09 of what the bills of a run bring beside what moved on the chain.

    That is what schemes that settle by period bring their producers. What members withdraw, `nodechain bank pay` pays.
    """
    archive = BillArchive(invocation.home)
    settings = read_settings(archive.settings)
    entries = MemberBook(archive.book, lambda: invocation.passwords.ask("the member book")).entries()
    numbers = range(first, first + len(archive.run_of(first).hashes))
    found, without = payouts_of((bill for bill in _bills(invocation) if bill.number in numbers), entries)
    total = check_total(found)
    data: bytes = extra("sepa_form").transfer_file(settings.seller, found, execute, _code(invocation))
    _write(invocation, file, data, total, len(found), without)


def _code(invocation: Invocation) -> str:
    code = Denominations.of(signing_genesis(invocation)).assets[CURRENCY_ASSET - 1].code
    if not code:
        raise UsageError("the community's currency has no code in ISO 4217", code="no_currency_code")
    return code


def _write(invocation: Invocation, file: Path, data: bytes, total: int, count: int, without: tuple[str, ...]) -> None:
    invocation.write_file(file, data)
    said = f"Written: {count} orders, {cents_text(total)} in all."
    if without:
        said += f" Not in it, because the member book has no mandate or account: {', '.join(without)}."
    invocation.show({"file": str(file), "orders": count, "cents": total, "without": list(without)}, said)
