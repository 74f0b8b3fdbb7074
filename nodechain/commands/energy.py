"""Energy on the command line: the imbalance, storage units and what they report, consumption sessions."""

from __future__ import annotations

from typing import Final

import click

from ledger.encoding.amounts import format_energy, parse_amount, parse_energy, round_energy
from ledger.encoding.codec import Value, encode
from ledger.encoding.times import format_time
from ledger.energy.imbalance import BASE_PER_WH
from ledger.energy.limits import MAX_BATCH_ITEMS
from ledger.energy.payloads import (
    ActualItem,
    Annul,
    ChangeUnit,
    CloseSession,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    OpenSession,
    ProducedItem,
    RegisterUnit,
    ReinstateUnit,
    ReleaseSession,
    RemoveUnit,
    ReportItem,
    SetPriority,
)
from ledger.energy.schema import UNITS
from ledger.energy.storage_terms import IDEAL
from ledger.origin.terms import SOURCE_NAMES
from market.denominations import UNKNOWN
from nodechain.api.render import action as render_action
from nodechain.client.answers.energy import EnergyView, SessionView, UnitView
from nodechain.client.visible_text import visible_lines
from nodechain.commands.light import proven_entry
from nodechain.commands.sending.chain import words_of
from nodechain.commands.sending.send import How, account_asked, send, sender_name
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.action_text import action_text, sentence
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.storage_terms import Stated, terms_options
from nodechain.commands.terminal.unit_choice import RENEWABLE, choose_unit
from nodechain.commands.terminal.words import Words
from nodechain.errors import NotFound, UsageError


def _balanced_after(data: EnergyView) -> str:
    """How much has to be produced or drawn until the gap is closed."""
    if data["gap"] == "none":
        return "now"
    ways = (("produced", data["kwh_to_balance_by_production"]), ("drawn", data["kwh_to_balance_by_drawing"]))
    found = [f"{round_energy(parse_energy(f'{kwh} kWh'))} {way}" for way, kwh in ways if kwh is not None]
    return " or ".join(found) or "not by producing or drawing"


@click.command()
@command
def energy(invocation: Invocation) -> None:
    """Supply, backing, imbalance, and what producing and drawing cost now (negative: a relief)."""
    data = invocation.node.energy()
    shown = [
        ("ENT supply", data["supply"]["tokens"]),
        (f"{data['currency']} supply", data["currency_supply"]["tokens"]),
        ("energy in the network", round_energy(data["network_wh"])),
        ("difference", f"{data['difference']['tokens']} ENT ({data['gap']})"),
        ("rate R", f"{data['rate']['tokens']} ENT/kWh"),
        ("producing costs", f"{data['minting_rate']['tokens']} ENT/kWh"),
        ("drawing costs", f"{data['burning_rate']['tokens']} ENT/kWh"),
        ("balanced after", _balanced_after(data)),
        ("at height", data["height"]),
    ]
    if data["presumed_wh"]:
        shown.insert(4, ("of that, may be drawn by silent meters", round_energy(data["presumed_wh"])))
    invocation.show(data, fields(shown))


SOURCES: Final = (RENEWABLE, *(name for name in SOURCE_NAMES.values() if name not in ("unknown", "mixed")))


@click.group()
def session() -> None:
    """Consumption sessions: ENT locked for energy at a storage unit."""


@session.command("open")
@click.argument("unit", shell_complete=completing.units)
@click.argument("amount", required=False)
@click.option("--any", "anywhere", is_flag=True, help="Choose the unit, and say why: only AMOUNT is given.")
@click.option("--source", type=click.Choice(SOURCES), help="With --any: the unit that holds most of it.")
@click.option("--overdraft", default="0", metavar="ENT", help="May be burned beyond it if more is drawn.")
@sending
def open_(
    invocation: Invocation, how: How, *, unit: str, amount: str | None, anywhere: bool, source: str | None,
    overdraft: str,
) -> None:  # fmt: skip
    """Lock AMOUNT ENT at UNIT and draw the energy that it pays for; or `--any AMOUNT`, and the unit is chosen."""
    if anywhere == (amount is not None):
        wrong = "with --any no unit is named" if anywhere else "say the unit and the amount, or --any and the amount"
        raise UsageError(wrong, code="bad_arguments", advice="`nodechain session open --help` shows both ways.")
    if source is not None and not anywhere:
        raise UsageError("--source chooses a unit: it needs --any", code="bad_arguments")
    if amount is None:
        unit, amount = _chosen(invocation, unit, source), unit
    payload = OpenSession(invocation.address(unit), parse_amount(amount), parse_amount(overdraft))
    send(invocation, how, payload, done=f"Opened a session at {unit} for {amount} ENT.")


