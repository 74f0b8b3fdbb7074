"""`nodechain status`."""

from __future__ import annotations

import click

from ledger.encoding.times import format_time
from nodechain.client.answers.energy import EnergyView
from nodechain.client.answers.status import StatusView
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.plan_text import plan_text, ready_text
from nodechain.network.clock_offset import Offset


@click.command()
@command
def status(invocation: Invocation) -> None:
    """Height, pool, duty of the node, and the community's balance."""
    data = invocation.node.status()
    energy = invocation.node.energy() if "energy" in data["modules"] else None
    invocation.show({**data, "energy": energy}, fields(shown(data, energy)))


def shown(data: StatusView, energy: EnergyView | None) -> list[tuple[str, object]]:
    """What a person sees of the answers of `/v1/status` and `/v1/energy`."""
    return [
        ("chain", data["chain_id"]),
        ("genesis", data["genesis_hash"]),
        ("height", data["height"]),
        ("block time", f"{format_time(data['time_ms'])} UTC"),
        ("clock", _clock(data)),
        ("consensus", f"{data['mode']}, {data['validators']} validator(s)"),
        ("validator", data["validator"] or "no, this node follows"),
        ("duty", _duty(data)),
        ("peers", f"{data['peers']}, {data['validators_connected']} of them validators"),
        ("waiting", f"{data['pool']['transactions']} transactions, {data['pool']['bytes']} bytes"),
        ("imbalance", _imbalance(energy)),
        ("protocol", f"version {data['protocol_version']}, this node knows {data['known_version']}"),
        ("upgrade", _upgrade(data)),
        ("version", data["version"]),
    ]


def _imbalance(energy: EnergyView | None) -> str:
    if energy is None:
        return "none: the module energy is off"
    return f"{energy['difference']['tokens']} ENT, rate {energy['rate']['tokens']} ENT/kWh"


def _upgrade(data: StatusView) -> str:
    upgrade = data["upgrade"]
    if upgrade is None:
        return "none is planned"
    text = f"{plan_text({**upgrade}, data['protocol_version'])}; {ready_text(upgrade)}"
    if upgrade["known_here"]:
        return text
    return f"{text}; THIS NODE STOPS THERE: install {upgrade['release'] or 'a newer release'} first"


def _clock(data: StatusView) -> str:
    if data["simulated_clock"]:
        return "simulated"
    if data["clock_ahead_ms"] is None:
        return "compared with nobody"
    offset = Offset(data["clock_ahead_ms"], data["clock_peers"])
    if abs(offset.ahead_ms) > data["clock_limit_ms"]:
        return f"WRONG: {offset.text} (see `nodechain doctor`)"
    return f"agrees with {offset.peers} peers"


def _duty(data: StatusView) -> str:
    if data["safe_mode"]:
        ends_at = data["safe_mode_ends_at"]
        until = f"until height {ends_at}" if ends_at is not None else "until a quorum of the others has answered"
        return f"safe mode, signs nothing {until}: {data['safe_mode']} (see `nodechain doctor`)"
    if data["behind"]:
        return f"catching up, {data['behind']} blocks behind"
    if data["signing"]:
        return f"votes, in round {data['round']} of height {data['height'] + 1}"
    return "does not vote" if data["validator"] else "follows"
