"""Currency in and out on the command line: what the banker does, and what holders ask for and take back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET, number_of
from ledger.bank.payloads import (
    NO_REFERENCE,
    AttestReserves,
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    MintCurrency,
    SetBanker,
    SettleWithdrawal,
    TakeBackWithdrawal,
    UnlockCurrency,
)
from ledger.encoding.amounts import format_duration
from ledger.encoding.codec import Value
from ledger.encoding.times import format_time
from nodechain.client.answers.withdrawals import WithdrawalMarkView, WithdrawalView
from nodechain.commands.memo import MemoAsked, beside, carrying
from nodechain.commands.sending.chain import chain_time_ms, denominations, words_of
from nodechain.commands.sending.send import How, send
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.documents import DOCUMENT, document_hash
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import table
from nodechain.errors import NotFound, UsageError

_HASH: Final = 64


@click.group()
def bank() -> None:
    """Currency in and out: the banker mints, marks, pays and burns; holders lock and take back."""


_ASSET = click.option(
    "--asset",
    metavar="NAME",
    shell_complete=completing.assets,
    help="Another currency of the chain (default: the community's).",
)
_REFERENCE = click.option(
    "--reference", metavar="HASH", help="Of the line of the bank's statement, in hex: a line is taken once."
)
_MARK = click.option("--mark", "mark", type=click.IntRange(min=1), help="Its number (default: the only open mark).")


def _line(text: str | None) -> bytes:
    """The hash of a line; raises `UsageError` (bad_reference)."""
    if text is None:
        return NO_REFERENCE
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(text) != _HASH or len(found) * 2 != _HASH or found == NO_REFERENCE:
        raise UsageError(
            f"{text[:80]!r} is no hash of a line",
            code="bad_reference",
            advice="`nodechain bank import FILE` shows them.",
        )
    return found


def _currency(invocation: Invocation, name: str | None, amount: str) -> tuple[int, int, str]:
    """A currency by its name, base units of an amount of it, and both for people."""
    asset, symbol = _asset(invocation, name)
    return asset, denominations(invocation).parse(asset, amount), f"{amount} {symbol}"


def _asset(invocation: Invocation, name: str | None) -> tuple[int, str]:
    chain = denominations(invocation)
    asset = CURRENCY_ASSET if name is None else number_of(chain.assets, name)
    return asset, chain.symbol(asset)


def _mark_number(invocation: Invocation, holder: str, asset: int, number: int | None) -> int:
    """The mark that was named, or the only open one; raises `NotFound` (no_such_mark), `UsageError` (several_marks)."""
    if number is not None:
        return number
    name = denominations(invocation).name(asset)
    found = invocation.node.banking.of_account(invocation.address_text(holder))["withdrawals"]
    marks = [mark["number"] for each in found if each["asset"] == name for mark in each["marks"]]
    if not marks:
        raise NotFound(
            f"{holder} has no open mark", code="no_such_mark", advice="Mark first what you pay: `nodechain bank mark`."
        )
    if len(marks) > 1:
        raise UsageError(
            f"{holder} has open marks {', '.join(map(str, marks))}", code="several_marks", advice="Say which: --mark."
        )
    return marks[0]


@bank.command()
@click.argument("to", shell_complete=completing.accounts)
@click.argument("amount")
@_ASSET
@_REFERENCE
@sending
def mint(invocation: Invocation, how: How, *, to: str, amount: str, asset: str | None, reference: str | None) -> None:
    """Issue AMOUNT of currency to TO against money received (banker)."""
    number, base, text = _currency(invocation, asset, amount)
    payload = MintCurrency(number, invocation.address(to), base, _line(reference))
    send(invocation, how, payload, done=f"Minted {text} to {to}.")


@bank.command()
@click.argument("holder", shell_complete=completing.accounts)
@click.argument("amount")
@_ASSET
@sending
def mark(invocation: Invocation, how: How, *, holder: str, amount: str, asset: str | None) -> None:
    """Say that AMOUNT of what HOLDER asks for is paid out now, before it is paid (banker).

    From then on HOLDER cannot take it back. Burn it within 7 days of paying, or voters decide what became of it.
    """
    number, base, text = _currency(invocation, asset, amount)
    payload = MarkWithdrawal(number, invocation.address(holder), base)
    send(invocation, how, payload, done=f"Marked {text} of {holder}.")


@bank.command()
@click.argument("holder", shell_complete=completing.accounts)
@click.argument("amount")
@_MARK
@_ASSET
@_REFERENCE
@sending
def burn(
    invocation: Invocation,
    how: How,
    *,
    holder: str,
    amount: str,
    mark: int | None,
    asset: str | None,
    reference: str | None,
) -> None:
    """Destroy AMOUNT of a mark of HOLDER, after paying it out (banker)."""
    number, base, text = _currency(invocation, asset, amount)
    line = _line(reference)
    marked = _mark_number(invocation, holder, number, mark)
    payload = BurnCurrency(number, invocation.address(holder), base, marked, line)
    send(invocation, how, payload, done=f"Burned {text} of {holder}.")


@bank.command()
@click.argument("holder", shell_complete=completing.accounts)
@click.argument("amount")
@click.option("--mark", "mark", type=click.IntRange(min=1), help="Of this mark (default: of what is not marked).")
@_ASSET
@sending
def unlock(invocation: Invocation, how: How, *, holder: str, amount: str, mark: int | None, asset: str | None) -> None:
    """Give AMOUNT that HOLDER locked back to it (banker)."""
    number, base, text = _currency(invocation, asset, amount)
    payload = UnlockCurrency(number, invocation.address(holder), base, mark or 0)
    send(invocation, how, payload, done=f"Unlocked {text} of {holder}.")


@bank.command()
@click.argument("amount")
@_ASSET
@sending
@carrying
def lock(invocation: Invocation, how: How, *, amount: str, asset: str | None, memo: MemoAsked) -> None:
    """Lock AMOUNT of currency to be paid out by the banker."""
    number, base, text = _currency(invocation, asset, amount)
    payload = beside(invocation, how, LockWithdrawal(number, base), memo)
    send(invocation, how, payload, done=f"Locked {text} for withdrawal.")


@bank.command("take-back")
@click.argument("amount")
@_ASSET
@sending
def take_back(invocation: Invocation, how: How, *, amount: str, asset: str | None) -> None:
    """Take AMOUNT of one's own withdrawal back, as long as the banker has not marked it."""
    number, base, text = _currency(invocation, asset, amount)
    send(invocation, how, TakeBackWithdrawal(number, base), done=f"Took back {text}.")


