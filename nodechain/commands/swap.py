"""Swaps: one asset for another at an agreed price, both sides at once."""

from __future__ import annotations

from typing import Final

import click

from ledger.bank.assets import number_of
from ledger.deals.payloads import CancelSwap, OfferSwap, TakeSwap
from ledger.deals.terms import SwapSide
from ledger.encoding.amounts import parse_duration_ms
from ledger.encoding.times import format_time
from nodechain.client.answers.deals import SwapView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.memo import MemoAsked, beside, carrying
from nodechain.commands.sending.chain import chain_time_ms, denominations
from nodechain.commands.sending.send import How, events_of, send, sender_name
from nodechain.commands.terminal.completing import accounts, assets
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import heads, table

NUMBER: Final = click.argument("number", type=click.IntRange(min=1))


@click.group()
def swap() -> None:
    """Swaps: one asset for another at an agreed price, outside of the market, both sides at once."""


@swap.command()
@click.argument("amount")
@click.argument("asset", shell_complete=assets)
@click.argument("want_amount")
@click.argument("want_asset", shell_complete=assets)
@click.option("--to", "taker", shell_complete=accounts, help="Only this account may take it (default: every member).")
@click.option("--expires-in", default="1d", show_default=True, metavar="DURATION")
@sending
@carrying
def offer(
    invocation: Invocation, how: How, *, amount: str, asset: str, want_amount: str, want_asset: str,
    taker: str | None, expires_in: str, memo: MemoAsked,
) -> None:  # fmt: skip
    """Offer AMOUNT of ASSET for WANT_AMOUNT of WANT_ASSET, to be taken wholly or in parts."""
    chain = denominations(invocation)
    give, want = number_of(chain.assets, asset), number_of(chain.assets, want_asset)
    payload = OfferSwap(
        SwapSide(give, chain.parse(give, amount)), SwapSide(want, chain.parse(want, want_amount)),
        invocation.address(sender_name(invocation) if taker is None else taker),
        chain_time_ms(invocation.node.status()) + parse_duration_ms(expires_in),
    )  # fmt: skip
    reader = None if taker is None else payload.taker
    send(invocation, how, beside(invocation, how, payload, memo, reader), done=_offered)


def _offered(answer: TransactionAnswer) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "swap_offered")
    return f"Offered swap {event['swap']} until {format_time(event['expires_ms'])}."


@swap.command("list")
@click.argument("account", required=False, shell_complete=accounts)
@command
def list_(invocation: Invocation, *, account: str | None) -> None:
    """Open swaps that you may see, or those that ACCOUNT offers or alone may take."""
    reads = invocation.node.deals
    if account is not None:
        address = invocation.address_text(account)
        pages = (page for read in (reads.swaps_of, reads.swaps_for) for page in read(address))
        found = [each for page in pages for each in page["swaps"]]
    else:
        found = [each for page in reads.swaps() for each in page["swaps"]]
    names, chain = invocation.names(), denominations(invocation)
    rows = [
        (
            str(each["number"]), names.get(each["owner"], each["owner"]),
            f"{each['left']['tokens']} {chain.symbol(each['asset'])}",
            f"{each['lot_price']['tokens']} {chain.symbol(each['want_asset'])}",
            f"{each['lot']['tokens']} {chain.symbol(each['asset'])}",
            names.get(each["taker"], each["taker"]) or "everybody",
            "expired" if each["over"] else format_time(each["expires_ms"]),
        )
        for each in found
    ]  # fmt: skip
    text = table(("NUMBER", "OF", "LEFT", "PRICE", "FOR EACH", "FOR WHOM", "UNTIL (UTC)"), rows)
    invocation.show({"swaps": found}, text if rows else "No swap is open.", found, columns=heads(SwapView))


@swap.command()
@NUMBER
@click.argument("amount", required=False)
@sending
def take(invocation: Invocation, how: How, *, number: int, amount: str | None) -> None:
    """Take AMOUNT (default: all) of swap NUMBER and pay its exact price."""
    chain, found = denominations(invocation), invocation.node.deals.swap(number)["swap"]
    asset = found["asset"]
    base = int(found["left"]["base"]) if amount is None else chain.parse(asset, amount)
    told = f"{found['left']['tokens'] if amount is None else amount} {chain.symbol(asset)}"
    send(invocation, how, TakeSwap(number, asset, base), done=f"Took {told} of swap {number}.")


@swap.command()
@NUMBER
@sending
def cancel(invocation: Invocation, how: How, *, number: int) -> None:
    """Take back what is left of your swap NUMBER."""
    send(invocation, how, CancelSwap(number), done=f"Swap {number} is cancelled; what was left is yours again.")
