"""Votes for validators that have no connection to who cast them: handed on once, by those who have both.

Each node tells its peers whom it is connected to. Among validators that are all connected nothing is ever relayed.
"""

from __future__ import annotations

from collections import OrderedDict

from nodechain.network import limits


class Links:
    """Who is connected to whom, as they say it."""

    def __init__(self) -> None:
        self._links: dict[bytes, frozenset[bytes]] = {}
        self._seen: OrderedDict[bytes, int] = OrderedDict()

    def told(self, peer: bytes, links: tuple[bytes, ...]) -> None:
        """A peer's own connections."""
        self._links[peer] = frozenset(links)

    def left(self, peer: bytes) -> None:
        """A peer is gone."""
        self._links.pop(peer, None)

    def lacking(self, author: bytes, peers: list[bytes]) -> list[bytes]:
        """Of these, who has no connection to the author. Who has not said yet is taken to have one."""
        return [peer for peer in peers if peer != author and peer in self._links and author not in self._links[peer]]

    def is_news(self, message: bytes, now_ms: int) -> bool:
        """Whether a relayed message was not heard just now; said again later it counts again."""
        last = self._seen.pop(message, None)
        if last is not None and now_ms - last < limits.SEEN_RELAYED_MS:
            self._seen[message] = last
            return False
        self._seen[message] = now_ms
        if len(self._seen) > limits.SEEN_RELAYED:
            self._seen.popitem(last=False)
        return True