@bank.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@command
def withdrawals(invocation: Invocation, *, account: str | None) -> None:
    """What waits to be paid out, and what the banker has marked: of ACCOUNT, or of everybody (banker)."""
    if account is None:
        found, now_ms = invocation.node.banking.withdrawals()
    else:
        answer = invocation.node.banking.of_account(invocation.address_text(account))
        found, now_ms = answer["withdrawals"], answer["time_ms"]
    names = invocation.names()
    rows = [(names.get(each["holder"], each["holder"]), *_parts(each), _marks(each["marks"], now_ms)) for each in found]
    head = ("HOLDER", "ASKED", "NOT MARKED", "MARKED", "ASSET", "MARKS")
    told = [
        {
            "holder": each["holder"], "asset": each["asset"], "amount": each["amount"]["tokens"],
            "waiting": each["waiting"]["tokens"], "marked": each["marked"]["tokens"],
        }
        for each in found
    ]  # fmt: skip
    text = table(head, rows) if rows else "Nothing waits to be paid out."
    invocation.show({"withdrawals": found}, text, told, columns=("holder", "asset", "amount", "waiting", "marked"))


def _parts(each: WithdrawalView) -> tuple[str, str, str, str]:
    return each["amount"]["tokens"], each["waiting"]["tokens"], each["marked"]["tokens"], each["symbol"]


def _marks(marks: list[WithdrawalMarkView], now_ms: int) -> str:
    told = []
    for each in marks:
        left_ms = (each["lapses_ms"] - now_ms) // 1000 * 1000
        when = "lapsed" if each["lapsed"] else f"{format_duration(max(left_ms, 1000))} left"
        told.append(f"{each['number']}: {each['amount']['tokens']} ({when})")
    return ", ".join(told) or "-"


