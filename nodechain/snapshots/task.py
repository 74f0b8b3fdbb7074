"""The running node's snapshots: at every so many heights the state is exported beside the making of blocks."""

from __future__ import annotations

import asyncio
import logging

from ledger.chain.genesis import Genesis
from nodechain.errors import NodeError
from nodechain.light.blocks import light_block
from nodechain.process.worker import Worker
from nodechain.snapshots.files import SnapshotFolder
from nodechain.snapshots.maker import make_snapshot
from nodechain.store.store import Store
from nodechain.store.view import Snapshot

log = logging.getLogger("nodechain.snapshots")


class SnapshotTask:
    """Makes one at a time; a height that comes while one is made is left out."""

    def __init__(self, folder: SnapshotFolder, store: Store, genesis: Genesis, every: int) -> None:
        """`every`: heights between two snapshots, 0 for none."""
        self.folder = folder
        self._store = store
        self._bits = genesis.tree_bits
        self._every = every
        self._due: Snapshot | None = None
        self._wake = asyncio.Event()
        self._worker = Worker("snapshots")

    @property
    def is_busy(self) -> bool:
        """Whether one is being made; a height that comes now is left out."""
        return self._due is not None

    def reached(self, height: int) -> None:
        """A block is stored and is the head: hold on to its state if a snapshot is due."""
        if self._every and height % self._every == 0 and self._due is None:
            self._due = self._store.snapshot()
            self._wake.set()

    async def run(self) -> None:
        """Until cancelled. A snapshot that fails is logged: the chain goes on without it."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self._due is not None:
                    try:
                        await self._worker.run(self._make, self._due)
                    finally:
                        self._due = None
        finally:
            self._worker.close()

    def _make(self, view: Snapshot) -> None:
        try:
            head = view.head()
            if head is not None:
                block = light_block(view, head.height)
                about = make_snapshot(view, block, self._bits, self.folder, lambda _chunk: None)
                log.info("snapshot made", extra={"height": head.height, "chunks": about.chunks, "bytes": about.size})
        except NodeError as failure:
            log.warning("no snapshot: %s", failure.detail)
        finally:
            view.close()
