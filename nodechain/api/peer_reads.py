"""What the interface tells of the network."""

from __future__ import annotations

from ledger.keys.address import format_key
from ledger.keys.crypto import Algorithm
from nodechain.api import models as m
from nodechain.network.identity import fingerprint
from nodechain.network.trust import Peer
from nodechain.node import Node


def peers_of(node: Node) -> m.Peers:
    """Every peer that may connect, by name."""
    peers = sorted(node.network.directory.peers.values(), key=lambda peer: (peer.name, peer.node_id))
    return m.Peers(
        connected=len(node.network.table.ids()), listening=node.p2p_port, peers=[_view(node, peer) for peer in peers]
    )


def _view(node: Node, peer: Peer) -> m.PeerView:
    network, now = node.network, node.clock.monotonic_ms()
    connection = network.table.get(peer.node_id)
    return m.PeerView(
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
