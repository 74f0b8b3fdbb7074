"""`nodechain validators`."""

from __future__ import annotations

import click

from nodechain.commands.options import Invocation, command
from nodechain.commands.output import table


@click.command()
@click.option("--punished", is_flag=True, help="Those that signed two things where they may sign one, instead.")
@command
def validators(invocation: Invocation, *, punished: bool) -> None:
    """The validators of the next height."""
    if punished:
        offences = invocation.node.chain.evidence()
        lines = [
            (entry["validator"], entry["kind"], f"{entry['height']}.{entry['round']}", str(entry["punished"]),
             "removed" if entry["removed"] else "noted", entry["transaction_id"])
            for entry in offences
        ]  # fmt: skip
        header = ("VALIDATOR", "VOTE", "HEIGHT.ROUND", "PUNISHED AT", "AND", "TRANSACTION")
        invocation.show({"evidence": offences}, table(header, lines), offences)
        return
    data = invocation.node.chain.validators()
    rows = [(entry["name"], entry["address"], str(entry["power"]), entry["key"]) for entry in data["validators"]]
    invocation.show(data, table(("NAME", "ADDRESS", "POWER", "KEY"), rows), data["validators"])
