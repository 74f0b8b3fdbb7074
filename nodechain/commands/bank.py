"""`nodechain bank`: currency in and out."""

from __future__ import annotations

import click

from ledger.bank.payloads import BurnCurrency, LockWithdrawal, MintCurrency, UnlockCurrency
from ledger.encoding.amounts import parse_amount
from nodechain.commands.options import Invocation, sending
from nodechain.commands.sending import How, send


@click.group()
def bank() -> None:
    """Currency in and out: the banker mints, burns and unlocks; anyone locks for withdrawal."""


@bank.command()
@click.argument("to")
@click.argument("amount")
@sending
def mint(invocation: Invocation, how: How, *, to: str, amount: str) -> None:
    """Issue AMOUNT eEuro to TO against money received (banker)."""
    payload = MintCurrency(invocation.address(to), parse_amount(amount))
    send(invocation, how, payload, done=f"Minted {amount} eEuro to {to}.")


@bank.command()
@click.argument("holder")
@click.argument("amount")
@sending
def burn(invocation: Invocation, how: How, *, holder: str, amount: str) -> None:
    """Destroy AMOUNT that HOLDER locked, after paying it out (banker)."""
    payload = BurnCurrency(invocation.address(holder), parse_amount(amount))
    send(invocation, how, payload, done=f"Burned {amount} eEuro of {holder}.")


@bank.command()
@click.argument("holder")
@click.argument("amount")
@sending
def unlock(invocation: Invocation, how: How, *, holder: str, amount: str) -> None:
    """Give AMOUNT that HOLDER locked back to it (banker)."""
    payload = UnlockCurrency(invocation.address(holder), parse_amount(amount))
    send(invocation, how, payload, done=f"Unlocked {amount} eEuro of {holder}.")


@bank.command()
@click.argument("amount")
@sending
def lock(invocation: Invocation, how: How, *, amount: str) -> None:
    """Lock AMOUNT eEuro to be paid out by the banker."""
    send(invocation, how, LockWithdrawal(parse_amount(amount)), done=f"Locked {amount} eEuro for withdrawal.")
