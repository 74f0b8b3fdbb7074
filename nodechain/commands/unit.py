"""`nodechain units` and `nodechain unit`: storage units, what they report, and their meters."""

from __future__ import annotations

from typing import Any

import click

from ledger.encoding.amounts import format_energy, parse_energy
from ledger.encoding.times import format_time
from ledger.energy.payloads import (
    ActualItem,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    ProducedItem,
    ReleaseSession,
    ReportItem,
)
from ledger.limits import MAX_BATCH_ITEMS
from ledger.metering.payloads import UnbindMeter
from nodechain.client.answers import UnitView
from nodechain.commands.binding import bind, consent, meter_key, replace
from nodechain.commands.options import Invocation, command, sending
from nodechain.commands.output import fields, table
from nodechain.commands.sending import How, send, sender_name
from nodechain.errors import UsageError


@click.command()
@click.argument("unit", required=False)
@command
def units(invocation: Invocation, *, unit: str | None) -> None:
    """Storage units and their energy; with UNIT, one of them."""
    if unit is not None:
        _show(invocation, unit)
        return
    found = invocation.node.units()
    names = invocation.names()
    rows = [_row(entry, names) for entry in found]
    text = table(("UNIT", "OWNER", "STATUS", "FREE", "IN SESSIONS", "CAPACITY"), rows)
    invocation.show({"units": found}, text if rows else "No storage units.", found)


def _show(invocation: Invocation, unit: str) -> None:
    found = invocation.node.unit(invocation.address_text(unit))
    invocation.show({"unit": found}, fields([(name, _text(name, value)) for name, value in found.items()]), [found])


def _text(name: str, value: Any) -> str:
    if name.endswith("_wh"):
        return format_energy(value)
    if name == "level_ms":
        return format_time(value) if value else "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _row(entry: UnitView, names: dict[str, str]) -> tuple[str, ...]:
    return (
        names.get(entry["address"], entry["address"]),
        names.get(entry["owner"], entry["owner"]),
        entry["status"],
        format_energy(entry["available_wh"]),
        format_energy(entry["locked_wh"]),
        format_energy(entry["capacity_wh"]) if entry["capacity_wh"] else "unlimited",
    )


@click.group()
def unit() -> None:
    """What a storage unit reports, and its meters; sent by the unit's key."""


for _command in (bind, replace, consent):
    unit.add_command(_command)


@unit.command()
@click.argument("unit")
@command
def show(invocation: Invocation, *, unit: str) -> None:
    """UNIT's energy, terms and losses: `losing` says that it loses more than its terms explain."""
    _show(invocation, unit)


def _next_sequence(invocation: Invocation) -> int:
    """The number of the unit's next report, read from the chain."""
    address = invocation.address_text(sender_name(invocation))
    return invocation.node.unit(address)["sequence"] + 1


@unit.command()
@click.argument("producer")
@click.argument("energy")
@sending
def produced(invocation: Invocation, how: How, *, producer: str, energy: str) -> None:
    """Report that PRODUCER delivered ENERGY (like '10 kWh')."""
    payload = EnergyProduced(_next_sequence(invocation), invocation.address(producer), parse_energy(energy))
    send(invocation, how, payload, done=f"Reported {energy} produced by {producer}.")


@unit.command()
@click.argument("consumer")
@click.argument("energy")
@sending
def consumed(invocation: Invocation, how: How, *, consumer: str, energy: str) -> None:
    """Report that CONSUMER drew ENERGY."""
    payload = EnergyConsumed(_next_sequence(invocation), invocation.address(consumer), parse_energy(energy))
    send(invocation, how, payload, done=f"Reported {energy} consumed by {consumer}.")


@unit.command()
@click.argument("energy")
@sending
def actual(invocation: Invocation, how: How, *, energy: str) -> None:
    """Report the ENERGY that the unit really holds."""
    payload = EnergyActual(_next_sequence(invocation), parse_energy(energy))
    send(invocation, how, payload, done=f"Reported {energy} in the unit.")


@unit.command()
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@sending
def batch(invocation: Invocation, how: How, *, items: tuple[str, ...]) -> None:
    """Several reports in one transaction: produced:NAME:ENERGY, consumed:NAME:ENERGY, actual:ENERGY."""
    if len(items) > MAX_BATCH_ITEMS:
        raise UsageError(
            f"a batch has at most {MAX_BATCH_ITEMS} items, these are {len(items)}",
            code="too_many_items",
            advice="Send them as several batches.",
        )
    parsed = tuple(_item(invocation, item) for item in items)
    payload = EnergyBatch(_next_sequence(invocation), parsed)
    send(invocation, how, payload, done=f"Reported {len(parsed)} items.")


def _item(invocation: Invocation, text: str) -> ReportItem:
    match text.split(":"):
        case ["produced", producer, energy]:
            return ProducedItem(invocation.address(producer), parse_energy(energy))
        case ["consumed", consumer, energy]:
            return ConsumedItem(invocation.address(consumer), parse_energy(energy))
        case ["actual", energy]:
            return ActualItem(parse_energy(energy))
    raise UsageError(f"{text!r} is no report", advice="Like produced:alice:10kWh, consumed:bob:500Wh or actual:42kWh.")


@unit.command()
@click.argument("consumer")
@click.argument("number", type=click.IntRange(min=1))
@sending
def release(invocation: Invocation, how: How, *, consumer: str, number: int) -> None:
    """End CONSUMER's open session NUMBER; for one that has ended and waits, give the rest of its lock back.

    `nodechain session list` shows the numbers. What was drawn and is not reported yet goes unpaid.
    """
    payload = ReleaseSession(invocation.address(consumer), number)
    send(invocation, how, payload, done=f"Released session {number} of {consumer}.")


@unit.command()
@click.argument("meter")
@sending
def unbind(invocation: Invocation, how: How, *, meter: str) -> None:
    """End the binding of METER (a name here, or nrgpub...)."""
    send(invocation, how, UnbindMeter(meter_key(invocation, meter)), done=f"Unbound {meter}.")
