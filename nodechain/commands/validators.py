"""`nodechain validators`."""

from __future__ import annotations

import click

from nodechain.commands.options import Invocation, command
from nodechain.commands.output import table


@click.command()
@command
def validators(invocation: Invocation) -> None:
    """The validators of the next height."""
    data = invocation.api.get("/v1/validators")
    rows = [(entry["name"], entry["address"], str(entry["power"]), entry["key"]) for entry in data["validators"]]
    invocation.show(data, table(("NAME", "ADDRESS", "POWER", "KEY"), rows), data["validators"])
