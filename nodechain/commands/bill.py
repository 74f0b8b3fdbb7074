"""Bills that prove themselves: preview and make them final, read, check, export and pay them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.billing.payloads import PayBill, SetTreasurer
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import Value
from ledger.keys.address import parse_address
from ledger.limits import MAX_PROOF_FILE_BYTES
from market.denominations import Denominations
from nodechain.billing.archive import BillArchive, PendingRun, has_made, own_bill
from nodechain.billing.canonical import MAX_BILL_BYTES, bill_hash, canonical_json, read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.forms import bill_in_file, check_attachments
from nodechain.billing.issuing import correcting, finalising, pending_of, settle_pending
from nodechain.billing.making import Heading, beginning_of, make_bill
from nodechain.billing.member_book import Entries, MemberBook
from nodechain.billing.periods import local_day, read_period
from nodechain.billing.proof import VerifiedBill, verify_bill
from nodechain.billing.received import FoundBill, ReceivedBills
from nodechain.billing.rounding import CentSize
from nodechain.billing.run import DraftRun, RunMaker, RunProblem, fetch_receipts
from nodechain.billing.settings import BillingSettings, cents_of, read_settings
from nodechain.billing.sheet import Sheet, cents_text, sheet_of
from nodechain.client.answers.billing import BillingView
from nodechain.clock import SystemClock
from nodechain.commands.sending.chain import chain_time_ms, signing_genesis
from nodechain.commands.sending.send import How, send
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import NodeError, NotFound, UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.light.client import genesis_trust, terms_of

MODULE_OFF: Final = "module_off"
period_option = click.option(
    "--period", required=True, metavar="PERIOD", help="2026-06, 2026, 2026-06-01 or 2026-06-01..2026-06-15."
)


@click.group()
def bill() -> None:
    """Bills of a period: made of the chain's events, final by a hash on the chain, checked by anybody."""


class Desk(msgspec.Struct, frozen=True):
    """What the operator of bills has in its home: genesis, settings, documents, the member book."""

    genesis: Genesis
    settings: BillingSettings
    archive: BillArchive
    entries: Entries


def archive_of(invocation: Invocation) -> BillArchive:
    """The documents of the home."""
    return BillArchive(invocation.home)


def book_of(invocation: Invocation) -> MemberBook:
    """The member book of the home; its password is asked for when it is opened."""
    return MemberBook(archive_of(invocation).book, lambda: invocation.passwords.ask("the member book"))


def _desk(invocation: Invocation) -> Desk:
    archive = archive_of(invocation)
    settings = read_settings(archive.settings)
    return Desk(signing_genesis(invocation), settings, archive, book_of(invocation).entries())


def _billing(invocation: Invocation) -> BillingView | None:
    """The chain's numbers; None where the module is off and only previews can be made."""
    try:
        return invocation.node.bills.billing()
    except NotFound as error:
        if error.code != MODULE_OFF:
            raise
        return None


def _make(invocation: Invocation, desk: Desk, period: str, view: BillingView | None, *, final: bool) -> DraftRun:
    maker = RunMaker(
        invocation.node, desk.genesis, desk.settings, desk.entries, desk.archive,
        read_period(period, desk.settings.zone), _today(invocation, desk.settings) if final else "",
    )  # fmt: skip
    first = view["next_number"] if final and view is not None else 0
    with Progress("account", len(maker.accounts())) as progress:
        return maker.make(
            first, view["prefix"] if view is not None else "", view["billed_until_ms"] if view is not None else 0,
            progress.at,
        )  # fmt: skip


def _today(invocation: Invocation, settings: BillingSettings) -> str:
    """The chain's day in the community's zone."""
    return local_day(chain_time_ms(invocation.node.status()), settings.zone)


def _problem_lines(problems: tuple[RunProblem, ...], names: dict[str, str]) -> list[str]:
    return [
        f"{names.get(problem.account, problem.account) or 'the run'}: {problem.text} ({problem.code})"
        for problem in problems
    ]


def _run_rows(run: DraftRun, names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "number": draft.bill.number,
            "account": names.get(draft.bill.account, draft.bill.account),
            "charges": cents_text(draft.bill.charges.cents),
            "credits": cents_text(draft.bill.credits.cents),
            "due": cents_text(draft.bill.due_cents),
            "lines": len(draft.bill.lines),
        }
        for draft in run.drafts
    ]


_RUN_HEADINGS: Final = ("NUMBER", "ACCOUNT", "PAYS", "IS PAID", "DUE", "LINES")


def _run_text(run: DraftRun, names: dict[str, str]) -> str:
    rows = [tuple(str(cell) for cell in row.values()) for row in _run_rows(run, names)]
    found = [table(_RUN_HEADINGS, rows) if rows else "Nobody to bill."]
    if run.problems:
        found += ["", "These stand in the way of making it final:", *_problem_lines(run.problems, names)]
    return "\n".join(found)


