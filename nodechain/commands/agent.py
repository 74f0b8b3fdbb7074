"""Agents: let a key act for you within limits; what agents do themselves has the option --for OWNER."""

from __future__ import annotations

from typing import Final

import click

from ledger.agents.payloads import AuthoriseAgent, RevokeAgent, SweepForOwner
from ledger.agents.terms import AgentTerms, DayLimit, OfferSide, PriceBound, SweepTerms
from ledger.bank.assets import CURRENCY_ASSET, number_of
from ledger.encoding.amounts import format_share, parse_duration_ms, parse_share
from ledger.encoding.times import format_time
from market.denominations import Denominations
from market.types import FIRST_PRODUCT
from nodechain.client.answers.agents import AgentPrice, AgentView, SweepReference
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import chain_time_ms, denominations
from nodechain.commands.sending.send import TYPES, How, account_asked, events_of, send
from nodechain.commands.terminal.completing import accounts, assets
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.errors import NotFound, UsageError

DELEGABLE: Final = {kind.name: kind.number for kind in TYPES.values() if kind.uses is not None}
_SIDES: Final = {side.name.lower(): side for side in OfferSide}


@click.group()
def agent() -> None:
    """Let a key act for you within limits. Who acts for OWNER adds `--for OWNER` to the command that it sends."""


@agent.command()
@click.argument("agent", shell_complete=accounts)
@click.option("--type", "types", multiple=True, type=click.Choice(sorted(DELEGABLE)), help="What it may send; repeat.")
@click.option(
    "--per-day",
    nargs=2,
    multiple=True,
    metavar="AMOUNT ASSET",
    shell_complete=assets,
    help="Of ASSET at most AMOUNT a day; of one that is not named, nothing.",
)
@click.option("--sell-at-least", metavar="PRICE", help="Its sales' price in the first product.")
@click.option("--buy-at-most", metavar="PRICE", help="Its buys' price in the first product.")
@click.option("--price", "prices", nargs=3, multiple=True, metavar="PRODUCT buy|sell PRICE", help="In another product.")
@click.option("--commission", default="0%", show_default=True, metavar="SHARE", help="Its part of what it sells.")
@click.option("--sweep", "reference", metavar="REFERENCE", help="Once a day it may have you paid out, with this text.")
@click.option("--floor", default="0", show_default=True, metavar="AMOUNT", help="What --sweep leaves in the account.")
@click.option("--for-fees", default="0", show_default=True, metavar="AMOUNT", help="Given to it now, to pay fees with.")
@click.option("--expires-in", default="365d", show_default=True, metavar="DURATION")
@sending
def authorise(
    invocation: Invocation, how: How, *, agent: str, types: tuple[str, ...], per_day: tuple[tuple[str, str], ...],
    sell_at_least: str | None, buy_at_most: str | None, prices: tuple[tuple[str, str, str], ...], commission: str,
    reference: str | None, floor: str, for_fees: str, expires_in: str,
) -> None:  # fmt: skip
    """Let AGENT act for you; said again for the same one, what is said now holds in place of what was."""
    chain = denominations(invocation)
    first = [(str(FIRST_PRODUCT), side, price) for side, price in (("buy", buy_at_most), ("sell", sell_at_least))
             if price is not None]  # fmt: skip
    sweeps = () if reference is None else (SweepTerms(CURRENCY_ASSET, _base(chain, CURRENCY_ASSET, floor), reference),)
    terms = AgentTerms(
        tuple(sorted({DELEGABLE[name] for name in types})),
        _day_limits(chain, per_day),
        _prices(chain, (*first, *prices)),
        sweeps,
        parse_share(commission),
        chain_time_ms(invocation.node.status()) + parse_duration_ms(expires_in),
    )
    payload = AuthoriseAgent(invocation.address(agent), _base(chain, chain.fee_asset, for_fees), terms)
    send(invocation, how, payload, done=_authorised)


def _base(chain: Denominations, asset: int, text: str) -> int:
    """Base units; nobody is asked how to write nothing."""
    return 0 if text == "0" else chain.parse(asset, text)


def _day_limits(chain: Denominations, given: tuple[tuple[str, str], ...]) -> tuple[DayLimit, ...]:
    found = {number_of(chain.assets, asset): amount for amount, asset in given}
    if len(found) < len(given):
        raise UsageError("--per-day names an asset twice", code="said_twice", advice="Say one amount for each asset.")
    return tuple(DayLimit(asset, chain.parse(asset, found[asset])) for asset in sorted(found))


def _prices(chain: Denominations, given: tuple[tuple[str, str, str], ...]) -> tuple[PriceBound, ...]:
    found: dict[tuple[int, OfferSide], str] = {}
    for product, side, price in given:
        if not (product.isascii() and product.isdigit() and int(product)) or side not in _SIDES:
            raise UsageError(f"{product!r} {side!r} is no product and side", advice="Like --price 2 sell 0.2.")
        key = int(product), _SIDES[side]
        if key in found:
            raise UsageError("a price of one product and side is said twice", code="said_twice",
                             advice="Say one price for each.")  # fmt: skip
        found[key] = price
    return tuple(
        PriceBound(product, side, chain.parse(chain.quote_of(product), found[product, side]))
        for product, side in sorted(found)
    )


def _authorised(answer: TransactionAnswer) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "agent_authorised")
    return f"It may act for you until {format_time(event['expires_ms'])}."