def _chosen(invocation: Invocation, amount: str, source: str | None) -> str:
    """The unit for a session, told with the reasons."""
    consumer = account_asked(invocation, None, "--from NAME")
    node, names = invocation.node, invocation.names()
    found = choose_unit(
        node.units(), node.origins.unit, lambda address: names.get(address, address),
        consumer=consumer, energy_wh=parse_amount(amount) // BASE_PER_WH, source=source,
    )  # fmt: skip
    for reason in found.reasons:
        click.echo(visible_lines(reason), err=True)
    return found.unit["address"]


@session.command()
@click.argument("unit", shell_complete=completing.units)
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
@click.option("--consumer", metavar="NAME", shell_complete=completing.accounts, help="Only of this account.")
@click.option("--unit", metavar="NAME", shell_complete=completing.units, help="Only at this unit.")
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
    rows = [_session_row(entry, names) for entry in (*opened, *waiting)]
    text = table(("NUMBER", "CONSUMER", "UNIT", "LOCKED ENT", "RESERVED", "LEFT", "STATE", "UNTIL (UTC)"), rows)
    invocation.show(
        {"sessions": opened, "waiting": waiting},
        text if rows else "No open sessions, and none that wait.",
        [*opened, *waiting],
        columns=heads(SessionView),
    )


def _session_row(entry: SessionView, names: dict[str, str]) -> tuple[str, ...]:
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


@click.command()
@click.argument("unit", required=False, shell_complete=completing.units)
@command
def units(invocation: Invocation, *, unit: str | None) -> None:
    """Storage units and their energy; with UNIT, one of them."""
    if unit is not None:
        _show_unit(invocation, unit)
        return
    found = invocation.node.units()
    names = invocation.names()
    rows = [_unit_row(entry, names) for entry in found]
    text = table(("UNIT", "OWNER", "STATUS", "FREE", "IN SESSIONS", "CAPACITY"), rows)
    invocation.show({"units": found}, text if rows else "No storage units.", found, columns=heads(UnitView))


def _show_unit(invocation: Invocation, unit: str) -> None:
    found = invocation.node.unit(invocation.address_text(unit))
    # Who is asked for a unit gets its address whole; its owner's goes by name.
    lines = [
        (name, found["address"] if name == "address" else text)
        for name, text in words_of(invocation).lines(UnitView, found)
    ]
    invocation.show({"unit": found}, fields(lines), [found])


def _unit_row(entry: UnitView, names: dict[str, str]) -> tuple[str, ...]:
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


@unit.command()
@click.argument("unit", shell_complete=completing.units)
@command
def show(invocation: Invocation, *, unit: str) -> None:
    """UNIT's energy, terms and losses: `losing` says that it loses more than its terms explain."""
    _show_unit(invocation, unit)


def _next_sequence(invocation: Invocation) -> int:
    """The number of the unit's next report, read from the chain."""
    address = invocation.address_text(sender_name(invocation))
    return invocation.node.unit(address)["sequence"] + 1


@unit.command()
@click.argument("producer", shell_complete=completing.accounts)
@click.argument("energy")
@sending
def produced(invocation: Invocation, how: How, *, producer: str, energy: str) -> None:
    """Report that PRODUCER delivered ENERGY (like '10 kWh')."""
    payload = EnergyProduced(_next_sequence(invocation), invocation.address(producer), parse_energy(energy))
    send(invocation, how, payload, done=f"Reported {format_energy(payload.energy_wh)} produced by {producer}.")


@unit.command()
@click.argument("consumer", shell_complete=completing.accounts)
@click.argument("energy")
@sending
def consumed(invocation: Invocation, how: How, *, consumer: str, energy: str) -> None:
    """Report that CONSUMER drew ENERGY."""
    payload = EnergyConsumed(_next_sequence(invocation), invocation.address(consumer), parse_energy(energy))
    send(invocation, how, payload, done=f"Reported {format_energy(payload.energy_wh)} consumed by {consumer}.")