def _run_data(run: DraftRun) -> dict[str, Any]:
    return {
        "first_day": run.period.first_day,
        "last_day": run.period.last_day,
        "first": run.first,
        "bills": [
            {
                "number": draft.bill.number,
                "account": draft.bill.account,
                "hash": draft.hash.hex(),
                "charges_cents": draft.bill.charges.cents,
                "credits_cents": draft.bill.credits.cents,
                "due_cents": draft.bill.due_cents,
            }
            for draft in run.drafts
        ],
        "problems": [
            {"code": problem.code, "account": problem.account, "text": problem.text} for problem in run.problems
        ],
    }


@bill.command()
@period_option
@click.option(
    "--account", shell_complete=completing.accounts, help="Show the bill of this account (a name or address) whole."
)
@command
def preview(invocation: Invocation, *, period: str, account: str | None) -> None:
    """What everybody's bills of a period would be, and what stands in the way of making them final."""
    desk = _desk(invocation)
    run = _make(invocation, desk, period, _billing(invocation), final=False)
    names = invocation.names()
    if account is None:
        invocation.show(_run_data(run), _run_text(run, names), _run_rows(run, names))
        return
    wanted = invocation.address_text(account)
    for draft in run.drafts:
        if draft.bill.account == wanted:
            sheet = sheet_of(draft.bill, draft.hash, desk.settings.seller, desk.entries.get(wanted))
            invocation.show(_plain(draft.bill), sheet_text(sheet))
            return
    raise NotFound(f"{account} is not billed", code="not_billed", advice="Put the member into the member book.")


def _plain(found: Bill) -> Any:
    """A bill as JSON shows it."""
    return json.loads(canonical_json(found))


@bill.command()
@period_option
@sending
def final(invocation: Invocation, how: How, *, period: str) -> None:
    """Number the bills of a period and put their hash on the chain (treasurer); nobody changes them after that."""
    desk, view = _desk(invocation), invocation.node.bills.billing()
    if _settled(invocation, desk.archive, view["treasurers"]):
        return
    run = _make(invocation, desk, period, view, final=True)
    if run.problems:
        lines = _problem_lines(run.problems, invocation.names())
        raise UsageError(
            f"{len(lines)} things stand in the way: {'; '.join(lines[:5])}",
            code="incomplete",
            advice="See all of them: `nodechain bill preview`.",
        )
    last = run.first + len(run.drafts) - 1
    _issue(invocation, how, desk.archive, pending_of(run), finalising(run),
           f"Bills {run.first} to {last} of {period} are final.")  # fmt: skip


def _settled(invocation: Invocation, archive: BillArchive, treasurers: list[str]) -> bool:
    """Whether something that several had to sign was decided since: it is kept, and nothing else is done now."""
    found = settle_pending(invocation.node, archive, treasurers)
    numbers = [record.first + place for record in found for place in range(len(record.hashes))]
    if numbers:
        text = f"Final since: {', '.join(str(number) for number in numbers)}. Nothing else was sent."
        invocation.show({"final": numbers}, text)
    return bool(numbers)


def _issue(
    invocation: Invocation, how: How, archive: BillArchive, pending: PendingRun, payload: Value, done: str
) -> None:
    """Keep the documents, send what makes them final, and keep them for good when the chain has done so."""
    archive.keep_pending(pending)
    answer = send(invocation, how, payload, done=done)
    if answer is not None and answer["status"] == "decided":
        settle_pending(invocation.node, archive, invocation.node.bills.billing()["treasurers"])


@bill.command()
@click.argument("number", type=click.IntRange(min=1))
@sending
def correct(invocation: Invocation, how: How, *, number: int) -> None:
    """Make bill NUMBER anew by the present settings and member book, as a document that takes its place (treasurer).

    What moved on the chain stays as it is; taxes, dues and texts may be others. The original stays as well.
    """
    desk, view = _desk(invocation), invocation.node.bills.billing()
    if _settled(invocation, desk.archive, view["treasurers"]):
        return
    following = view["next_number"]
    original = read_canonical(desk.archive.document(number), Bill)
    chain = Denominations.of(desk.genesis)
    receipts, _head_ms = fetch_receipts(invocation.node, original.account, 0)
    maker = RunMaker(invocation.node, desk.genesis, desk.settings, desk.entries, desk.archive, original.period)
    meters = sum(1 for meter in invocation.node.meters() if meter["account"] == original.account)
    heading = Heading(
        following,
        f"{view['prefix']}{following}",
        number,
        parse_address(original.account),
        original.period,
        _today(invocation, desk.settings),
    )
    made = make_bill(
        desk.genesis, heading, beginning_of(original, chain), maker.terms_of(original.account, meters), receipts
    )
    data = canonical_json(made)
    pending = PendingRun(following, number, (data.decode(),))
    _issue(invocation, how, desk.archive, pending, correcting(following, number, data),
           f"Document {following} takes the place of bill {number}.")  # fmt: skip


