"""What a node tells of the network."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.keys.address import format_key
from ledger.keys.crypto import Algorithm
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EVERYTHING, Right
from nodechain.api.http.route import Route
from nodechain.api.reading import Work
from nodechain.network.identity import fingerprint
from nodechain.network.trust import Peer
from nodechain.node import Node


class PeerView(ApiModel):
    """A peer that may connect. `connected_s` is null while it does not; `node`: its certificate's fingerprint."""

    name: str
    node: str
    validator: str
    addresses: list[str]
    connected_s: int | None
    inbound: bool
    bytes_in: int
    bytes_out: int
    points: int
    banned: bool


class PeerViews(ApiModel):
    """Who may connect, and who is connected."""

    connected: int
    listening: int
    peers: list[PeerView]


def peers_of(node: Node) -> PeerViews:
    """Every peer that may connect, by name."""
    peers = sorted(node.network.directory.peers.values(), key=lambda peer: (peer.name, peer.node_id))
    return PeerViews(
        connected=len(node.network.table.ids()), listening=node.p2p_port, peers=[_view(node, peer) for peer in peers]
    )


def _view(node: Node, peer: Peer) -> PeerView:
    network, now = node.network, node.clock.monotonic_ms()
    connection = network.table.get(peer.node_id)
    return PeerView(
        name=peer.name,
        node=fingerprint(peer.node_id),
        validator=format_key(bytes((Algorithm.ED25519,)) + peer.validator) if peer.validator else "",
        addresses=list(peer.addresses),
        connected_s=None if connection is None else (now - connection.since_ms) // 1000,
        inbound=connection is not None and connection.inbound,
        bytes_in=0 if connection is None else connection.bytes_in,
        bytes_out=0 if connection is None else connection.bytes_out,
        points=network.scores.points(peer.node_id, now),
        banned=network.scores.is_banned(peer.node_id, now),
    )


async def get_peers(node: Node, _request: web.Request) -> Work:
    """Who may connect, and who is connected."""
    found = peers_of(node)
    return lambda: found


ROUTES: Final = (Route("GET", "/v1/peers", "Connected peers", PeerViews, get_peers),)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/peers": EVERYTHING,
}
