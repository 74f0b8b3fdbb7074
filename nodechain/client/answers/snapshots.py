"""Snapshots: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import At, Int


class SnapshotView(TypedDict):
    """A snapshot that a joining node can take over; `bytes` of all its chunks."""

    height: Int
    block_hash: str
    state_root: str
    chunks: Int
    entries: Int
    bytes: Int


class Snapshots(At):
    """The snapshots of this node, the newest first; `height` is the head's."""

    snapshots: list[SnapshotView]
