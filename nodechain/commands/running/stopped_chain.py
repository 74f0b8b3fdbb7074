"""The chain of a home whose node does not run, for commands that read its store themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from ledger.chain.genesis import Genesis
from nodechain.chain.app import audit_rules
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import NotFound
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.home.lock import HomeLock
from nodechain.store.layout import Head
from nodechain.store.store import Store


class StoppedChain(msgspec.Struct, frozen=True):
    """An open store that has a chain."""

    home: Home
    genesis: Genesis
    store: Store
    head: Head


@contextmanager
def stopped_chain(path: Path) -> Iterator[StoppedChain]:
    """Lock the home and open its audited store; raises `HomeInUse`, `NotFound` (no chain yet), `DataDamaged`."""
    home = Home(path)
    home.require_initialised()
    genesis = read_genesis(home.genesis)
    with ExitStack() as open_ones:
        open_ones.enter_context(HomeLock(home.lock))
        with Progress("opening the store"):
            store = open_ones.enter_context(Store.open(home.data, rules=audit_rules(genesis)))
        head = store.head()
        if head is None:
            raise NotFound("the home has no chain yet", advice="Start it once with `nodechain validate`.")
        yield StoppedChain(home, genesis, store, head)
