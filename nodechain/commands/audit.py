"""`nodechain audit`: trust nothing that is stored; execute it all again."""

from __future__ import annotations

from collections.abc import Iterator

import click

from nodechain.app import audit_rules
from nodechain.commands.options import Invocation, command
from nodechain.commands.output import fields
from nodechain.commands.progress import Progress
from nodechain.errors import NotFound
from nodechain.home import Home
from nodechain.lock import HomeLock
from nodechain.node import read_genesis
from nodechain.replay import ChainBlock, replay
from nodechain.store.store import Store


@click.command()
@command
def audit(invocation: Invocation) -> None:
    """Replay the chain of a stopped home from its genesis; report the first difference exactly."""
    home = Home(invocation.home)
    home.require_initialised()
    genesis = read_genesis(home.genesis)
    with HomeLock(home.lock), Store.open(home.data, rules=audit_rules(genesis)) as store:
        head = store.head()
        if head is None:
            raise NotFound("the home has no chain yet", advice="Start it once with `nodechain validate`.")
        progress = Progress("block", head.height + 1)
        chain = replay(genesis, stored_blocks(store, head.height), progress.at)
        progress.done()
        chain.compare_state(store.state_entries())
        found = chain.result
    data = {
        "chain_id": genesis.chain_id,
        "height": found.height,
        "transactions": found.transactions,
        "block_hash": found.block_hash.hex(),
        "state_root": found.state_root.hex(),
        "sound": True,
    }
    text = f"Sound: every block, certificate, root, receipt and invariant.\n{fields(list(data.items()))}"
    invocation.show(data, text)


def stored_blocks(store: Store, last: int) -> Iterator[ChainBlock]:
    """All blocks of a store, from height 0."""
    for height in range(last + 1):
        block = store.block(height)
        if block is None:
            raise NotFound(f"block {height} is missing")
        yield ChainBlock(block.header, block.certificate, block.transactions, store.receipts(height))
