"""`nodechain bill export` and `receive`: bills for their members, and from the operator into a member's own home."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.genesis import Genesis
from ledger.limits import MAX_PROOF_FILE_BYTES
from market.denominations import Denominations
from nodechain.billing.archive import BillArchive
from nodechain.billing.canonical import MAX_BILL_BYTES, read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.forms import FORMS, BillForm, bill_in_file, check_attachments, ending_of, render
from nodechain.billing.issuing import prove_bill
from nodechain.billing.member_book import Entries
from nodechain.billing.proof import VerifiedBill
from nodechain.billing.received import ReceivedBills, seller_said
from nodechain.billing.sheet import cents_text
from nodechain.client.node_client import RestClient
from nodechain.clock import SystemClock
from nodechain.commands.bill import archive_of, book_of, find_bill
from nodechain.commands.light import client_of
from nodechain.commands.sending.chain import signing_genesis
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import table
from nodechain.commands.terminal.progress import Progress
from nodechain.commands.terminal.signing_in import only_account
from nodechain.errors import BadAnswer, NodeError, UsageError
from nodechain.files.durable_file import make_directory
from nodechain.files.user_file import read_user_file
from nodechain.light.client import LightClient

SIMULATED_NOW_MS: Final = 2**62
"""On a chain whose time is moved, no proof is too old or from tomorrow."""


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False)
@click.option("--run", "first", type=click.IntRange(min=1),
              help="Every bill of the run with this first number; --out is a folder then.")  # fmt: skip
@click.option("--out", "path", type=click.Path(path_type=Path), required=True,
              help="The file to write; its ending says the form, if --form does not.")  # fmt: skip
@click.option("--form", type=click.Choice([form.value for form in BillForm]), help="The form; of a run: pdf.")
@command
def export(invocation: Invocation, *, number: int | None, first: int | None, path: Path, form: str | None) -> None:
    """Write final bill NUMBER for its member, or all of a run.

    The proof is fetched from the node once, and goes with the bill.
    """
    if (number is None) == (first is None):
        raise UsageError("which bill?", advice="Say its NUMBER, or --run FIRST for all of a run.")
    if number is not None:
        _export_one(invocation, number, path, form)
        return
    assert first is not None
    archive = archive_of(invocation)
    numbers = range(first, first + len(archive.run_of(first).hashes))
    chosen = BillForm.PDF if form is None else BillForm(form)
    make_directory(path)
    exporter = _Exporter(invocation)
    written: list[str] = []
    with Progress("bill", len(numbers)) as progress:
        for place, each in enumerate(numbers):
            written += exporter.write(each, path / f"{each}.{ending_of(chosen)}", chosen)
            progress.at(place + 1)
    invocation.show({"files": written, "bills": len(numbers)}, f"Written: {len(numbers)} bills into {path}.")


def _export_one(invocation: Invocation, number: int, file: Path, form: str | None) -> None:
    chosen = BillForm(form) if form is not None else FORMS.get(file.suffix)
    if chosen is None:
        raise UsageError(f"{file.name}: which form?", code="bad_form", advice="Say --form, or end in .json, .html, ...")
    written = _Exporter(invocation).write(number, file, chosen)
    size = sum(Path(each).stat().st_size for each in written[:1]) if str(file) != "-" else 0
    invocation.show({"files": written, "bytes": size}, f"Written: {', '.join(written)}.")


class _Exporter:
    """Writes bills of a home; the member book is opened once, the proofs come from one node."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._archive = BillArchive(invocation.home)
        self._entries: Entries = book_of(invocation).entries() if self._archive.book.exists() else {}
        genesis = signing_genesis(invocation)
        self._code = Denominations.of(genesis).assets[CURRENCY_ASSET - 1].code
        self._client: tuple[LightClient, Genesis] | None = None

    def write(self, number: int, file: Path, form: BillForm) -> list[str]:
        """The names of the files. Raises `NotFound` (no_document), and what `render` raises."""
        found = find_bill(self._invocation, number)
        proof = found.proof or self._prove(number)
        entry = self._entries.get(read_canonical(found.data, Bill).account)
        self._invocation.write_file(file, render(form, found.data, proof, found.seller, entry, self._code))
        if form is not BillForm.JSON or str(file) == "-":
            return [str(file)]
        self._invocation.write_file(file.with_suffix(".proof"), proof)
        return [str(file), str(file.with_suffix(".proof"))]

    def _prove(self, number: int) -> bytes:
        self._client = self._client or client_of(self._invocation)
        with Progress("receipt") as progress:
            return prove_bill(self._invocation.node, *self._client, self._archive, number, progress.at)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--at", "url", metavar="URL", help="The node at which bills are made: its interface.")
