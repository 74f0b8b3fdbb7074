"""`nodechain validate` and `nodechain node`: run a validator, or a node that only follows."""

from __future__ import annotations

from typing import Any

import click
from msgspec.structs import replace

from ledger.keys.crypto import Ed25519SecretKey
from nodechain.chain.validator_key import ValidatorKey
from nodechain.commands.running.run import api_options, run_node
from nodechain.commands.terminal.options import Command, Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords
from nodechain.errors import WrongSecret
from nodechain.home.config import Config, check_tls, load_config
from nodechain.home.home import Home
from nodechain.log import set_up_logging
from nodechain.network.cards import check_address
from nodechain.node import UNADVERTISED, Node, NodeOptions, P2p

_RUNNING = (
    click.option("--api-host", metavar="ADDRESS", help="Where the interface listens (default 127.0.0.1)."),
    click.option("--api-port", type=click.IntRange(0, 65_535), help="Its port; 0 for a free one (default 8545)."),
    click.option("--api-certificate", type=click.Path(dir_okay=False), help="TLS certificate (PEM)."),
    click.option("--api-key", type=click.Path(dir_okay=False), help="Its key (PEM)."),
    click.option("--api-allow-plain", is_flag=True, default=None, help="No TLS off loopback: a proxy does it."),
    click.option("--api-hosts", metavar="NAMES", help="Names, with commas, it may be asked by besides its address."),
    click.option("--p2p-host", metavar="ADDRESS", help="Where peers are listened for (default 127.0.0.1)."),
    click.option("--p2p-port", type=click.IntRange(0, 65_535), help="Its port; 0 for a free one (default 8546)."),
    click.option("--p2p-advertise", metavar="HOST:PORT", help="Where peers reach it, if elsewhere; - for nowhere."),
    click.option("--verify-workers", type=click.IntRange(0, 64), help="Processes that verify signatures (default 0)."),
    click.option("--archive", is_flag=True, default=None, help="Keep all past states."),
    click.option(
        "--snapshot-every",
        type=click.IntRange(0, 10**9),
        metavar="HEIGHTS",
        help="Between two snapshots for nodes that join (default 10000; 0: none).",
    ),
    click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"])),
    click.option("--log-format", type=click.Choice(["text", "json"])),
)


def _running(function: Command) -> Command:
    """The options of every command that runs a node."""
    for option in reversed(_RUNNING):
        function = option(function)
    return function


@click.command()
@_running
@click.option("--validator", metavar="NAME", help="The validator's key (default: validator).")
@click.option("--standing-clock", is_flag=True, help="Simulated chains: time moves only when it is moved.")
@click.option("--unsafe-resume", is_flag=True, help="The journal is lost for good, and the key runs nowhere else.")
@command
def validate(invocation: Invocation, *, standing_clock: bool, unsafe_resume: bool, **flags: Any) -> None:
    """Make blocks with the others, keep the chain, serve the interface, until SIGINT or SIGTERM."""
    config = _set_up(invocation, flags)
    key = _validator_key(invocation, config.validator)
    if unsafe_resume:
        click.echo("UNSAFE RESUME: if this key signs anywhere else, the chain forks.", err=True)
    _run(invocation, config, key, standing_clock=standing_clock, unsafe_resume=unsafe_resume)


@click.command()
@_running
@command
def node(invocation: Invocation, **flags: Any) -> None:
    """Follow the chain, check every block, serve the interface, without validating, until SIGINT or SIGTERM."""
    _run(invocation, _set_up(invocation, flags), None, standing_clock=False, unsafe_resume=False)


def _set_up(invocation: Invocation, flags: dict[str, Any]) -> Config:
    given = {name: value for name, value in flags.items() if value is not None}
    config = load_config(invocation.home, {**given, "output": invocation.config.output}).config
    check_tls(config)
    set_up_logging(config.log_level, config.log_format)
    Home(invocation.home).require_initialised()
    if config.p2p_advertise not in ("", UNADVERTISED):
        check_address(config.p2p_advertise)
    return config


def _run(
    invocation: Invocation, config: Config, key: ValidatorKey | None, *, standing_clock: bool, unsafe_resume: bool
) -> None:
    options = replace(node_options(config), unsafe_resume=unsafe_resume, standing_clock=standing_clock)

    def serving(node: Node, url: str) -> None:
        height, p2p = node.app.height, f"{config.p2p_host}:{node.p2p_port}"
        data = {"url": url, "chain_id": node.chain_id, "height": height, "home": str(invocation.home), "p2p": p2p}
        shown = fields([("chain", node.chain_id), ("height", height), ("interface", url), ("peers", p2p)])
        invocation.show(data, shown)

    run_node(invocation.home, key, options, api_options(config), serving)


def node_options(config: Config) -> NodeOptions:
    """A node's options from the settings."""
    return NodeOptions(
        archive=config.archive,
        p2p=P2p(config.p2p_host, config.p2p_port, config.p2p_advertise),
        verify_workers=config.verify_workers,
        snapshot_every=config.snapshot_every,
    )


def _validator_key(invocation: Invocation, name: str) -> ValidatorKey:
    secret = Passwords().open(invocation.keystore, name)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret(f"{name} is no Ed25519 key", advice="Name the validator's key with --validator.")
    return ValidatorKey(secret)