@click.command("set-treasurer")
@click.argument("account", shell_complete=completing.accounts)
@click.option("--off", is_flag=True, help="Take the office.")
@voting
def set_treasurer(invocation: Invocation, *, account: str, off: bool) -> Value:
    """Let ACCOUNT number bills."""
    return SetTreasurer(invocation.address(account), not off)


@bill.command("list")
@command
def list_(invocation: Invocation) -> None:
    """The final bills in this home: those that it made, and those that it received."""
    names, archive, received = invocation.names(), archive_of(invocation), ReceivedBills(invocation.home)
    others = [number for number in received.numbers() if not has_made(archive, number)]
    made = [(found, False) for found, _hashed in archive.bills()]
    made += [(read_canonical(received.find(number).data, Bill), True) for number in others]
    rows = [
        {
            "number": found.number,
            "account": names.get(found.account, found.account),
            "first_day": found.period.first_day,
            "last_day": found.period.last_day,
            "charges": cents_text(found.charges.cents),
            "credits": cents_text(found.credits.cents),
            "due": cents_text(found.due_cents),
            "corrects": found.corrects or "",
            "received": "yes" if is_received else "",
        }
        for found, is_received in made
    ]
    headings = ("NUMBER", "ACCOUNT", "FROM", "TO", "PAYS", "IS PAID", "DUE", "CORRECTS", "RECEIVED")
    text = table(headings, [tuple(str(cell) for cell in row.values()) for row in rows]) if rows else "No final bills."
    invocation.show({"bills": rows}, text, rows)


def sheet_text(sheet: Sheet) -> str:
    """A bill as text for a terminal."""
    parts = ["\n".join(line for line in sheet.seller), "\n".join(sheet.member), sheet.title, fields(list(sheet.facts))]
    parts += [f"{each.title}\n{table(each.headings, each.rows)}" for each in sheet.tables]
    parts += [sheet.due, fields([pair for pair in sheet.payment if pair[0]]), "\n".join(sheet.notes)]
    return "\n\n".join(part for part in parts if part)


@bill.command()
@click.argument("what", metavar="NUMBER_OR_FILE")
@command
def show(invocation: Invocation, *, what: str) -> None:
    """A bill in words: a NUMBER of this home, or a FILE that somebody was given."""
    shown = _shown(invocation, what)
    data, seller = shown.data, shown.seller
    found = read_canonical(data, Bill)
    archive = archive_of(invocation)
    member = None
    if archive.book.exists() and archive.settings.exists():
        member = book_of(invocation).entries().get(found.account)
        seller = read_settings(archive.settings).seller
    invocation.show(_plain(found), sheet_text(sheet_of(found, bill_hash(data), seller, member)))


def find_bill(invocation: Invocation, number: int) -> FoundBill:
    """A bill of this home, its own or one that it received; raises `NotFound` (no_document)."""
    archive, received = archive_of(invocation), ReceivedBills(invocation.home)
    if received.has(number) and not has_made(archive, number):
        return received.find(number)
    seller = read_settings(archive.settings).seller if archive.settings.exists() else None
    return own_bill(archive, number, seller)


def _shown(invocation: Invocation, what: str) -> FoundBill:
    if what.isdecimal():
        return find_bill(invocation, int(what))
    data, proof = bill_in_file(Path(what), read_user_file(Path(what), MAX_BILL_BYTES, "bill"))
    return FoundBill(data, proof, b"", None)


@bill.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--proof", "proof_file", type=click.Path(dir_okay=False, path_type=Path),
              help="The proof, where FILE does not hold it (default: FILE with the ending .proof).")  # fmt: skip
@click.option("--previous", type=click.Path(dir_okay=False, path_type=Path),
              help="The bill before this one: its end must be this one's beginning.")  # fmt: skip
@click.option("--genesis", "genesis_file", type=click.Path(dir_okay=False, path_type=Path),
              help="The chain's genesis file (default: the home's).")  # fmt: skip
