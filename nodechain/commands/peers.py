"""`nodechain peers`: who is connected, and who may be: cards to give away, to take in, and to take back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ledger.keys.keyfile import KeyKind
from nodechain.client.answers.peers import PeerView
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import heads, table
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.home.lock import HomeLock
from nodechain.network.cards import NAME, Card, Cards, check_address, format_card, parse_card
from nodechain.network.identity import fingerprint, load, rotate
from nodechain.network.limits import MAX_CARD_BYTES
from nodechain.node import P2p


@click.group()
def peers() -> None:
    """Peers: who is connected, and who may connect.

    A node talks to nobody but those whose card it has, and to the chain's validators, who introduce themselves.
    """


@peers.command("list")
@command
def list_(invocation: Invocation) -> None:
    """Every peer that may connect to the node, and whether it does."""
    data = invocation.node.chain.peers()
    rows = [
        (
            entry["name"],
            entry["node"],
            "validator" if entry["validator"] else "",
            "banned" if entry["banned"] else "-" if entry["connected_s"] is None else f"{entry['connected_s']} s",
            "in" if entry["inbound"] else "out" if entry["connected_s"] is not None else "",
            ", ".join(entry["addresses"]),
        )
        for entry in data["peers"]
    ]
    text = table(("NAME", "NODE", "", "CONNECTED", "", "ADDRESSES"), rows)
    invocation.show(
        data,
        text if rows else "No peers: take in a card with `nodechain peers add`.",
        data["peers"],
        columns=heads(PeerView),
    )


def _home(invocation: Invocation) -> tuple[Home, str]:
    home = Home(invocation.home)
    home.require_initialised()
    return home, read_genesis(home.genesis).chain_id


@peers.command()
@click.option("--name", default="", help="What others will call this node; default: the validator's name, or its host.")
@click.option("--address", "addresses", multiple=True, help="host:port where peers reach it; default: the settings'.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the card there.")
@command
def card(invocation: Invocation, *, name: str, addresses: tuple[str, ...], out: Path | None) -> None:
    """The card of this home's node, for its peers to take in."""
    home, chain_id = _home(invocation)
    config = invocation.config
    own = addresses or P2p(config.p2p_host, config.p2p_port, config.p2p_advertise).addresses(config.p2p_port)
    for address in own:
        check_address(address)
    identity = load(home.node)
    chosen = name or home.path.name.lstrip(".") or fingerprint(identity.node_id)
    if NAME.fullmatch(chosen) is None:
        raise UsageError(f"{chosen!r} is no name for a peer", advice="Give one with --name.")
    made = Card(chosen, chain_id, identity.node_id, identity.certificate, own, _validator(invocation))
    text = format_card(made)
    if out is not None:
        invocation.write_file(out, text.encode())
    invocation.show({**_view(made), "card": text, "path": None if out is None else str(out)}, text.rstrip())


def _validator(invocation: Invocation) -> bytes:
    if invocation.config.validator not in invocation.keystore.names():
        return b""
    key = invocation.keystore.get(invocation.config.validator)
    return key.public_key[1:] if key.kind == KeyKind.VALIDATOR else b""


@peers.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", default="", help="Call it so here.")
@command
def add(invocation: Invocation, *, file: Path, name: str) -> None:
    """Take in the card in FILE: its node may connect. A running node notices within two seconds."""
    home, chain_id = _home(invocation)
    read = parse_card(read_user_file(file, MAX_CARD_BYTES, "card").decode("utf-8", "replace"), chain_id)
    taken = Card(name or read.name, chain_id, read.node_id, read.certificate, read.addresses, read.validator)
    if NAME.fullmatch(taken.name) is None:
        raise UsageError(f"{taken.name!r} is no name for a peer", advice="Give one with --name.")
    if read.node_id == load(home.node).node_id:
        raise UsageError("this is the home's own card", code="own_card", advice="Give it to the others.")
    Cards(home.peers, chain_id).add(taken)
    invocation.show(_view(taken), f"{taken.name} ({fingerprint(taken.node_id)}) may connect.")


@peers.command()
@click.argument("name")
@command
def remove(invocation: Invocation, *, name: str) -> None:
    """Take back what `peers add` gave; validators of the chain go on being known by their introductions."""
    home, chain_id = _home(invocation)
    Cards(home.peers, chain_id).remove(name)
    invocation.show({"name": name}, f"{name} may connect no more.")


@peers.command("cards")
@command
def cards(invocation: Invocation) -> None:
    """The cards in this home."""
    home, chain_id = _home(invocation)
    folder = Cards(home.peers, chain_id)
    views = [_view(one) for one in folder.load()]
    rows = [(view["name"], view["node"], ", ".join(view["addresses"])) for view in views]
    bad = [f"{name} cannot be used: {reason}" for name, reason in sorted(folder.unreadable.items())]
    text = "\n".join([table(("NAME", "NODE", "ADDRESSES"), rows), *bad])
    invocation.show({"cards": views, "unreadable": folder.unreadable}, text, views)


@peers.command("rotate")
@command
def rotate_(invocation: Invocation) -> None:
    """Give this home's node a new key and certificate; the node must not run.

    A validator introduces itself anew when it starts. Who has the card of a node that follows needs its new one.
    """
    home, _chain_id = _home(invocation)
    with HomeLock(home.lock):
        identity = rotate(home.node)
    invocation.show({"node": fingerprint(identity.node_id)}, f"The node is {fingerprint(identity.node_id)} now.")


def _view(card: Card) -> dict[str, Any]:
    return {"name": card.name, "node": fingerprint(card.node_id), "addresses": list(card.addresses)}
