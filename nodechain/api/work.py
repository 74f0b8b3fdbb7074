"""What is left of a read when the loop has done its part: work for the reading thread, on one moment of the store."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from ledger.chain.context import Context
from ledger.state.overlay import State
from nodechain.api import chain_reads, requests
from nodechain.api import models as m
from nodechain.api.reads import LedgerReads
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.view import Snapshot

Work = Callable[[], m.Model]
"""The rest of a read, for another thread."""


def reads_of(node: Node, snapshot: Snapshot, height: int, time_ms: int) -> LedgerReads:
    """Reads of the state that a snapshot holds of a height; `time_ms`: of the node's clock."""
    head = snapshot.head()
    is_past = head is not None and height != head.height
    reader = snapshot.at(height) if is_past else snapshot
    at_ms = chain_reads.stored_header(snapshot, height).time_ms if is_past else time_ms
    view = Context(State(reader), node.genesis, REGISTRY.hooks, height + 1, at_ms, b"")
    return LedgerReads(reader, height, view)


def ledger(node: Node, request: web.Request, answer: Callable[[LedgerReads], m.Model]) -> Work:
    """Reads one committed state: the head's, or the one of the `height` that is asked for; raises `NotFound`."""
    asked = requests.optional_number(request, "height")
    time_ms = node.clock.wall_ms()

    def work() -> m.Model:
        with node.app.store.snapshot() as snapshot:
            head = snapshot.head()
            newest = 0 if head is None else head.height
            return answer(reads_of(node, snapshot, newest if asked is None else asked, time_ms))

    return work


def blocks_of(node: Node, answer: Callable[[Snapshot], m.Model]) -> Work:
    """Reads blocks and what points at them, all of one moment."""

    def work() -> m.Model:
        with node.app.store.snapshot() as snapshot:
            return answer(snapshot)

    return work
