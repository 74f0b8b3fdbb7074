"""`nodechain session`."""

from __future__ import annotations

import click

from ledger.amounts import format_energy, parse_amount
from ledger.times import format_time
from ledger.transactions.payloads import CloseSession, OpenSession
from nodechain.commands.options import Invocation, command, sending
from nodechain.commands.output import table
from nodechain.commands.sending import How, send


@click.group()
def session() -> None:
    """Consumption sessions: ENT locked for energy at a storage unit."""


@session.command("open")
@click.argument("unit")
@click.argument("amount")
@click.option("--overdraft", default="0", metavar="ENT", help="May be burned beyond it if more is drawn.")
@sending
def open_(invocation: Invocation, how: How, *, unit: str, amount: str, overdraft: str) -> None:
    """Lock AMOUNT ENT at UNIT and draw the energy that it pays for."""
    payload = OpenSession(invocation.address(unit), parse_amount(amount), parse_amount(overdraft))
    send(invocation, how, payload, done=f"Opened a session at {unit} for {amount} ENT.")


@session.command()
@click.argument("unit")
@sending
def close(invocation: Invocation, how: How, *, unit: str) -> None:
    """End the session at UNIT; the rest of its lock returns."""
    send(invocation, how, CloseSession(invocation.address(unit)), done=f"Closed the session at {unit}.")


@session.command("list")
@click.option("--consumer", metavar="NAME", help="Only of this account.")
@click.option("--unit", metavar="NAME", help="Only at this unit.")
@command
def list_(invocation: Invocation, *, consumer: str | None, unit: str | None) -> None:
    """Open sessions with the energy that is left in them."""
    query = {
        "consumer": None if consumer is None else invocation.address_text(consumer),
        "unit": None if unit is None else invocation.address_text(unit),
    }
    found = invocation.api.pages("/v1/sessions", "sessions", **query)
    names = invocation.names()
    rows = [
        (
            str(entry["number"]),
            names.get(entry["consumer"], entry["consumer"]),
            names.get(entry["unit"], entry["unit"]),
            entry["locked"]["tokens"],
            format_energy(entry["energy_wh"]),
            format_time(entry["deadline_ms"]),
        )
        for entry in found
    ]
    text = table(("NUMBER", "CONSUMER", "UNIT", "LOCKED ENT", "LEFT", "DEADLINE (UTC)"), rows)
    invocation.show({"sessions": found}, text if rows else "No open sessions.", found)
