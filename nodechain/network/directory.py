"""Who may connect, kept up to date: the cards in the home and the validators' introductions, merged.

What peers say costs the loop a look into memory. Reading cards, writing introductions and making a TLS context are work
for a thread, done together, at most once in `REFRESH_S`, and only where they are due: files when something came or
went, the context when a certificate did. Introductions survive a restart in one file of the home; a damaged one is
worth nothing and is written anew.
"""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

import msgspec

from ledger.chain.identity import ChainIdentity
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from nodechain.clock import Clock
from nodechain.files.durable_file import replace_file
from nodechain.network import limits
from nodechain.network.cards import Card, Cards, check_address
from nodechain.network.identity import NodeIdentity
from nodechain.network.introductions import INTRODUCTIONS, Introduction, KnownIntroductions, contents
from nodechain.network.trust import Peer, merge, server_context
from nodechain.process.buckets import block_of
from nodechain.process.worker import Worker

log = logging.getLogger("nodechain.network")


class _Made(msgspec.Struct, frozen=True):
    """What a refresh makes: who may connect now, and the context that lets them in."""

    peers: dict[bytes, Peer]
    context: ssl.SSLContext | None


class Directory:
    """`peers` by node id; `context` for who connects to us."""

    def __init__(
        self,
        identity: NodeIdentity,
        cards: Cards,
        file: Path,
        chain: ChainIdentity,
        validators: ValidatorSet,
        clock: Clock,
    ) -> None:
        self.peers: dict[bytes, Peer] = {}
        self.context: ssl.SSLContext | None = None
        self.contexts_made = 0
        self._identity = identity
        self._cards = cards
        self._file = file
        self._clock = clock
        self._known = KnownIntroductions(chain)
        self._by_certificate: dict[bytes, Peer] = {}
        self._worker = Worker("peers")
        self._looked_ms = 0
        self._refreshed_ms = 0
        self._is_due = False
        self._times_looked = 0
        self._addresses: frozenset[str] = frozenset()
        self._filed: tuple[Introduction, ...] = ()
        self._known.set_members(validators)
        self._load()
        self.look_again()

    def _load(self) -> None:
        try:
            self._known.hear(INTRODUCTIONS.decode(self._file.read_bytes()), self._clock.monotonic_ms())
        except FileNotFoundError:
            return
        except (OSError, InvalidInput) as error:
            log.warning("the stored introductions cannot be read: %s", error)
        self._filed = self._known.all()

    # In a thread.

    def _make(self, introductions: tuple[Introduction, ...], *, look: bool) -> _Made | None:
        """Files and TLS; None where nothing has changed. Raises `StorageFailed`."""
        if contents(introductions) != contents(self._filed):
            replace_file(self._file, encode(introductions))
            self._filed = introductions
        elif look and not self._cards.have_changed():
            return None
        peers = merge(self._read_cards(), introductions, self._identity.node_id)
        return _Made(peers, self._context_for(peers))

    def _read_cards(self) -> list[Card]:
        cards = self._cards.load()
        for name, reason in self._cards.unreadable.items():
            log.warning("a peer's card cannot be used", extra={"card": name, "reason": reason})
        return cards

    def _context_for(self, peers: dict[bytes, Peer]) -> ssl.SSLContext | None:
        """The one in force, unless certificates came or went."""
        certificates = {peer.certificate for peer in peers.values()}
        if certificates == self._by_certificate.keys():
            return self.context
        self.contexts_made += 1
        return server_context(self._identity, peers.values())

    # On the loop.

    def _install(self, made: _Made) -> None:
        self.peers, self.context = made.peers, made.context
        addresses = (check_address(address)[0] for peer in made.peers.values() for address in peer.addresses)
        self._addresses = frozenset(block_of(host) for host in addresses)
        self._by_certificate = {peer.certificate: peer for peer in made.peers.values()}

    def look_again(self) -> bool:
        """Read the cards here and now, before the node runs; whether they have changed."""
        self._times_looked += 1
        made = self._make(self._known.all(), look=True)
        if made is not None:
            self._install(made)
        return made is not None

    async def refresh(self) -> bool:
        """Do what is due, if anything is; whether who may connect has changed. Raises `StorageFailed`."""
        now = self._clock.monotonic_ms()
        look = now - self._looked_ms >= 1000 * limits.LOOK_AGAIN_S
        if not look and not (self._is_due and now - self._refreshed_ms >= 1000 * limits.REFRESH_S):
            return False
        self._looked_ms = self._refreshed_ms = now
        is_due, self._is_due = self._is_due, False
        turn, before = self._times_looked, self.peers
        made = await self._worker.run(self._make, self._known.all(), look=not is_due)
        if turn != self._times_looked:
            # Somebody has looked meanwhile, and seen more.
            self._is_due = True
        elif made is not None:
            self._install(made)
        return self.peers != before

    def close(self) -> None:
        """End its thread."""
        self._worker.close()

    def identify(self, certificate: bytes) -> Peer | None:
        """Whose certificate it is, byte for byte."""
        return self._by_certificate.get(certificate)

    def has_address(self, host: str) -> bool:
        """Whether a known peer says that it is reached there, or next to it (`block_of`)."""
        return block_of(host) in self._addresses

    def is_validator(self, node_id: bytes) -> bool:
        """Whether a validator's node has this id."""
        peer = self.peers.get(node_id)
        return peer is not None and bool(peer.validator)

    def introductions(self) -> tuple[Introduction, ...]:
        """Those of the set in force."""
        return self._known.all()

    def hear(self, introductions: tuple[Introduction, ...]) -> list[Introduction] | None:
        """What others should hear of it too, because it says something new; None where one is false.

        It counts with the next `refresh`.
        """
        before = contents(self._known.all())
        news = self._known.hear(introductions, self._clock.monotonic_ms())
        if not news:
            return news
        telling = [introduction for introduction in news if before.get(introduction.key) != introduction.content]
        self._is_due = self._is_due or bool(telling)
        return telling

    def set_validators(self, validators: ValidatorSet) -> None:
        """The set of the next height; who is trusted no more goes with the next `refresh`."""
        self._is_due = self._known.set_members(validators) or self._is_due

    @property
    def sequence(self) -> int:
        """The highest sequence of an introduction that was heard."""
        return max((introduction.sequence for introduction in self._known.all()), default=0)
