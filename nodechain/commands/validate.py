"""`nodechain validate`: run a validator."""

from __future__ import annotations

from typing import Any

import click

from ledger.crypto import Ed25519SecretKey
from nodechain.commands.options import Invocation, command
from nodechain.commands.output import fields
from nodechain.commands.passwords import Passwords
from nodechain.commands.running import api_options, run_node
from nodechain.config import load_config
from nodechain.errors import WrongSecret
from nodechain.home import Home
from nodechain.log import set_up_logging
from nodechain.node import Node, NodeOptions
from nodechain.validator_key import ValidatorKey


@click.command()
@click.option("--api-host", metavar="ADDRESS", help="Where the interface listens (default 127.0.0.1).")
@click.option("--api-port", type=click.IntRange(0, 65_535), help="Its port; 0 for a free one (default 8545).")
@click.option("--api-certificate", type=click.Path(dir_okay=False), help="TLS certificate (PEM).")
@click.option("--api-key", type=click.Path(dir_okay=False), help="Its key (PEM).")
@click.option("--api-allow-plain", is_flag=True, default=None, help="No TLS off loopback: a proxy does it.")
@click.option("--validator", metavar="NAME", help="The validator's key (default: validator).")
@click.option("--archive", is_flag=True, default=None, help="Keep all past states.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]))
@click.option("--log-format", type=click.Choice(["text", "json"]))
@click.option("--standing-clock", is_flag=True, help="Simulated chains: time moves only when it is moved.")
@click.option("--unsafe-resume", is_flag=True, help="The journal is lost for good, and the key runs nowhere else.")
@command
def validate(invocation: Invocation, *, standing_clock: bool, unsafe_resume: bool, **flags: Any) -> None:
    """Make blocks, keep the chain, serve the interface, until SIGINT or SIGTERM."""
    given = {name: value for name, value in flags.items() if value is not None}
    config = load_config(invocation.home, {**given, "output": invocation.config.output}).config
    set_up_logging(config.log_level, config.log_format)
    Home(invocation.home).require_initialised()
    key = _validator_key(invocation, config.validator)
    options = NodeOptions(archive=config.archive, unsafe_resume=unsafe_resume, standing_clock=standing_clock)
    if unsafe_resume:
        click.echo("UNSAFE RESUME: if this key signs anywhere else, the chain forks.", err=True)

    def serving(node: Node, url: str) -> None:
        height = node.app.height
        data = {"url": url, "chain_id": node.chain_id, "height": height, "home": str(invocation.home)}
        shown = fields([("chain", node.chain_id), ("height", height), ("interface", url)])
        invocation.show(data, shown)

    run_node(invocation.home, key, options, api_options(config), serving)


def _validator_key(invocation: Invocation, name: str) -> ValidatorKey:
    secret = Passwords().open(invocation.keystore, name)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret(f"{name} is no Ed25519 key", advice="Name the validator's key with --validator.")
    return ValidatorKey(secret)
