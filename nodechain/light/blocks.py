"""Light blocks from the store, as nodes serve them."""

from __future__ import annotations

from ledger.chain.header import CERTIFICATE, HEADER, Certificate
from ledger.light.headers import SET_MEMBERS, LightBlock
from nodechain.errors import NotFound
from nodechain.store.view import StoreView


def light_block(store: StoreView, height: int) -> LightBlock:
    """A height as light clients take it; raises `NotFound` above the head. The genesis has no certificate."""
    found = store.header(height)
    if found is None:
        raise NotFound(f"there is no block at height {height} yet")
    header, stored = HEADER.decode(found.header), store.certificate(height)
    certificate = CERTIFICATE.decode(stored) if stored else Certificate(0, 0, header.hash(), ())
    members, following = store.validators_of(height), store.validators_of(height + 1)
    return LightBlock(
        header, certificate, SET_MEMBERS.decode(members), () if following == members else SET_MEMBERS.decode(following)
    )