@unit.command()
@click.argument("energy")
@sending
def actual(invocation: Invocation, how: How, *, energy: str) -> None:
    """Report the ENERGY that the unit really holds."""
    payload = EnergyActual(_next_sequence(invocation), parse_energy(energy))
    send(invocation, how, payload, done=f"Reported {format_energy(payload.energy_wh)} in the unit.")


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
@click.argument("consumer", shell_complete=completing.accounts)
@click.argument("number", type=click.IntRange(min=1))
@sending
def release(invocation: Invocation, how: How, *, consumer: str, number: int) -> None:
    """End CONSUMER's open session NUMBER; for one that has ended and waits, give the rest of its lock back.

    `nodechain session list` shows the numbers. What was drawn and is not reported yet goes unpaid.
    """
    payload = ReleaseSession(invocation.address(consumer), number)
    send(invocation, how, payload, done=f"Released session {number} of {consumer}.")


@click.command("register-unit")
@click.argument("unit", shell_complete=completing.accounts)
@click.argument("owner", shell_complete=completing.accounts)
@click.option("--capacity", default="0", help="Like '100 kWh'; 0: unlimited.")
@click.option("--max-power", type=click.IntRange(min=0), default=0, help="W; 0: unlimited.")
@voting
@terms_options
def register_unit(
    invocation: Invocation, *, unit: str, owner: str, capacity: str, max_power: int, stated: Stated
) -> Value:
    """Register the storage unit UNIT of OWNER; what is not stated of its terms is ideal."""
    addresses = invocation.address(unit), invocation.address(owner)
    return RegisterUnit(*addresses, parse_energy(capacity), max_power, stated(IDEAL))


@click.command("change-unit")
@click.argument("unit", shell_complete=completing.units)
@click.option("--capacity", help="Like '100 kWh'; 0: unlimited.")
@click.option("--max-power", type=click.IntRange(min=0), help="W; 0: unlimited.")
@voting
@terms_options
def change_unit(
    invocation: Invocation, *, unit: str, capacity: str | None, max_power: int | None, stated: Stated
) -> Value:
    """Change the terms of the registered UNIT; what is not stated stays as it is proven to be."""
    now = proven_entry(invocation, UNITS, invocation.address(unit))
    if now is None:
        raise NotFound(f"{unit} is no unit", code="unknown_unit")
    changed = ChangeUnit(
        invocation.address(unit),
        now.capacity_wh if capacity is None else parse_energy(capacity),
        now.max_power_w if max_power is None else max_power,
        stated(now.terms),
    )
    click.echo(sentence(action_text(render_action(UNKNOWN, encode(changed)), Words(invocation.names()))), err=True)
    return changed


@click.command("remove-unit")
@click.argument("unit", shell_complete=completing.units)
@voting
def remove_unit(invocation: Invocation, *, unit: str) -> Value:
    """Remove the storage unit UNIT with all its energy."""
    return RemoveUnit(invocation.address(unit))


@click.command("reinstate-unit")
@click.argument("unit", shell_complete=completing.units)
@click.option("--accept", default="0", metavar="ENERGY", help="Of its quarantined gain, what is booked.")
@voting
def reinstate_unit(invocation: Invocation, *, unit: str, accept: str) -> Value:
    """Let the suspended UNIT work again."""
    return ReinstateUnit(invocation.address(unit), parse_energy(accept))


@click.command("set-priority")
@click.argument("account", shell_complete=completing.accounts)
@click.option("--off", is_flag=True, help="Its sessions end like all others'.")
@voting
def set_priority(invocation: Invocation, *, account: str, off: bool) -> Value:
    """Let sessions that ACCOUNT opens from now on end last where a unit holds too little."""
    return SetPriority(invocation.address(account), not off)


@click.command()
@click.argument("account", shell_complete=completing.accounts)
@click.argument("unit", shell_complete=completing.units)
@click.argument("amount")
@voting
def annul(invocation: Invocation, *, account: str, unit: str, amount: str) -> Value:
    """Destroy AMOUNT ENT of the expelled ACCOUNT, at most what its own, removed UNIT minted in the last 30 days."""
    return Annul(invocation.address(account), invocation.address(unit), parse_amount(amount))
