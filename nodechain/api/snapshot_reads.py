"""Snapshots for nodes that join: which there are, and their parts as bytes."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from nodechain.api import models as m
from nodechain.api import requests
from nodechain.node import Node
from nodechain.snapshots.files import SnapshotAbout


async def snapshots(node: Node, _request: web.Request) -> Callable[[], m.Snapshots]:
    """All that are complete, the newest first."""
    return lambda: _listed(node)


def _listed(node: Node) -> m.Snapshots:
    found = [_view(about) for about in node.snapshots.folder.all()]
    return m.Snapshots(height=node.app.height, snapshots=found)


def _view(about: SnapshotAbout) -> m.SnapshotView:
    header = about.block.header
    return m.SnapshotView(
        height=header.height, block_hash=header.hash().hex(), state_root=header.state_root.hex(), chunks=about.chunks,
        entries=about.entries, bytes=about.size,
    )  # fmt: skip


async def about(node: Node, request: web.Request) -> Callable[[], bytes]:
    """The block of a snapshot and the number of its chunks, in canonical bytes."""
    height = requests.whole("height", request.match_info["height"])
    return lambda: node.snapshots.folder.about_bytes(height)


async def chunk(node: Node, request: web.Request) -> Callable[[], bytes]:
    """A chunk in canonical bytes."""
    height = requests.whole("height", request.match_info["height"])
    number = requests.whole("chunk", request.match_info["chunk"], most=2**32 - 1)
    return lambda: node.snapshots.folder.chunk(height, number)
