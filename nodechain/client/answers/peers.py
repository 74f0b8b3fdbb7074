"""Peers: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import Int


class PeerView(TypedDict):
    """A peer that may connect. `connected_s` is null while it does not; `node`: its certificate's fingerprint."""

    name: str
    node: str
    validator: str
    addresses: list[str]
    connected_s: Int | None
    inbound: bool
    bytes_in: Int
    bytes_out: Int
    points: Int
    banned: bool


class PeerViews(TypedDict):
    """Who may connect, and who is connected."""

    connected: Int
    listening: Int
    peers: list[PeerView]
