"""The whole store for reading, live or frozen in a snapshot."""

from __future__ import annotations

from nodechain.errors import NotFound
from nodechain.store.blocks import BlockReads
from nodechain.store.current_state import CurrentState
from nodechain.store.past_state import StateAt


class StoreView(BlockReads, CurrentState):
    """Every read of the store. On the live store two reads may see different heights; in a snapshot never."""


class Snapshot(StoreView):
    """The store as it was when the snapshot was taken; close it soon, it keeps old data from being freed."""

    def at(self, height: int) -> StateAt:
        """The state after the block of a height. Raises `NotFound` above the head and below what is kept."""
        head = self.head()
        floor = self.state_floor()
        if head is None or height > head.height:
            raise NotFound(f"there is no block at height {height} yet")
        if height < floor:
            raise NotFound(
                f"the state of height {height} is no longer kept, the oldest is {floor}",
                advice="Ask a node that runs with --archive.",
            )
        return StateAt(self._reads, height)

    def close(self) -> None:
        """Release it."""
        self._reads.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
