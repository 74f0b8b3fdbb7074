"""Deals: what a buyer pays is held until it is released, ruled on, or over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET, number_of
from ledger.deals.payloads import CancelDeal, DisputeDeal, OpenDeal, ReleaseDeal, RuleDeal
from ledger.encoding.amounts import parse_duration_ms
from ledger.encoding.times import format_time
from nodechain.client.answers.deals import DealView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.memo import MemoAsked, beside, carrying
from nodechain.commands.sending.chain import chain_time_ms, denominations
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.terminal.completing import accounts, assets
from nodechain.commands.terminal.documents import DOCUMENT, document_hash
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table

NO_DOCUMENT: Final = bytes(32)
"""Stands for no document, where a hash is wanted."""

NUMBER: Final = click.argument("number", type=click.IntRange(min=1))


def _hash_of(file: Path | None) -> bytes:
    return NO_DOCUMENT if file is None else document_hash(file)


@click.group()
def deal() -> None:
    """Deals: hold a payment until the goods are there; an arbiter divides it in a dispute."""


@deal.command("open")
@click.argument("seller", shell_complete=accounts)
@click.argument("amount")
@click.option("--arbiter", required=True, shell_complete=accounts, help="Who divides it in a dispute: a third account.")
@click.option("--within", default="30d", show_default=True, metavar="DURATION", help="When you have it back.")
@click.option(
    "--arbiter-fee", default="0", show_default=True, metavar="AMOUNT", help="Of AMOUNT, the arbiter's if it rules."
)
@click.option("--terms", type=DOCUMENT, help="What was agreed; its SHA-256 goes on the chain, the file stays with you.")
@click.option("--asset", metavar="NAME", shell_complete=assets, help="Default: the community's currency.")
@sending
@carrying
def open_(
    invocation: Invocation, how: How, *, seller: str, amount: str, arbiter: str, within: str, arbiter_fee: str,
    terms: Path | None, asset: str | None, memo: MemoAsked,
) -> None:  # fmt: skip
    """Hold AMOUNT for SELLER until you release it, as the buyer."""
    chain = denominations(invocation)
    number = CURRENCY_ASSET if asset is None else number_of(chain.assets, asset)
    payload = OpenDeal(
        invocation.address(seller), invocation.address(arbiter), number, chain.parse(number, amount),
        0 if arbiter_fee == "0" else chain.parse(number, arbiter_fee), _hash_of(terms),
        chain_time_ms(invocation.node.status()) + parse_duration_ms(within),
    )  # fmt: skip
    send(invocation, how, beside(invocation, how, payload, memo, payload.seller), done=_opened)


def _opened(answer: TransactionAnswer) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "deal_opened")
    until = format_time(event["deadline_ms"])
    return f"Opened deal {event['deal']}; you have it back at {until} unless you release it."


def _part(view: DealView, address: str) -> str:
    return next((part for part, who in _parties(view) if who == address), "")


def _parties(view: DealView) -> tuple[tuple[str, str], ...]:
    return (("buyer", view["buyer"]), ("seller", view["seller"]), ("arbiter", view["arbiter"]))


def _state(view: DealView) -> str:
    if view["over"]:
        return "over"
    return "disputed" if view["disputer"] else "open"


@deal.command("list")
@click.argument("account", required=False, shell_complete=accounts)
@command
def list_(invocation: Invocation, *, account: str | None) -> None:
    """The open deals that ACCOUNT (default: one's own) is in."""
    address = account_asked(invocation, account, "`nodechain deal list NAME`")
    found = [each for page in invocation.node.deals.of_account(address) for each in page["deals"]]
    names, chain = invocation.names(), denominations(invocation)
    rows = [
        (
            str(each["number"]), _part(each, address), f"{each['amount']['tokens']} {chain.symbol(each['asset'])}",
            names.get(each["buyer"], each["buyer"]), names.get(each["seller"], each["seller"]),
            names.get(each["arbiter"], each["arbiter"]), format_time(each["deadline_ms"]), _state(each),
        )
        for each in found
    ]  # fmt: skip
    text = table(("NUMBER", "AS", "AMOUNT", "BUYER", "SELLER", "ARBITER", "UNTIL (UTC)", "STATE"), rows)
    invocation.show({"account": address, "deals": found}, text if rows else "No deal is open.", found,
                    columns=heads(DealView))  # fmt: skip


@deal.command()
@NUMBER
@command
def show(invocation: Invocation, *, number: int) -> None:
    """The open deal NUMBER, for who is in it."""
    data = invocation.node.deals.deal(number)["deal"]
    names, symbol = invocation.names(), denominations(invocation).symbol(data["asset"])
    told = [
        ("state", _state(data)),
        ("amount", f"{data['amount']['tokens']} {symbol}"),
        *((part, names.get(who, who)) for part, who in _parties(data)),
        ("arbiter's fee", f"{data['fee']['tokens']} {symbol}, if it rules"),
        ("terms (SHA-256)", _hash(data["terms_hash"])),
        ("ruling until" if data["disputer"] else "until", format_time(data["deadline_ms"])),
    ]
    if data["disputer"]:
        told += [
            ("disputed by", names.get(data["disputer"], data["disputer"])),
            ("evidence (SHA-256)", _hash(data["evidence_hash"])),
        ]
    invocation.show({"deal": data}, fields(told))


def _hash(text: str) -> str:
    return "no document" if text == NO_DOCUMENT.hex() else text


@deal.command()
@NUMBER
@sending
def release(invocation: Invocation, how: How, *, number: int) -> None:
    """Give the seller what deal NUMBER holds, as the buyer."""
    send(invocation, how, ReleaseDeal(number), done=f"The seller has what deal {number} held.")


@deal.command()
@NUMBER
@sending
def cancel(invocation: Invocation, how: How, *, number: int) -> None:
    """Give the buyer back what deal NUMBER holds, as the seller."""
    send(invocation, how, CancelDeal(number), done=f"The buyer has back what deal {number} held.")


@deal.command()
@NUMBER
@click.option("--evidence", type=DOCUMENT, help="As a delivery note; its SHA-256 goes on the chain.")
@sending
def dispute(invocation: Invocation, how: How, *, number: int, evidence: Path | None) -> None:
    """Call the arbiter of deal NUMBER, as buyer or seller: it rules within 14 days, else the buyer has it back."""
    payload = DisputeDeal(number, _hash_of(evidence))
    send(invocation, how, payload, done=f"Deal {number} is disputed; its arbiter rules within 14 days.")


@deal.command("rule")
@NUMBER
@click.argument("amount")
@sending
def rule_(invocation: Invocation, how: How, *, number: int, amount: str) -> None:
    """Give the seller AMOUNT (0: nothing) of the disputed deal NUMBER, and the buyer the rest, as the arbiter."""
    chain, asset = denominations(invocation), invocation.node.deals.deal(number)["deal"]["asset"]
    base = 0 if amount == "0" else chain.parse(asset, amount)
    told = f"{amount} {chain.symbol(asset)} to the seller, the rest to the buyer, the fee to you"
    send(invocation, how, RuleDeal(number, asset, base), done=f"Ruled on deal {number}: {told}.")
