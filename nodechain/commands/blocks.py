"""`nodechain block`."""

from __future__ import annotations

import click

from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.words import Words


@click.group()
def block() -> None:
    """Blocks."""


@block.command()
@click.argument("name", default="latest", metavar="HEIGHT|HASH|latest")
@command
def show(invocation: Invocation, *, name: str) -> None:
    """A block: header, certificate, ids of its transactions."""
    data = invocation.node.chain.block(name)
    shown = Words({}).lines(None, data["header"])
    text = "\n".join([fields(shown), f"{len(data['transactions'])} transactions", *data["transactions"]])
    invocation.show(data, text)
