"""Groups: jointly owned plants, apartment houses, super-nodes; shares, and what comes in divided."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.parameters import PARTS
from ledger.encoding.amounts import format_share
from ledger.encoding.codec import Value, encode
from ledger.encoding.times import format_time
from ledger.groups.payloads import ActForGroup, DistributeGroup, OpenGroup, PayFromGroup
from ledger.groups.terms import GroupTerms
from market.transactions import CancelOrder, MarketTypeNumber, PlaceOrder
from market.types import FIRST_PRODUCT, MAX_PRODUCT, OrderKind, Side
from nodechain.client.answers.groups import GroupAmount, GroupView, ShareChangeView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import denominations, words_of
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.slot_options import FROM_SLOT_OR_SOON, Begins, slot_to_come
from nodechain.home.group_file import ReadGroup, read_group_file

NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_PRODUCT: Final = click.option("--product", type=click.IntRange(1, MAX_PRODUCT), default=FIRST_PRODUCT,
                               show_default=True, help="Number of the product.")  # fmt: skip


@click.group()
def group() -> None:
    """Groups: who has which share of a plant or a house, and what comes in divided among them."""


def group_of_file(invocation: Invocation, file: Path) -> ReadGroup:
    """What a group's file says."""
    decimals = denominations(invocation).assets[CURRENCY_ASSET - 1].decimals
    return read_group_file(file, CURRENCY_ASSET, decimals, invocation.address)


@group.command("list")
@command
def list_(invocation: Invocation) -> None:
    """All groups."""
    found = [each for page in invocation.node.groups.pages() for each in page["groups"]]
    names = invocation.names()
    rows = [
        (
            str(each["number"]), each["terms"]["name"], str(each["members"]),
            names.get(each["terms"]["operator"], each["terms"]["operator"]), each["terms"]["division"],
            each["terms"]["rhythm"], _held(invocation, each["balances"]),
            "dissolved" if each["dissolved_slot"] else "open",
        )
        for each in found
    ]  # fmt: skip
    text = table(("NUMBER", "NAME", "MEMBERS", "OPERATOR", "BY", "WHEN", "HAS", "STATE"), rows)
    invocation.show({"groups": found}, text if rows else "No group.", found, columns=heads(GroupView))


def _held(invocation: Invocation, amounts: list[GroupAmount]) -> str:
    chain = denominations(invocation)
    shown = ", ".join(f"{each['amount']['tokens']} {chain.symbol(each['asset'])}" for each in amounts)
    return shown or "nothing"


@group.command()
@NUMBER
@command
def show(invocation: Invocation, *, number: int) -> None:
    """Group NUMBER: its terms, its account, and the shares that you may see."""
    data = invocation.node.groups.group(number)["group"]
    members = [each for page in invocation.node.groups.members(number) for each in page["members"]]
    names, words = invocation.names(), words_of(invocation)
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    told = [
        ("account", data["account"]),
        *words.lines(GroupTerms, data["terms"]),
        ("has", _held(invocation, data["balances"])),
        ("spent this month", f"{data['spent']['tokens']} {symbol}"),
        ("distributions", f"{data['distributions']}{', one is running' if data['dividing'] else ''}"),
        ("divides next", format_time(data["next_ms"]) if data["next_ms"] else "when the operator says so"),
    ]
    if data["dissolved_slot"]:
        told.append(("dissolved", f"in slot {data['dissolved_slot']}"))
    rows = [
        (*_change(change), "the group itself" if who == data["account"] else names.get(who, who))
        for who, change in ((each["account"], change) for each in members for change in each["changes"])
    ]
    text = f"{fields(told)}\n\n{table(('FROM (UTC)', 'SLOT', 'SHARE', 'KEY', 'POINTS', 'WHOSE'), rows)}"
    invocation.show({"group": data, "members": members}, text, members)


def _change(change: ShareChangeView) -> tuple[str, ...]:
    points = ", ".join(map(str, change["points"]))
    return (
        format_time(change["from_ms"]), str(change["from_slot"]), format_share(change["share"]), str(change["key"]),
        points,
    )  # fmt: skip


@group.command()
@click.argument("account", required=False, shell_complete=accounts)
@command
def mine(invocation: Invocation, *, account: str | None) -> None:
    """The groups that ACCOUNT (default: one's own) is in, with its shares."""
    address = account_asked(invocation, account, "`nodechain group mine NAME`")
    data = invocation.node.groups.of_account(address)
    rows = [
        (str(each["group"]), each["name"], *_change(change)) for each in data["groups"] for change in each["changes"]
    ]
    text = table(("GROUP", "NAME", "FROM (UTC)", "SLOT", "SHARE", "KEY", "POINTS"), rows)
    invocation.show(data, text if rows else "It is in no group.", data["groups"])


