"""`nodechain status`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from nodechain.commands.options import Invocation, command
from nodechain.commands.output import fields


@click.command()
@command
def status(invocation: Invocation) -> None:
    """Height, pool, duty of the node, and the community's balance."""
    data = invocation.api.get("/v1/status")
    energy = invocation.api.get("/v1/energy")
    time = datetime.fromtimestamp(data["time_ms"] / 1000, UTC)
    shown = [
        ("chain", data["chain_id"]),
        ("height", data["height"]),
        ("block time", time.strftime("%Y-%m-%d %H:%M:%S UTC")),
        ("consensus", f"{data['mode']}, {data['validators']} validator(s)"),
        ("validator", data["validator"]),
        ("peers", data["peers"]),
        ("waiting", f"{data['pool']['transactions']} transactions, {data['pool']['bytes']} bytes"),
        ("imbalance", f"{energy['difference']['tokens']} ENT, rate {energy['rate']['tokens']} ENT/kWh"),
        ("version", data["version"]),
    ]
    invocation.show({**data, "energy": energy}, fields(shown))
