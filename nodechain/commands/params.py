"""`nodechain params`."""

from __future__ import annotations

import click

from nodechain.commands.options import Invocation, command
from nodechain.commands.output import table


@click.command()
@command
def params(invocation: Invocation) -> None:
    """The parameters in force; `nodechain vote set-param NAME VALUE` changes one."""
    data = invocation.node.parameters()
    rows = [
        (entry["name"], entry["text"], entry["minimum"], entry["maximum"], entry["unit"], entry["meaning"])
        for entry in data["parameters"]
    ]
    invocation.show(data, table(("NAME", "VALUE", "LEAST", "MOST", "UNIT", "MEANING"), rows), data["parameters"])
