"""Which slot a command is about, or from which one on something is to hold: by its number, or by when it begins."""

from __future__ import annotations

import re
from typing import Final

import click
import msgspec

from ledger.encoding.times import format_time
from nodechain.client.answers.slots import SlotsView
from nodechain.commands.terminal.options import Invocation
from nodechain.errors import UsageError
from nodechain.formats.local_time import offset_instant


class Begins(msgspec.Struct, frozen=True):
    """The slot that begins at `time_ms`."""

    time_ms: int


class SlotType(click.ParamType[int | Begins]):
    """A slot's number, or an ISO time with its zone: which number that is only the chain knows."""

    name = "slot"

    def convert(
        self, value: str | int | Begins, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | Begins:
        """What was typed; a number is at least 1."""
        if not isinstance(value, str):
            return value
        if value.isascii() and value.isdigit() and 0 < int(value[:20]) < 2**63:
            return int(value)
        found = offset_instant(value)
        if found is None:
            self.fail(
                f"{value!r} is no slot: give its number, or when it begins, as 2026-11-01T00:00+01:00", param, ctx
            )
        return Begins(found)


class Month(msgspec.Struct, frozen=True):
    """A local month, as `2026-11`."""

    text: str


class SlotOrMonthType(click.ParamType["int | Begins | Month"]):
    """The same, or a local month of a scheme that settles by the month."""

    name = "slot or month"

    def convert(
        self, value: str | int | Begins | Month, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | Begins | Month:
        """What was typed."""
        if isinstance(value, Month):
            return value
        if isinstance(value, str) and MONTH.fullmatch(value):
            return Month(value)
        return SLOT.convert(value, param, ctx)


MONTH: Final = re.compile("[0-9]{4}-(0[1-9]|1[0-2])")
SLOT: Final = SlotType()
SLOT_OR_MONTH: Final = SlotOrMonthType()
METAVAR: Final = "SLOT|TIME"
_WHAT: Final = "The slot to come that it holds from: its number, or when it begins (ISO time with its zone)"
FROM_SLOT: Final = click.option("--from-slot", type=SLOT, metavar=METAVAR, required=True, help=f"{_WHAT}.")
FROM_SLOT_OR_SOON: Final = click.option(
    "--from-slot", type=SLOT, metavar=METAVAR, help=f"{_WHAT}; default: the next but one."
)


def slot_number(invocation: Invocation, given: int | Begins) -> int:
    """The number of the slot that was given; raises `UsageError` (not_a_slot) for a time at which none begins."""
    if isinstance(given, int):
        return given
    length_ms = int(invocation.node.api.get("/v1/slots", SlotsView)["slot_ms"])
    number, into = divmod(given.time_ms, length_ms)
    if into:
        raise UsageError(
            f"no slot begins at {format_time(given.time_ms)} UTC; slots have {length_ms // 60_000} minutes here",
            code="not_a_slot",
            advice=f"The one before begins at {format_time(number * length_ms)} UTC, and is slot {number}.",
        )
    return number


def slot_to_come(invocation: Invocation, given: int | Begins | None, ahead: int = 2) -> int:
    """The slot that was given, or so many after the one that the node is in."""
    if given is not None:
        return slot_number(invocation, given)
    return int(invocation.node.api.get("/v1/slots", SlotsView)["slot"]) + ahead
