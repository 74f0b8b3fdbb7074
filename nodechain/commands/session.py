"""`nodechain session`."""

from __future__ import annotations

import click

from ledger.encoding.amounts import format_energy, parse_amount
from ledger.encoding.times import format_time
from ledger.energy.payloads import CloseSession, OpenSession
from nodechain.client.answers import SessionView
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
    """End the session at UNIT; the rest of its lock returns once what was drawn before is known."""
    send(
        invocation,
        how,
        CloseSession(invocation.address(unit)),
        done=f"Closed the session at {unit}. `nodechain session list` shows what it still waits for.",
    )


@session.command("list")
@click.option("--consumer", metavar="NAME", help="Only of this account.")
@click.option("--unit", metavar="NAME", help="Only at this unit.")
@command
def list_(invocation: Invocation, *, consumer: str | None, unit: str | None) -> None:
    """Open sessions, and those that have ended and wait for their last reading or report."""
    query = {
        "consumer": None if consumer is None else invocation.address_text(consumer),
        "unit": None if unit is None else invocation.address_text(unit),
    }
    opened = invocation.node.sessions(**query)
    waiting = invocation.node.sessions(state="waiting", **query)
    names = invocation.names()
    rows = [_row(entry, names) for entry in (*opened, *waiting)]
    text = table(("NUMBER", "CONSUMER", "UNIT", "LOCKED ENT", "RESERVED", "LEFT", "STATE", "UNTIL (UTC)"), rows)
    invocation.show(
        {"sessions": opened, "waiting": waiting},
        text if rows else "No open sessions, and none that wait.",
        [*opened, *waiting],
    )


def _row(entry: SessionView, names: dict[str, str]) -> tuple[str, ...]:
    until_ms, state = entry["deadline_ms"], entry["state"]
    if state == "waiting":
        until_ms, state = entry["returns_ms"], f"{entry['reason']}, waits for a {entry['waits_for']}"
    return (
        str(entry["number"]),
        names.get(entry["consumer"], entry["consumer"]),
        names.get(entry["unit"], entry["unit"]),
        entry["locked"]["tokens"],
        entry["reservation"]["tokens"],
        format_energy(entry["energy_wh"]),
        state,
        format_time(until_ms),
    )
