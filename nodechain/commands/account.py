"""`nodechain balance` and `nodechain statement`."""

from __future__ import annotations

from typing import Any, Final

import click

from nodechain.client.answers import Movement
from nodechain.commands.events_text import event_parts
from nodechain.commands.options import Invocation, command
from nodechain.commands.output import fields, table
from nodechain.commands.sending import sender_name
from nodechain.commands.verified import verified_balance
from nodechain.errors import UsageError


@click.command()
@click.argument("account", required=False)
@click.option("--height", type=click.IntRange(min=0), help="After that block, if the node still keeps its state.")
@click.option("--verify", is_flag=True, help="Believe no node: check the answer against the validators' signatures.")
@command
def balance(invocation: Invocation, *, account: str | None, height: int | None, verify: bool) -> None:
    """Balances, roles and metered energy of ACCOUNT (a name or address; default: the home's own)."""
    address = invocation.address_text(account or sender_name(invocation))
    if verify:
        if height is not None:
            raise UsageError("states are proven at the head only", advice="Leave out --height or --verify.")
        verified_balance(invocation, address)
        return
    data = invocation.node.account(address, height=height)
    rows = [
        (ASSETS.get(held["asset"], held["asset"]), *(held[part]["tokens"] for part in _PARTS[:-1]))
        for held in data["balances"]
    ]
    metered = data["metered"]
    text = "\n\n".join(
        [
            fields([("address", address), ("roles", ", ".join(data["roles"]) or "none"), ("nonce", data["nonce"])]),
            table(("ASSET", "AVAILABLE", "IN SESSIONS", "WAITING", "RESERVED", "IN ORDERS", "WITHDRAWING"), rows),
            fields([(name.removesuffix("_wh"), f"{value} Wh") for name, value in metered.items()]),
        ]
    )
    csv_rows = [
        {"asset": held["asset"], **{part: held[part]["tokens"] for part in _PARTS}} for held in data["balances"]
    ]
    invocation.show(data, text, csv_rows)


ASSETS: Final = {"EEURO": "eEuro"}
"""How people write what the interface calls otherwise."""
_PARTS: Final = ("available", "session", "waiting", "reservation", "order", "withdrawal", "total")


@click.command()
@click.argument("account", required=False)
@click.option("--from-height", type=click.IntRange(min=0), help="Lowest height.")
@click.option("--to-height", type=click.IntRange(min=0), help="Highest height.")
@command
def statement(invocation: Invocation, *, account: str | None, from_height: int | None, to_height: int | None) -> None:
    """All movements of ACCOUNT, oldest first, from the ledger's events."""
    address = invocation.address_text(account or sender_name(invocation))
    movements = invocation.node.statement(address, first=from_height, last=to_height)
    names = invocation.names()
    rows = [_row(movement, entry, names) for movement in movements for entry in movement["events"]]
    text = table(("HEIGHT", "EVENT", "WHAT"), [(row["height"], row["event"], row["what"]) for row in rows])
    invocation.show({"address": address, "movements": movements}, text if rows else "No movements.", rows)


def _row(movement: Movement, entry: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    return {
        "height": str(movement["height"]),
        "event": str(entry.get("kind", "event")),
        "what": event_parts(entry, names),
    }