@agent.command()
@click.argument("agent", shell_complete=accounts)
@sending
def revoke(invocation: Invocation, how: How, *, agent: str) -> None:
    """Let AGENT act for you no more, at once. Orders that it placed are yours and stay."""
    send(invocation, how, RevokeAgent(invocation.address(agent)), done=f"{agent} acts for you no more.")


@agent.command("list")
@click.argument("account", required=False, shell_complete=accounts)
@command
def list_(invocation: Invocation, *, account: str | None) -> None:
    """Who may act for ACCOUNT (default: one's own)."""
    address = account_asked(invocation, account, "`nodechain agent list NAME`")
    found = [each for page in invocation.node.agents.of_account(address) for each in page["agents"]]
    _show(invocation, address, found, "Nobody acts for this account.")


@agent.command()
@click.argument("account", required=False, shell_complete=accounts)
@command
def owners(invocation: Invocation, *, account: str | None) -> None:
    """For whom ACCOUNT (default: one's own) may act."""
    address = account_asked(invocation, account, "`nodechain agent owners NAME`")
    found = [each for page in invocation.node.agents.owners(address) for each in page["agents"]]
    _show(invocation, address, found, "This account acts for nobody.")


def _show(invocation: Invocation, address: str, found: list[AgentView], none: str) -> None:
    names, chain = invocation.names(), denominations(invocation)
    rows = [
        (
            names.get(each["owner"], each["owner"]), names.get(each["agent"], each["agent"]),
            ", ".join(each["types"]) or "-", _per_day(each, chain),
            ", ".join(_price(bound) for bound in each["prices"]) or "-",
            "over" if each["over"] else format_time(each["expires_ms"]),
        )
        for each in found
    ]  # fmt: skip
    text = table(("OWNER", "AGENT", "MAY SEND", "USED OF A DAY'S", "PRICES", "UNTIL (UTC)"), rows)
    invocation.show({"account": address, "agents": found}, text if rows else none, found, columns=heads(AgentView))


def _per_day(view: AgentView, chain: Denominations) -> str:
    return ", ".join(
        f"{limit['used']['tokens']}/{limit['amount']['tokens']} {chain.symbol(limit['asset'])}"
        for limit in view["day_limits"]
    ) or "-"  # fmt: skip


def _price(bound: AgentPrice) -> str:
    which = "at least" if bound["side"] == "sell" else "at most"
    product = "" if bound["product"] == FIRST_PRODUCT else f" (product {bound['product']})"
    return f"{bound['side']} {which} {bound['price']['tokens']}{product}"


@agent.command()
@click.argument("agent", shell_complete=accounts)
@click.argument("owner", required=False, shell_complete=accounts)
@command
def show(invocation: Invocation, *, agent: str, owner: str | None) -> None:
    """All that AGENT may do for OWNER (default: for you), and what of it is used today."""
    mine = account_asked(invocation, owner, "`nodechain agent show AGENT OWNER`")
    wanted = invocation.address_text(agent)
    found = next(
        (
            each
            for page in invocation.node.agents.of_account(mine)
            for each in page["agents"]
            if each["agent"] == wanted
        ),
        None,
    )
    if found is None:
        raise NotFound(f"{agent} acts not for this account", code="unknown_agent", advice="See `nodechain agent list`.")
    chain, names = denominations(invocation), invocation.names()
    told = [
        ("agent", names.get(wanted, wanted)),
        ("owner", names.get(mine, mine)),
        ("may send", ", ".join(found["types"]) or "nothing"),
        ("used of a day's", _per_day(found, chain)),
        ("prices", ", ".join(_price(bound) for bound in found["prices"]) or "none: no orders"),
        ("commission", f"{format_share(found['commission'])} of what it sells"),
        ("until", "over" if found["over"] else format_time(found["expires_ms"])),
    ]
    for sweep in found["sweeps"]:
        today = ", done today" if sweep["swept_today"] else ""
        floor = f"{sweep['floor']['tokens']} {chain.symbol(sweep['asset'])}"
        told.append(("paid out daily", f"above {floor}, reference {sweep['reference']!r}{today}"))
    invocation.show({"agent": found}, fields(told))


@agent.command()
@click.argument("owner", shell_complete=accounts)
@click.option("--asset", metavar="NAME", shell_complete=assets, help="Default: the community's currency.")
@sending
def sweep(invocation: Invocation, how: How, *, owner: str, asset: str | None) -> None:
    """As an agent: ask the banker to pay OWNER out what it has above its floor; once a day."""
    number = CURRENCY_ASSET if asset is None else number_of(denominations(invocation).assets, asset)
    send(invocation, how, SweepForOwner(invocation.address(owner), number), done=_swept)


def _swept(answer: TransactionAnswer) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "sweep_asked")
    return f"Asked the banker to pay out {event['amount']['tokens']}, with the reference {event['reference']}."


@agent.command()
@click.argument("account", shell_complete=accounts)
@command
def references(invocation: Invocation, *, account: str) -> None:
    """With which references ACCOUNT is paid out by its agents, as the banker needs them."""
    data = invocation.node.agents.references(invocation.address_text(account))
    names, chain = invocation.names(), denominations(invocation)
    rows = [
        (names.get(each["agent"], each["agent"]), chain.symbol(each["asset"]), each["reference"])
        for each in data["references"]
    ]
    text = table(("AGENT", "ASSET", "REFERENCE"), rows)
    invocation.show(
        data, text if rows else "No agent has this account paid out.", data["references"], columns=heads(SweepReference)
    )
