"""`nodechain snapshot`: join a chain by its state instead of executing all of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from typing import Any

import click

from nodechain.client.answers.snapshots import SnapshotView
from nodechain.client.rest import NodeApi
from nodechain.commands.running.stopped_chain import stopped_chain
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import UsageError
from nodechain.files.durable_file import sync_directory
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.home.lock import HomeLock
from nodechain.light.blocks import light_block
from nodechain.light.client import LightClient, terms_of
from nodechain.light.opening import clock_of, open_store
from nodechain.snapshots.fetcher import Fetcher, Source
from nodechain.snapshots.files import SnapshotAbout, SnapshotFolder
from nodechain.snapshots.maker import make_snapshot

JOINING = "data.joining"


@click.group()
def snapshot() -> None:
    """A chain's state in chunks that prove themselves: a new node takes it over and follows from there."""


@snapshot.command("list")
@command
def list_(invocation: Invocation) -> None:
    """The snapshots that the node offers."""
    found = invocation.node.chain.snapshots()["snapshots"]
    rows = [(str(entry["height"]), str(entry["entries"]), str(entry["bytes"]), str(entry["chunks"]),
             entry["state_root"]) for entry in found]  # fmt: skip
    shown = table(("HEIGHT", "ENTRIES", "BYTES", "CHUNKS", "STATE ROOT"), rows)
    invocation.show(
        {"snapshots": found}, shown if rows else "The node offers no snapshot.", found, columns=heads(SnapshotView)
    )


@snapshot.command()
@command
def make(invocation: Invocation) -> None:
    """Export the state of a stopped home now; a running node does so by itself (`--snapshot-every`)."""
    with stopped_chain(invocation.home) as stopped, stopped.store.snapshot() as view, Progress("chunk") as progress:
        block = light_block(view, stopped.head.height)
        folder = SnapshotFolder(stopped.home.snapshots)
        about = make_snapshot(view, block, stopped.genesis.tree_bits, folder, progress.at)
    data = _shown(about)
    invocation.show(data, f"Made.\n{fields(list(data.items()))}")


@snapshot.command()
@click.option("--also", multiple=True, metavar="URL", help="Another node to take from; may be repeated.")
@click.option("--height", type=click.IntRange(min=1), help="Of that block (default: the newest that is offered).")
@command
def fetch(invocation: Invocation, *, also: Sequence[str], height: int | None) -> None:
    """Take over a snapshot into a home without a chain, from several nodes at once, believing none of them."""
    home = Home(invocation.home)
    home.require_initialised()
    genesis = read_genesis(home.genesis)
    with HomeLock(home.lock), ExitStack() as open_ones:
        if home.data.is_dir() and any(home.data.iterdir()):
            raise UsageError(
                f"{home.data} holds a chain already",
                code="home_exists",
                advice="Start the node: it follows from there. Or make another home: `nodechain init --genesis FILE`.",
            )
        urls = dict.fromkeys([invocation.config.node, *also])
        sources = [Source(open_ones.enter_context(closing(NodeApi(url)))) for url in urls]
        trusted, terms = open_store(home, genesis), terms_of(genesis)
        progress = open_ones.enter_context(Progress("chunk"))

        def client_of(api: NodeApi) -> LightClient:
            return LightClient(api, trusted, terms, clock_of(genesis, api))

        def taken(done: int, chunks: int) -> None:
            progress.total = chunks
            progress.at(done)

        fetcher = Fetcher(genesis, sources, client_of, home.path / JOINING, taken)
        about = fetcher.run(height)
        (home.path / JOINING).replace(home.data)
        sync_directory(home.path)
    dropped = {source.api.url: source.dropped for source in sources if source.dropped}
    data = {**_shown(about), "dropped": dropped}
    text = f"Taken over; start the node, it follows from here.\n{fields(list(_shown(about).items()))}"
    refused = "".join(f"\nNot used: {url}: {why}" for url, why in dropped.items())
    invocation.show(data, text + refused)


def _shown(about: SnapshotAbout) -> dict[str, Any]:
    header = about.block.header
    return {
        "height": header.height,
        "block_hash": header.hash().hex(),
        "state_root": header.state_root.hex(),
        "entries": about.entries,
        "bytes": about.size,
        "chunks": about.chunks,
    }