@command
def verify(
    invocation: Invocation,
    *,
    files: tuple[Path, ...],
    proof_file: Path | None,
    previous: Path | None,
    genesis_file: Path | None,
) -> None:
    """Check bills (JSON, HTML or PDF) against the chain's genesis; no node is asked.

    The hash of each is in a block that the validators signed; every line is made again out of proven receipts. The
    first of several FILES that is false ends it.
    """
    if len(files) > 1 and (proof_file is not None or previous is not None):
        raise UsageError("--proof and --previous are of one bill", advice="Name its file alone.")
    genesis = read_genesis(genesis_file or Home(invocation.home).genesis)
    checked = []
    with Progress("bill", len(files)) as progress:
        for place, file in enumerate(files):
            progress.at(place)
            try:
                checked.append(verified(genesis, file, proof_file, previous))
            except NodeError as error:
                raise type(error)(f"{file.name}: {error.detail}", code=error.code, advice=error.advice) from error
    if len(files) == 1:
        invocation.show(_checked_data(checked[0]), "The bill is what the chain proves.\n" + _checked_text(checked[0]))
        return
    rows = [{"file": str(file), **_checked_data(found)} for file, found in zip(files, checked, strict=True)]
    shown = [(row["file"], row["bill"], str(row["receipts"]), cents_text(row["due_cents"])) for row in rows]
    text = table(("FILE", "BILL", "RECEIPTS", "DUE"), shown)
    invocation.show({"bills": rows}, f"All {len(rows)} bills are what the chain proves.\n{text}", rows)


def _checked_data(found: VerifiedBill) -> dict[str, Any]:
    return {
        "bill": found.bill.name,
        "account": found.bill.account,
        "hash": found.hash.hex(),
        "final_at": found.height,
        "receipts": found.receipts,
        "opening": found.opening,
        "charges_cents": found.bill.charges.cents,
        "credits_cents": found.bill.credits.cents,
        "due_cents": found.bill.due_cents,
        "signed_until": found.head.header.height,
    }


def _checked_text(found: VerifiedBill) -> str:
    return fields(
        [
            ("bill", f"{found.bill.name} of {found.bill.period.first_day} to {found.bill.period.last_day}"),
            ("account", found.bill.account),
            ("hash", found.hash.hex()),
            ("final since", f"block {found.height}"),
            ("lines from", f"{found.receipts} proven receipts"),
            ("begins", found.opening),
            ("you pay", f"{cents_text(found.bill.charges.cents)} {found.bill.currency}"),
            ("you are paid", f"{cents_text(found.bill.credits.cents)} {found.bill.currency}"),
            ("due", f"{cents_text(found.bill.due_cents)} {found.bill.currency}"),
        ]
    )


def verified(genesis: Genesis, file: Path, proof_file: Path | None, previous: Path | None) -> VerifiedBill:
    """The bill of a file, checked with the genesis alone. Raises `FalseBill`, `UsageError`."""
    content = read_user_file(file, MAX_BILL_BYTES, "bill")
    data, proof = bill_in_file(file, content)
    if proof_file is not None or not proof:
        proof = read_user_file(proof_file or file.with_suffix(".proof"), MAX_PROOF_FILE_BYTES, "proof of a bill")
    before = None
    if previous is not None:
        before = bill_in_file(previous, read_user_file(previous, MAX_BILL_BYTES, "bill"))[0]
    now_ms = 2**62 if genesis.simulated_clock else SystemClock().wall_ms()
    found = verify_bill(data, proof, genesis, terms_of(genesis), genesis_trust(genesis), now_ms, before)
    check_attachments(found.bill, content)
    return found


@bill.command()
@click.argument("what", metavar="NUMBER_OR_FILE")
@click.option("--amount", help="In the community's currency; default: what the bill says is due.")
@sending
def pay(invocation: Invocation, how: How, *, what: str, amount: str | None) -> None:
    """Pay a bill on the chain, in the community's currency: by its NUMBER, or by its FILE, which is checked first.

    What is due of a NUMBER is known where this home made or received the bill; else say --amount.
    """
    genesis = signing_genesis(invocation)
    size = CentSize.of(Denominations.of(genesis).assets[CURRENCY_ASSET - 1].decimals)
    if what.isdecimal():
        number = int(what)
        due = _due_cents(invocation, number)
    else:
        found = verified(genesis, Path(what), None, None).bill
        number, due = found.number, found.due_cents
    issued = invocation.node.bills.bill(number)
    paid = int(issued["paid_on_chain"]["base"]) + int(issued["paid_by_bank"]["base"])
    if amount is not None:
        base = size.base(cents_of(amount))
    elif due is not None:
        base = size.base(due) - paid
    else:
        raise UsageError("how much?", code="no_amount", advice="Say --amount, name the bill's file, or receive it.")
    if base <= 0:
        raise UsageError("nothing is due any more", code="nothing_due", advice="See `nodechain bill show`.")
    text = Denominations.of(genesis).text(CURRENCY_ASSET, base)
    send(invocation, how, PayBill(number, CURRENCY_ASSET, base), done=f"Paid {text} for bill {issued['name']}.")


def _due_cents(invocation: Invocation, number: int) -> int | None:
    """What a bill of this home asks for; None where it is not here."""
    try:
        return read_canonical(find_bill(invocation, number).data, Bill).due_cents
    except NotFound:
        return None
