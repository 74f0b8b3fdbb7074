"""From which slot on something is to hold: the option of commands that change what holds in slots."""

from __future__ import annotations

from typing import Final

import click

from nodechain.client.answers.slots import SlotsView
from nodechain.commands.terminal.options import Invocation

FROM_SLOT: Final = click.option(
    "--from-slot", type=click.IntRange(min=1), required=True, help="The slot to come that it holds from."
)
FROM_SLOT_OR_SOON: Final = click.option(
    "--from-slot", type=click.IntRange(min=1), help="The slot to come that it holds from (default: the next but one)."
)


def slot_to_come(invocation: Invocation, given: int | None, ahead: int = 2) -> int:
    """The slot that was given, or so many after the one that the node is in."""
    if given is not None:
        return given
    return int(invocation.node.api.get("/v1/slots", SlotsView)["slot"]) + ahead
