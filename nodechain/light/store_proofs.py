"""Proofs out of a node's own store: what a light client would fetch over its interface."""

from __future__ import annotations

from collections.abc import Callable

from ledger.chain.genesis import Genesis
from ledger.light.claims import EventClaim, ReceiptClaim
from ledger.light.headers import LightBlock, Trusted
from ledger.light.path import MOST_CHANGES
from ledger.state.merkle import prove_item
from nodechain.errors import NotFound
from nodechain.light.blocks import light_block
from nodechain.light.client import FetchedClaim, genesis_trust, terms_of
from nodechain.store.store import Store


class StoreProofs:
    """From the genesis on; a node that joined by a snapshot has no blocks below it, and makes none that need them."""

    def __init__(self, genesis: Genesis, store: Store, now_ms: Callable[[], int]) -> None:
        self._genesis = genesis
        self._store = store
        self.now_ms = now_ms
        self.terms = terms_of(genesis)
        self._latest: LightBlock | None = None

    @property
    def anchor(self) -> Trusted:
        """The genesis block."""
        return genesis_trust(self._genesis)

    def changes(self, first: int) -> list[int]:
        """Heights from `first` on at which the set changed."""
        with self._store.snapshot() as snapshot:
            return snapshot.set_changes(first, MOST_CHANGES)

    def block(self, height: int) -> LightBlock:
        """A header with its certificate. Raises `NotFound`."""
        if self._latest is None or self._latest.header.height != height:
            with self._store.snapshot() as snapshot:
                self._latest = light_block(snapshot, height)
        return self._latest

    def receipt(self, height: int, index: int, event: int | None = None) -> FetchedClaim:
        """A receipt of a block, or one of its events. Raises `NotFound`."""
        with self._store.snapshot() as snapshot:
            found = snapshot.receipts(height)
        if index >= len(found):
            raise NotFound(f"height {height} has no receipt {index}")
        item, proof = found[index], prove_item(found, index)
        claim = ReceiptClaim(0, item, proof) if event is None else EventClaim(0, item, proof, event)
        return FetchedClaim(self.block(height), claim)
