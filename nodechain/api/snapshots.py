"""Snapshots for nodes that join: which there are, and their parts as bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiohttp import web

from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, EVERYTHING, Right
from nodechain.api.http.route import RawRead, Route
from nodechain.node import Node
from nodechain.snapshots.files import SnapshotAbout


class SnapshotView(ApiModel):
    """A snapshot that a joining node can take over; `bytes` of all its chunks."""

    height: int
    block_hash: str
    state_root: str
    chunks: int
    entries: int
    bytes: int


class Snapshots(At):
    """The snapshots of this node, the newest first; `height` is the head's."""

    snapshots: list[SnapshotView]


async def get_snapshots(node: Node, _request: web.Request) -> Callable[[], Snapshots]:
    """All that are complete, the newest first."""
    return lambda: _listed(node)


def _listed(node: Node) -> Snapshots:
    found = [_view(about) for about in node.snapshots.folder.all()]
    return Snapshots(height=node.app.height, snapshots=found)


def _view(about: SnapshotAbout) -> SnapshotView:
    header = about.block.header
    return SnapshotView(
        height=header.height, block_hash=header.hash().hex(), state_root=header.state_root.hex(), chunks=about.chunks,
        entries=about.entries, bytes=about.size,
    )  # fmt: skip


async def get_about(node: Node, request: web.Request) -> Callable[[], bytes]:
    """The block of a snapshot and the number of its chunks, in canonical bytes."""
    height = requests.whole("height", request.match_info["height"])
    return lambda: node.snapshots.folder.about_bytes(height)


async def get_chunk(node: Node, request: web.Request) -> Callable[[], bytes]:
    """A chunk in canonical bytes."""
    height = requests.whole("height", request.match_info["height"])
    number = requests.whole("chunk", request.match_info["chunk"], most=2**32 - 1)
    return lambda: node.snapshots.folder.chunk(height, number)


ROUTES: Final = (Route("GET", "/v1/snapshots", "Snapshots for nodes that join", Snapshots, get_snapshots),)

PARTS: Final[tuple[tuple[str, RawRead], ...]] = (
    ("/v1/snapshots/{height}/about", get_about),
    ("/v1/snapshots/{height}/{chunk}", get_chunk),
)
"""Read like the others, answered in canonical bytes."""

RIGHTS: Final[dict[str, Right]] = {
    "/v1/snapshots": EVERYBODY,
    "/v1/snapshots/{height}/about": EVERYBODY,
    "/v1/snapshots/{height}/{chunk}": EVERYTHING,
}