@group.command()
@NUMBER
@click.argument("account", required=False, shell_complete=accounts)
@click.option("--amount", help="Of this amount of the currency (default: of what the group has).")
@command
def preview(invocation: Invocation, *, number: int, account: str | None, amount: str | None) -> None:
    """What ACCOUNT (default: one's own) would get if group NUMBER divided now."""
    chain = denominations(invocation)
    address = account_asked(invocation, account, "`nodechain group preview NUMBER NAME`")
    base = 0 if amount is None else chain.parse(CURRENCY_ASSET, amount)
    data = invocation.node.groups.preview(number, address, base)
    whole = data["all_weights"]
    of_all = "nobody has a weight" if not whole else format_share(data["weight"] * PARTS // whole)
    slots = f"slots {data['first_slot']} to {data['end_slot'] - 1}"
    lines = [f"Of group {number}, {slots}: a weight of {data['weight']} of {whole} ({of_all})."]
    for divided, gets in zip(data["divided"], data["gets"], strict=True):
        symbol = chain.symbol(divided["asset"])
        lines.append(f"Of {divided['amount']['tokens']} {symbol} it would get {gets['amount']['tokens']} {symbol}.")
    if not data["divided"]:
        lines.append("The group has nothing beyond its reserve.")
    invocation.show(data, "\n".join(lines))


@group.command("open")
@FILE
@FROM_SLOT_OR_SOON
@sending
def open_(invocation: Invocation, how: How, *, file: Path, from_slot: int | Begins | None) -> None:
    """Open a group by FILE, as a manager that the genesis names; others: `vote open-group`."""
    found = group_of_file(invocation, file)
    payload = OpenGroup(found.terms, slot_to_come(invocation, from_slot), found.rows)
    send(invocation, how, payload, done=_opened)


def _opened(answer: TransactionAnswer) -> str:
    event: dict[str, Any] = next(each for each in events_of(answer) if each["kind"] == "group_changed")
    return f"Opened group {event['group']}; its account is {event['account']}."


@group.command()
@NUMBER
@sending
def distribute(invocation: Invocation, how: How, *, number: int) -> None:
    """Divide now what group NUMBER has, as its operator."""
    send(invocation, how, DistributeGroup(number), done=f"What group {number} has is being divided.")


@group.command()
@NUMBER
@click.argument("to", shell_complete=accounts)
@click.argument("amount")
@click.option("--purpose", default="", metavar="TEXT", help="What for; everybody who reads the event sees it.")
@click.option("--bill", type=click.IntRange(min=1), help="It pays this bill; TO is the account that bills are paid to.")
@sending
def pay(invocation: Invocation, how: How, *, number: int, to: str, amount: str, purpose: str, bill: int | None) -> None:
    """Pay AMOUNT of the currency out of the account of group NUMBER to TO, as its operator, within its limit."""
    payment, told = payment_of(invocation, number, to, amount, purpose, bill)
    send(invocation, how, payment, done=f"Group {number} paid {told} to {to}.")


def payment_of(
    invocation: Invocation, number: int, to: str, amount: str, purpose: str, bill: int | None
) -> tuple[PayFromGroup, str]:
    """A payment, and its amount for people."""
    chain = denominations(invocation)
    base = chain.parse(CURRENCY_ASSET, amount)
    payment = PayFromGroup(number, invocation.address(to), CURRENCY_ASSET, base, bill or 0, purpose)
    return payment, f"{amount} {chain.symbol(CURRENCY_ASSET)}"


@group.command()
@NUMBER
@click.argument("amount")
@click.argument("price")
@_PRODUCT
@sending
def sell(invocation: Invocation, how: How, *, number: int, amount: str, price: str, product: int) -> None:
    """Sell AMOUNT at PRICE or dearer in the market for group NUMBER, as its operator."""
    _order(invocation, how, number, Side.SELL, (amount, price), product)


@group.command()
@NUMBER
@click.argument("amount")
@click.argument("price")
@_PRODUCT
@sending
def buy(invocation: Invocation, how: How, *, number: int, amount: str, price: str, product: int) -> None:
    """Buy AMOUNT at PRICE or cheaper in the market for group NUMBER, as its operator."""
    _order(invocation, how, number, Side.BUY, (amount, price), product)


def _order(invocation: Invocation, how: How, number: int, side: Side, terms: tuple[str, str], product: int) -> None:
    chain, (amount, price) = denominations(invocation), terms
    order = PlaceOrder(
        product, side, OrderKind.LIMIT, chain.parse(chain.quote_of(product), price),
        chain.parse(chain.base_of(product), amount), 0,
    )  # fmt: skip
    _act(invocation, how, number, MarketTypeNumber.PLACE_ORDER, order, f"Placed the order for group {number}.")


@group.command()
@NUMBER
@click.argument("order", type=click.IntRange(min=1))
@_PRODUCT
@sending
def cancel(invocation: Invocation, how: How, *, number: int, order: int, product: int) -> None:
    """Take back order ORDER of group NUMBER, as its operator."""
    content = CancelOrder(product, order)
    _act(invocation, how, number, MarketTypeNumber.CANCEL_ORDER, content, f"Cancelled order {order}.")


def _act(invocation: Invocation, how: How, number: int, kind: int, content: Value, done: str) -> None:
    send(invocation, how, ActForGroup(number, int(kind), encode(content)), done=done)
