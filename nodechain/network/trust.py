"""Whose connection is let in: nodes with a card in the home, and validators that introduced themselves.

Everybody else is refused by TLS itself. A peer is who its whole certificate says, compared byte by byte: a certificate
that another one signed is nobody's, even if that other one is trusted (L1).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable

import msgspec

from nodechain.network.cards import Card
from nodechain.network.identity import NodeIdentity, node_id_of
from nodechain.network.introductions import Introduction


class Peer(msgspec.Struct, frozen=True):
    """A node that may connect. `validator`: the bare key of the validator whose node it is, or empty."""

    name: str
    node_id: bytes
    certificate: bytes
    addresses: tuple[str, ...]
    validator: bytes


def merge(cards: Iterable[Card], introductions: Iterable[Introduction], own_id: bytes) -> dict[bytes, Peer]:
    """Peers by node id. An introduction takes the place of a card of the same validator with another certificate.

    Where both name the same certificate, the operator's addresses come before the validator's own.
    """
    peers = {
        card.node_id: Peer(card.name, card.node_id, card.certificate, card.addresses, card.validator) for card in cards
    }
    for introduction in introductions:
        node_id = node_id_of(introduction.certificate)
        named = [peer for peer in peers.values() if peer.validator == introduction.key or peer.node_id == node_id]
        for peer in named:
            del peers[peer.node_id]
        name = named[0].name if named else introduction.key[:6].hex()
        own = [address for peer in named if peer.node_id == node_id for address in peer.addresses]
        addresses = tuple(dict.fromkeys((*own, *introduction.addresses)))
        peers[node_id] = Peer(name, node_id, introduction.certificate, addresses, introduction.key)
    peers.pop(own_id, None)
    return peers


def server_context(identity: NodeIdentity, peers: Iterable[Peer]) -> ssl.SSLContext | None:
    """For who connects to us; None where nobody may. Without tickets: a session must not outlive the trust in it."""
    certificates = b"".join(peer.certificate for peer in peers)
    if not certificates:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    return _set_up(context, identity, certificates)


def client_context(identity: NodeIdentity, peer: Peer) -> ssl.SSLContext:
    """For connecting to one peer: only its own certificate will do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    return _set_up(context, identity, peer.certificate)


def _set_up(context: ssl.SSLContext, identity: NodeIdentity, certificates: bytes) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(identity.certificate_file, identity.key_file)
    context.load_verify_locations(cadata=certificates)
    return context
