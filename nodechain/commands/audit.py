"""`nodechain audit`: trust nothing that is stored; execute it all again."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ledger.chain.genesis import Genesis
from nodechain.chain.app import decision_of
from nodechain.chain.replay import ChainBlock, Replay, replay, replay_on
from nodechain.commands.running.stopped_chain import stopped_chain
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import NotFound, UsageError
from nodechain.store.store import Store


@click.command()
@click.option("--from", "first", type=click.IntRange(min=1), metavar="HEIGHT",
              help="Begin with this block, on the kept state before it (default: the genesis).")  # fmt: skip
@click.option("--to", "last", type=click.IntRange(min=1), metavar="HEIGHT", help="End with this block (default: all).")
@command
def audit(invocation: Invocation, *, first: int | None, last: int | None) -> None:
    """Replay the chain of a stopped home; report the first difference exactly."""
    with stopped_chain(invocation.home) as stopped:
        genesis, store, head = stopped.genesis, stopped.store, stopped.head
        last = head.height if last is None else last
        if last > head.height or (first is not None and first > last):
            raise UsageError(
                f"there is no range of blocks from {first or 0} to {last}", advice=f"The head is {head.height}."
            )
        with Progress("block", last + 1) as progress:
            if first is None:
                chain = replay(genesis, stored_blocks(store, 0, last), progress.at)
            else:
                chain = _after(genesis, store, first - 1)
                replay_on(chain, stored_blocks(store, first, last), progress.at)
        if last == head.height:
            with Progress("comparing the state"):
                chain.compare_state(store.state_entries())
        found = chain.result
    data = {
        "chain_id": genesis.chain_id,
        "from": first or 0,
        "height": found.height,
        "transactions": found.transactions,
        "block_hash": found.block_hash.hex(),
        "state_root": found.state_root.hex(),
        "sound": True,
    }
    text = f"Sound: every block, certificate, root, receipt and invariant.\n{fields(list(data.items()))}"
    invocation.show(data, text)


def _after(genesis: Genesis, store: Store, height: int) -> Replay:
    """The chain after a block, from the state that is kept of it."""
    header = store.header(height)
    if header is None:
        raise NotFound(f"block {height} is missing")
    with store.snapshot() as snapshot:
        return Replay.after(genesis, header.header, snapshot.at(height).entries(), decision_of(snapshot, height))


def stored_blocks(store: Store, first: int, last: int) -> Iterator[ChainBlock]:
    """The blocks of a range of heights, both ends included."""
    for height in range(first, last + 1):
        block = store.block(height)
        if block is None:
            raise NotFound(f"block {height} is missing")
        yield ChainBlock(block.header, block.certificate, block.transactions, store.receipts(height))
