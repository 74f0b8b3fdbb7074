"""A node that serves the light blocks of a made-up chain, in this process, without a socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from harness.light_chain import LightChain
from ledger.chain.genesis import ConsensusMode
from ledger.encoding.codec import encode
from ledger.light.freshness import FreshHead
from nodechain.client.rest import NodeApi
from nodechain.client.untrusted import read_answer
from nodechain.errors import NotFound

T = TypeVar("T")


class Served(NodeApi):
    """A node that has these blocks; `lie` changes what it answers, by path."""

    def __init__(self, chain: LightChain, lie: Callable[[str, Any], Any] = lambda _path, answer: answer) -> None:
        super().__init__("http://127.0.0.1:1")
        self.chain = chain
        self.lie = lie
        self.asked: list[str] = []
        self.said: FreshHead | None = None

    def get(self, path: str, kind: type[T], **query: object) -> T:
        self.asked.append(path)
        return read_answer(msgspec.json.encode(self.lie(path, self._answer(path, query))), kind, self.url)

    def _answer(self, path: str, query: dict[str, object]) -> Any:
        blocks = self.chain.blocks
        if path == "/v1/light/changes":
            first, limit = int(str(query["from"])), int(str(query["limit"]))
            changes = [block.header.height for block in blocks if block.next_members]
            listed = [height for height in changes if height >= first][:limit]
            return {"height": len(blocks) - 1, "changes": listed}
        if path == "/v1/light/freshness":
            if self.said is None:
                raise NotFound("this node has only just started")
            return {"height": len(blocks) - 1, "block": encode(blocks[-1]).hex(), "fresh": encode(self.said).hex()}
        name = path.removeprefix("/v1/light/blocks/")
        height = len(blocks) - 1 if name == "latest" else int(name)
        if height >= len(blocks):
            raise NotFound(f"no block {height}")
        return {"height": len(blocks) - 1, "block": encode(blocks[height]).hex()}


def changing(changes: int, mode: ConsensusMode = ConsensusMode.PBFT, every: int = 3) -> LightChain:
    """A chain whose set turns over by one validator at a time."""
    chain = LightChain(("v0", "v1", "v2", "v3"), mode)
    for number in range(changes):
        following = tuple(f"v{number + 1 + place}" for place in range(4))
        chain.grow(every, following=following)
    chain.grow(every)
    return chain
