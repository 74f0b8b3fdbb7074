"""`nodechain energy`."""

from __future__ import annotations

import click

from ledger.amounts import format_energy
from nodechain.commands.options import Invocation, command
from nodechain.commands.output import fields


@click.command()
@command
def energy(invocation: Invocation) -> None:
    """Supply, backing, imbalance, and what producing and consuming cost now."""
    data = invocation.api.get("/v1/energy")
    shown = [
        ("ENT supply", data["supply"]["tokens"]),
        ("eEuro supply", data["currency_supply"]["tokens"]),
        ("energy in the network", format_energy(data["network_wh"])),
        ("difference", f"{data['difference']['tokens']} ENT ({data['gap']})"),
        ("rate R", f"{data['rate']['tokens']} ENT/kWh"),
        ("minting cost", f"{data['minting_rate']['tokens']} ENT/kWh"),
        ("burning cost", f"{data['burning_rate']['tokens']} ENT/kWh"),
        ("balanced after", f"{data['kwh_to_balance']} kWh"),
        ("at height", data["height"]),
    ]
    invocation.show(data, fields(shown))
