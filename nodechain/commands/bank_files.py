"""`nodechain bank import`, `mark-all`, `pay`, `reference`: the banker's files, in and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET, AssetTerms, number_of
from ledger.bank.payloads import BurnCurrency, MarkWithdrawal, MintCurrency
from ledger.encoding.codec import Value
from ledger.keys.address import address_of, format_address, parse_address
from market.denominations import Denominations
from nodechain.billing.archive import BillArchive
from nodechain.billing.bank_statement import MAX_STATEMENT_BYTES, read_all_entries
from nodechain.billing.currency_lines import Known, Meaning, ProposedLine, pay_in_reference, propose
from nodechain.billing.forms import extra
from nodechain.billing.member_book import MemberBook
from nodechain.billing.pay_outs import OpenMark, PayOuts, WrittenFile, WrittenPayOuts, marks_in, pay_outs_of
from nodechain.billing.rounding import CentSize
from nodechain.billing.sepa_files import check_total, transfers_id
from nodechain.billing.settings import read_settings
from nodechain.billing.sheet import cents_text
from nodechain.client.answers.withdrawals import BankLineView
from nodechain.commands.sending.chain import signing_genesis
from nodechain.commands.sending.in_turn import check_signs_alone, decided
from nodechain.commands.sending.send import How, account_asked, sender_key, sender_name
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.batches import goes_on
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import table
from nodechain.commands.terminal.passwords import confirm
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import LedgerRefused, NotFound, UsageError
from nodechain.files.user_file import read_user_file

_GO_ON: Final = "Take the file in again: a line that was taken is left out."
_ASSET = click.option(
    "--asset",
    metavar="NAME",
    shell_complete=completing.assets,
    help="Another currency of the chain (default: the community's).",
)
_yes = click.option("--yes", is_flag=True, help="Do not ask before sending.")


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--take", is_flag=True, help="Mint and burn what is proposed, after asking.")
@_yes
@_ASSET
@sending
def import_(invocation: Invocation, how: How, *, file: Path, take: bool, yes: bool, asset: str | None) -> None:
    """Say what lines of FILE (camt.053 or CSV) are to be minted or burned for; --take does it (banker).

    Money in is minted to the account whose address or pay-in reference the line names; money out burns the mark whose
    reference it names. Each names the line's hash, so that a line counts once, in whatever file it comes again. What
    means nothing is listed with the reason: nothing is taken silently.
    """
    genesis, number, terms = _currency(invocation, asset)
    entries, repeated = read_all_entries(read_user_file(file, MAX_STATEMENT_BYTES, "bank statement"))
    marks = {mark.number: mark for mark in _open_marks(invocation, terms)}
    known = Known(_pay_in_references(invocation, genesis.hash), marks, terms.code, CentSize.of(terms.decimals))
    lines = propose(entries, repeated, known)
    hashes = [entry.hash.hex() for entry in entries]
    taken = {line["hash"]: line for line in invocation.node.banking.lines(hashes)}
    strangers = _strangers(invocation, lines)
    said = [_said(line, taken, strangers) for line in lines]
    if take:
        _take(invocation, how, number, lines, said, yes=yes)
    rows = [_row(line, text, invocation.names()) for line, text in zip(lines, said, strict=True)]
    shown = [tuple(str(row[name]) for name in _SHOWN) for row in rows]
    text = table(("DATE", "AMOUNT", "ACCOUNT", "MARK", "WHAT BECOMES OF IT", "TEXT"), shown)
    invocation.show({"lines": rows}, text if rows else "No booked entries.", rows)


_SHOWN: Final = ("date", "amount", "name", "mark", "result", "text")


def _currency(invocation: Invocation, name: str | None) -> tuple[Any, int, AssetTerms]:
    """The genesis, and a currency with its code; raises `UsageError` (no_currency_code)."""
    genesis = signing_genesis(invocation)
    assets = Denominations.of(genesis).assets
    number = CURRENCY_ASSET if name is None else number_of(assets, name)
    terms = assets[number - 1]
    if not terms.code:
        raise UsageError(f"{terms.symbol} has no code in ISO 4217: no bank knows it", code="no_currency_code")
    return genesis, number, terms


def _open_marks(invocation: Invocation, terms: AssetTerms) -> Iterator[OpenMark]:
    for each in invocation.node.banking.withdrawals()[0]:
        if each["asset"] == terms.name:
            for mark in each["marks"]:
                yield OpenMark(mark["number"], each["holder"], mark["amount"]["base"], mark["lapsed"])


def _pay_in_references(invocation: Invocation, genesis_hash: bytes) -> dict[str, str]:
    """Of the members and voters; who is a member by another role is paid in by its address."""
    chain = invocation.node.chain
    known = {*chain.members(), *chain.voters(), *invocation.names()}
    return {pay_in_reference(genesis_hash, parse_address(each)): each for each in sorted(known) if each[:4] == "nrg1"}


def _strangers(invocation: Invocation, lines: Sequence[ProposedLine]) -> set[str]:
    """Accounts that currency cannot be minted to."""
    wanted = {line.account for line in lines if line.meaning is Meaning.MINT}
    return {account for account in sorted(wanted) if not invocation.node.account(account)["member"]}


def _said(line: ProposedLine, taken: dict[str, BankLineView], strangers: set[str]) -> str:
    """What becomes of a line: `mint` and `burn` are proposals."""
    before = taken.get(line.entry.hash.hex())
    if before is not None and line.reason != "repeated":
        if before["bill"]:
            return f"noted before for bill {before['bill']}"
        return "burned before" if before["mark"] else "minted before"
    if line.account in strangers:
        return "not_a_member"
    return line.reason or line.meaning.value


def _take(
    invocation: Invocation, how: How, asset: int, lines: Sequence[ProposedLine], said: list[str], *, yes: bool
) -> None:
    """Mint and burn what is proposed, one line after the other; `said` becomes what was done."""
    wanted = [place for place, text in enumerate(said) if text in (Meaning.MINT.value, Meaning.BURN.value)]
    if not wanted:
        return
    _check_banker(invocation, how, "a statement")
    sums = {
        meaning: sum(abs(lines[place].entry.cents) for place in wanted if said[place] == meaning.value)
        for meaning in (Meaning.MINT, Meaning.BURN)
    }
    question = (
        f"Mint {cents_text(sums[Meaning.MINT])} and burn {cents_text(sums[Meaning.BURN])} for {len(wanted)} lines?"
    )
    confirm(question, yes=yes)
    with goes_on(_GO_ON), Progress("line", len(wanted)) as progress:
        for done, place in enumerate(wanted, 1):
            line = lines[place]
            code = decided(invocation, how, _payload(line, asset), _GO_ON)
            if code and code != "line_taken":
                raise LedgerRefused(
                    f"the line of {line.entry.date} was refused: {code}", code=code,
                    advice="Those before it are taken; correct the reason and take the file in again.",
                )  # fmt: skip
            said[place] = "taken before" if code else "minted" if line.meaning is Meaning.MINT else "burned"
            progress.at(done)


def _payload(line: ProposedLine, asset: int) -> Value:
    account, reference = parse_address(line.account), line.entry.hash
    if line.meaning is Meaning.MINT:
        return MintCurrency(asset, account, line.base, reference)
    return BurnCurrency(asset, account, line.base, line.mark, reference)


def _check_banker(invocation: Invocation, how: How, what: str) -> None:
    """Before the first is sent; raises `LedgerRefused` (not_the_banker), `UsageError` (too_few_signatures)."""
    name = sender_name(invocation)
    key = sender_key(invocation, name)
    if "banker" not in invocation.node.account(format_address(address_of(key)))["roles"]:
        raise LedgerRefused(
            f"{name} is not the banker", code="not_the_banker", advice="Voters decide: `vote set-banker`."
        )
    check_signs_alone(invocation, how, key, what)


def _row(line: ProposedLine, said: str, names: dict[str, str]) -> dict[str, Any]:
    return {
        "date": line.entry.date,
        "amount": cents_text(line.entry.cents),
        "currency": line.entry.currency,
        "account": line.account,
        "name": names.get(line.account, line.account) or "-",
        "mark": line.mark or "-",
        "result": said,
        "text": line.entry.text[:60],
        "hash": line.entry.hash.hex(),
    }


@click.command("mark-all")
@_yes
@_ASSET
@sending
def mark_all(invocation: Invocation, how: How, *, yes: bool, asset: str | None) -> None:
    """Mark all that waits to be paid out, in whole cents, one mark for each holder (banker)."""
    _genesis, number, terms = _currency(invocation, asset)
    size = CentSize.of(terms.decimals)
    found = []
    for each in invocation.node.banking.withdrawals()[0]:
        cents = each["waiting"]["base"] * size.cents_per_base // size.base_per_cent
        if each["asset"] == terms.name and cents:
            found.append((each["holder"], cents))
    rows = []
    if found:
        _check_banker(invocation, how, "marking all")
        total = sum(cents for _holder, cents in found)
        confirm(f"Mark {cents_text(total)} of {len(found)} holders, which are to be paid within 7 days?", yes=yes)
    with goes_on("Do it again: what is marked is left out."), Progress("mark", len(found)) as progress:
        for done, (holder, cents) in enumerate(found, 1):
            payload = MarkWithdrawal(number, parse_address(holder), size.base(cents))
            code = decided(invocation, how, payload, "See `nodechain bank withdrawals`, and do it again.")
            rows.append({"holder": holder, "amount": cents_text(cents), "result": code or "marked"})
            progress.at(done)
    names = invocation.names()
    shown = [(names.get(row["holder"], row["holder"]), row["amount"], row["result"]) for row in rows]
    text = table(("HOLDER", "AMOUNT", "WHAT BECAME OF IT"), shown) if rows else "Nothing waits to be marked."
    invocation.show({"marked": rows}, text, rows)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--execute {text}: no day", code="bad_day", advice="Like 2026-11-29.") from None


@click.command()
@click.option("--execute", metavar="DATE", required=True, help="The day on which the bank pays.")
@click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@click.option("--again", metavar="ID", help="The same marks as the file of this id, which the bank has not got.")
@_ASSET
@command
def pay(invocation: Invocation, *, execute: str, file: Path, again: str | None, asset: str | None) -> None:
    """Write a pain.001.001.09 that pays what is marked, by the IBANs of the member book (banker).

    Each order names its mark, by which `nodechain bank import` burns it when the bank has paid. A mark stands in one
    file: which were written is noted in this home before the file is.
    """
    execute = _day(execute)
    archive = BillArchive(invocation.home)
    genesis, _number, terms = _currency(invocation, asset)
    settings, written = read_settings(archive.settings), WrittenPayOuts(archive.path)
    known = written.files()
    marks = list(_open_marks(invocation, terms))
    before = marks_in(known)
    if again is not None:
        chosen = _file_of(written, again).marks
        marks, before = [mark for mark in marks if mark.number in chosen], before - frozenset(chosen)
    entries = MemberBook(archive.book, lambda: invocation.passwords.ask("the member book")).entries()
    found = pay_outs_of(marks, entries, CentSize.of(terms.decimals), genesis.chain_id, before)
    total = check_total(found.orders)
    data: bytes = extra("sepa_form").transfer_file(settings.seller, found.orders, execute, terms.code, batch=False)
    file_id = transfers_id(settings.seller.iban, execute, found.orders)
    written.note(WrittenFile(file_id, execute, found.marks), known)
    invocation.write_file(file, data)
    _show_pay_outs(invocation, file, file_id, total, found)


def _file_of(written: WrittenPayOuts, file_id: str) -> WrittenFile:
    for file in written.files():
        if file.id == file_id:
            return file
    raise NotFound(f"no file {file_id} was written here", code="no_such_file", advice="Its id stands in it as MsgId.")


def _show_pay_outs(invocation: Invocation, file: Path, file_id: str, total: int, found: PayOuts) -> None:
    said = [f"Written: {len(found.orders)} orders, {cents_text(total)} in all, as {file_id}."]
    names = invocation.names()
    left = [{"mark": each.number, "account": each.account, "reason": each.reason} for each in found.left_out]
    if left:
        rows = [(str(each.number), names.get(each.account, each.account), each.reason) for each in found.left_out]
        said.append(f"Not in it:\n{table(('MARK', 'ACCOUNT', 'REASON'), rows)}")
    orders = [
        {"mark": mark, "cents": order.cents, "reference": order.reference}
        for mark, order in zip(found.marks, found.orders, strict=True)
    ]
    data = {"file": str(file), "id": file_id, "cents": total, "orders": orders, "left_out": left}
    invocation.show(data, "\n\n".join(said), orders, columns=("mark", "cents", "reference"))


@click.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@command
def reference(invocation: Invocation, *, account: str | None) -> None:
    """What a transfer to the banker must name, so that it is minted to ACCOUNT (default: one's own)."""
    address = account_asked(invocation, account, "`nodechain bank reference NAME`")
    found = pay_in_reference(signing_genesis(invocation).hash, parse_address(address))
    invocation.show({"address": address, "reference": found}, f"{found} (or the address itself: {address})")
