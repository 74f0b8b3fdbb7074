"""Reads of one moment of the store: what is left of a request when the loop has done its part; for another thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec
from aiohttp import web

from ledger.chain.context import Context
from ledger.chain.header import HEADER, Header
from ledger.chain.protocol import context_at
from ledger.state.overlay import Reader, State
from market.denominations import Denominations
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import CHUNK, Location
from nodechain.store.view import Snapshot, StoreView

Work = Callable[[], ApiModel]
"""The rest of a read, for another thread."""


MAX_PAGE_RECEIPTS: Final = 5_000
"""How many receipts a page may read; the block that begins below it is read whole."""


def stored_header(store: StoreView, height: int) -> Header:
    """The header of a height; raises `NotFound` above the head."""
    stored = store.header(height)
    if stored is None:
        raise NotFound(f"there is no block at height {height} yet")
    return HEADER.decode(stored.header)


def newest_height(store: StoreView) -> int:
    """The head's height; 0 before the first block is stored."""
    head = store.head()
    return 0 if head is None else head.height


def first_height_since(store: StoreView, time_ms: int) -> int:
    """The lowest height whose block is here and has that time or a later one; above the head if there is none."""
    base = store.base()
    low, high = 0 if base == 1 else base, newest_height(store) + 1
    while low < high:
        middle = (low + high) // 2
        if stored_header(store, middle).time_ms < time_ms:
            low = middle + 1
        else:
            high = middle
    return low


def receipts_at(store: StoreView, places: Iterable[Location]) -> Iterator[tuple[Location, bytes]]:
    """The receipts at places of the account index; neighbours lie in one chunk, which is read once."""
    here: tuple[int, int] | None = None
    items: tuple[bytes, ...] = ()
    for place in places:
        chunk = place.height, place.index // CHUNK
        if chunk != here:
            here, items = chunk, store.receipts_from(place.height, chunk[1] * CHUNK, CHUNK)
        yield place, items[place.index % CHUNK]


class CommittedState(msgspec.Struct, frozen=True):
    """One committed state, that of `height`; `view`: a context whose state reads `reader`."""

    reader: Reader
    height: int
    view: Context

    @property
    def state(self) -> State:
        """The entries."""
        return self.view.state

    @property
    def chain(self) -> Denominations:
        """How its amounts are written."""
        return Denominations.of(self.view.genesis)


def reads_of(node: Node, snapshot: Snapshot, time_ms: int, height: int | None = None) -> CommittedState:
    """Reads of the state that a snapshot holds of a height (default: the head's); `time_ms`: of the node's clock."""
    newest = newest_height(snapshot)
    height = newest if height is None else height
    is_past = height != newest and snapshot.head() is not None
    reader = snapshot.at(height) if is_past else snapshot
    at_ms = stored_header(snapshot, height).time_ms if is_past else time_ms
    view = context_at(REGISTRY, State(reader), node.genesis, height + 1, at_ms)
    return CommittedState(reader, height, view)


def ledger(node: Node, request: web.Request, answer: Callable[[CommittedState], ApiModel]) -> Work:
    """Reads one committed state: the head's, or the one of the `height` that is asked for; raises `NotFound`."""
    asked = requests.optional_number(request, "height")
    time_ms = node.clock.wall_ms()

    def work() -> ApiModel:
        with node.app.store.snapshot() as snapshot:
            return answer(reads_of(node, snapshot, time_ms, asked))

    return work


def blocks_of(node: Node, answer: Callable[[Snapshot], ApiModel]) -> Work:
    """Reads blocks and what points at them, all of one moment."""

    def work() -> ApiModel:
        with node.app.store.snapshot() as snapshot:
            return answer(snapshot)

    return work


def cursor_text(cursor: bytes | None) -> str | None:
    """A cursor as a page tells it."""
    return None if cursor is None else cursor.hex()
