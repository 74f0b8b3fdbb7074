"""Who may connect, kept up to date: the cards in the home and the validators' introductions, merged.

Introductions survive a restart in one file of the home; a damaged one is worth nothing and is written anew.
"""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

from ledger.codec import encode
from ledger.errors import InvalidInput
from ledger.validators import ValidatorSet
from nodechain.durable_file import replace_file
from nodechain.network.cards import Cards
from nodechain.network.identity import Identity
from nodechain.network.introductions import INTRODUCTIONS, Introduction, Known
from nodechain.network.trust import Peer, merge, server_context

log = logging.getLogger("nodechain.network")


class Directory:
    """`peers` by node id; `context` for who connects to us."""

    def __init__(self, identity: Identity, cards: Cards, file: Path, chain_id: str, validators: ValidatorSet) -> None:
        self.peers: dict[bytes, Peer] = {}
        self.context: ssl.SSLContext | None = None
        self._identity = identity
        self._cards = cards
        self._file = file
        self._known = Known(chain_id)
        self._by_certificate: dict[bytes, Peer] = {}
        self._known.set_members(validators)
        self._load()
        cards.have_changed()
        self._rebuild()

    def _load(self) -> None:
        try:
            self._known.hear(INTRODUCTIONS.decode(self._file.read_bytes()))
        except FileNotFoundError:
            return
        except (OSError, InvalidInput) as error:
            log.warning("the stored introductions cannot be read: %s", error)

    def _rebuild(self) -> None:
        cards = self._cards.load()
        for name, reason in self._cards.unreadable.items():
            log.warning("a peer's card cannot be used", extra={"card": name, "reason": reason})
        self.peers = merge(cards, self._known.all(), self._identity.node_id)
        self._by_certificate = {peer.certificate: peer for peer in self.peers.values()}
        self.context = server_context(self._identity, self.peers.values())

    def look_again(self) -> bool:
        """After files may have changed; whether they did."""
        if not self._cards.have_changed():
            return False
        self._rebuild()
        return True

    def identify(self, certificate: bytes) -> Peer | None:
        """Whose certificate it is, byte for byte."""
        return self._by_certificate.get(certificate)

    def introductions(self) -> tuple[Introduction, ...]:
        """Those of the set in force."""
        return self._known.all()

    def hear(self, introductions: tuple[Introduction, ...]) -> list[Introduction] | None:
        """What is news; None where one is false. Raises `StorageFailed`."""
        news = self._known.hear(introductions)
        if news:
            replace_file(self._file, encode(self._known.all()))
            self._rebuild()
        return news

    def set_validators(self, validators: ValidatorSet) -> bool:
        """The set of the next height; whether somebody is trusted no more."""
        if not self._known.set_members(validators):
            return False
        self._rebuild()
        return True

    @property
    def sequence(self) -> int:
        """The highest sequence of an introduction that was heard."""
        return max((introduction.sequence for introduction in self._known.all()), default=0)