@bank.command()
@click.argument("amount")
@click.option("--at", metavar="TIME", help="When it lay there, like 2026-12-24T18:00+01:00 (default: now).")
@click.option("--document", type=DOCUMENT, required=True, help="What shows it; only its SHA-256 goes to the chain.")
@_ASSET
@sending
def attest(invocation: Invocation, how: How, *, amount: str, at: str | None, document: Path, asset: str | None) -> None:
    """Say that AMOUNT lay at the bank for what exists of the currency (banker, auditors)."""
    number, base, text = _currency(invocation, asset, amount)
    time_ms = chain_time_ms(invocation.node.status()) if at is None else moment_ms(at)
    payload = AttestReserves(number, base, time_ms, document_hash(document))
    send(invocation, how, payload, done=f"Attested {text} at {format_time(time_ms)} UTC.")


@bank.command()
@command
def reserves(invocation: Invocation) -> None:
    """What lies at the bank for each currency, as is attested, against what exists of it."""
    data, words = invocation.node.banking.reserves(), words_of(invocation)
    parts, rows = [], []
    for each in data["currencies"]:
        parts.append(
            f"{each['symbol']}: {each['existing']['tokens']} exist; {each['asked']['tokens']} of it is asked to be paid"
            f" out, of which {each['marked']['tokens']} is marked."
        )
        found = [
            (
                words.who(said["attester"]), said["attester_kind"], said["amount"]["tokens"],
                f"{format_time(said['time_ms'])} UTC",
                format_duration(max(data["time_ms"] - said["time_ms"], 0) // 1000 * 1000),
                _share(said["coverage_ppm"]),
                said["difference"]["tokens"], said["standing"].replace("_", " "),
            )
            for said in each["attestations"]
        ]  # fmt: skip
        head = ("ATTESTER", "AS", "AT THE BANK", "AT", "AGE", "COVERS", "DIFFERENCE", "STANDING")
        parts.append(table(head, found) if found else "Nobody has attested what lies at the bank.")
        rows += [
            {
                "asset": each["asset"], "existing": each["existing"]["tokens"], "asked": each["asked"]["tokens"],
                "marked": each["marked"]["tokens"], "attester": said["attester"], "as": said["attester_kind"],
                "amount": said["amount"]["tokens"], "time": format_time(said["time_ms"]),
                "coverage_ppm": said["coverage_ppm"], "difference": said["difference"]["tokens"],
                "standing": said["standing"], "document": said["document"],
            }
            for said in each["attestations"]
        ]  # fmt: skip
    invocation.show(data, "\n\n".join(parts), rows, columns=_RESERVE_COLUMNS)


def _share(ppm: int | None) -> str:
    """Rounded down: 99.999 % is not all."""
    return "-" if ppm is None else f"{ppm // 10_000}.{ppm // 100 % 100:02d} %"


_RESERVE_COLUMNS: Final = (
    "asset", "existing", "asked", "marked", "attester", "as", "amount", "time", "coverage_ppm", "difference",
    "standing", "document",
)  # fmt: skip


@click.command("set-banker")
@click.argument("account", shell_complete=completing.accounts)
@voting
def set_banker(invocation: Invocation, *, account: str) -> Value:
    """Make ACCOUNT the banker."""
    return SetBanker(invocation.address(account))


@click.command("settle-withdrawal")
@click.argument("holder", shell_complete=completing.accounts)
@click.argument("mark", type=click.IntRange(min=1))
@click.option("--paid/--returned", "paid", default=None, required=True, help="It was paid and is burned, or goes back.")
@_ASSET
@voting
def settle_withdrawal(invocation: Invocation, *, holder: str, mark: int, paid: bool, asset: str | None) -> Value:
    """Decide what becomes of MARK of HOLDER, which the banker has not settled in time."""
    number, _symbol = _asset(invocation, asset)
    return SettleWithdrawal(number, invocation.address(holder), mark, paid)
