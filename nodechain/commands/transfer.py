"""`nodechain transfer`."""

from __future__ import annotations

import click

from ledger.bank.payloads import Transfer
from ledger.bank.schema import Asset
from ledger.encoding.amounts import format_amount, parse_amount
from nodechain.commands.options import Invocation, sending
from nodechain.commands.sending import How, send


@click.group()
def transfer() -> None:
    """Send ENT or eEuro."""


def _send(invocation: Invocation, how: How, asset: Asset, to: str, amount: str) -> None:
    base = parse_amount(amount)
    name = "eEuro" if asset is Asset.EEURO else "ENT"
    send(
        invocation,
        how,
        Transfer(asset, invocation.address(to), base),
        done=f"Transferred {format_amount(base)} {name} to {to}.",
    )


@transfer.command()
@click.argument("to")
@click.argument("amount")
@sending
def ent(invocation: Invocation, how: How, *, to: str, amount: str) -> None:
    """Send AMOUNT ENT to TO (a name or address)."""
    _send(invocation, how, Asset.ENT, to, amount)


@transfer.command()
@click.argument("to")
@click.argument("amount")
@sending
def eeuro(invocation: Invocation, how: How, *, to: str, amount: str) -> None:
    """Send AMOUNT eEuro to TO (a name or address)."""
    _send(invocation, how, Asset.EEURO, to, amount)
