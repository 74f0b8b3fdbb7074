"""`nodechain energy`."""

from __future__ import annotations

import click

from ledger.encoding.amounts import format_energy
from nodechain.client.answers import Energy
from nodechain.commands.options import Invocation, command
from nodechain.commands.output import fields


def _balanced_after(data: Energy) -> str:
    """How much has to be produced or drawn until the gap is closed."""
    if data["gap"] == "none":
        return "now"
    ways = (("produced", data["kwh_to_balance_by_production"]), ("drawn", data["kwh_to_balance_by_drawing"]))
    found = [f"{kwh} kWh {way}" for way, kwh in ways if kwh is not None]
    return " or ".join(found) or "not by producing or drawing"


@click.command()
@command
def energy(invocation: Invocation) -> None:
    """Supply, backing, imbalance, and what producing and drawing cost now (negative: a relief)."""
    data = invocation.node.energy()
    shown = [
        ("ENT supply", data["supply"]["tokens"]),
        ("eEuro supply", data["currency_supply"]["tokens"]),
        ("energy in the network", format_energy(data["network_wh"])),
        ("difference", f"{data['difference']['tokens']} ENT ({data['gap']})"),
        ("rate R", f"{data['rate']['tokens']} ENT/kWh"),
        ("producing costs", f"{data['minting_rate']['tokens']} ENT/kWh"),
        ("drawing costs", f"{data['burning_rate']['tokens']} ENT/kWh"),
        ("balanced after", _balanced_after(data)),
        ("at height", data["height"]),
    ]
    invocation.show(data, fields(shown))