@click.option("--account", shell_complete=accounts, help="Whose bills (default: who reads, see --as).")
@click.option("--all", "everybody", is_flag=True, help="Everybody's (treasurer): a copy, without the member book.")
@command
def receive(
    invocation: Invocation, *, files: tuple[Path, ...], url: str | None, account: str | None, everybody: bool
) -> None:
    """Take bills into this home: FILES that you were given, or, with --at, from the node where they are made.

    Each is checked with the genesis alone and then kept; the home's own node shows it to whose it is. What is here
    already is left out. From a node, who bills and the account at the bank come with it; no file proves them.
    """
    if bool(files) == (url is not None):
        raise UsageError("bills from where?", advice="Name their FILES, or the node with --at URL.")
    genesis, kept = signing_genesis(invocation), ReceivedBills(invocation.home)
    now_ms = SIMULATED_NOW_MS if genesis.simulated_clock else SystemClock().wall_ms()
    found: list[VerifiedBill] = []
    left = 0
    if url is None:
        found += [_from_file(file, genesis, kept, now_ms) for file in files]
    else:
        with closing(RestClient(url, sign_in=invocation.sign_in)) as node:
            numbers = _offered(invocation, node, account, everybody=everybody)
            new = [number for number in sorted(numbers) if not kept.has(number)]
            left = len(numbers) - len(new)
            with Progress("bill", len(new)) as progress:
                for place, number in enumerate(new):
                    found.append(from_node(node, number, genesis, kept, now_ms))
                    progress.at(place + 1)
    _show_received(invocation, found, left)


def _from_file(file: Path, genesis: Genesis, kept: ReceivedBills, now_ms: int) -> VerifiedBill:
    """The bill of a file; the proof of a JSON stands beside it. Raises an error that names the file."""
    try:
        content = read_user_file(file, MAX_BILL_BYTES, "bill")
        data, proof = bill_in_file(file, content)
        if not proof:
            proof = read_user_file(file.with_suffix(".proof"), MAX_PROOF_FILE_BYTES, "proof of a bill")
        check_attachments(read_canonical(data, Bill), content)
        return kept.receive(data, proof, genesis, now_ms)
    except NodeError as error:
        raise type(error)(f"{file.name}: {error.detail}", code=error.code, advice=error.advice) from error


def _offered(invocation: Invocation, node: RestClient, account: str | None, *, everybody: bool) -> list[int]:
    """The numbers of the bills that are asked for."""
    if everybody:
        return list(range(1, node.bills.billing()["next_number"]))
    name = account or invocation.reader or invocation.config.sender or only_account(invocation.keystore)
    return [each["number"] for each in node.bills.documents(invocation.address_text(name))]


def from_node(node: RestClient, number: int, genesis: Genesis, kept: ReceivedBills, now_ms: int) -> VerifiedBill:
    """A bill as the operator's node has it; that node is believed in nothing but who bills."""
    given = node.bills.document(number)
    data, seller = given["document"].encode(), given["seller"]
    if read_canonical(data, Bill).number != number:
        raise BadAnswer(f"{node.url} gives another bill than {number}")
    known = None if seller is None else seller_said({name: str(said) for name, said in seller.items()})
    return kept.receive(data, node.bills.form(number, BillForm.PROOF), genesis, now_ms, known)


def _show_received(invocation: Invocation, found: list[VerifiedBill], left: int) -> None:
    rows = [
        {
            "number": each.bill.number,
            "bill": each.bill.name,
            "account": each.bill.account,
            "hash": each.hash.hex(),
            "receipts": each.receipts,
            "opening": each.opening,
            "due_cents": each.bill.due_cents,
        }
        for each in found
    ]
    names = invocation.names()
    shown = [
        (each.bill.name, names.get(each.bill.account, each.bill.account), str(each.receipts), each.opening,
         cents_text(each.bill.due_cents))
        for each in found
    ]  # fmt: skip
    said = f"{left} were here already." if left else ""
    text = table(("BILL", "ACCOUNT", "RECEIPTS", "BEGINS", "DUE"), shown) if rows else "No new bills."
    head = f"{len(rows)} bills are what the chain proves, and are kept.\n" if rows else ""
    invocation.show({"bills": rows, "known": left}, "\n".join(part for part in (head + text, said) if part), rows)
