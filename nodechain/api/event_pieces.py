"""What a subscriber is sent next: a bounded piece of the chain's events, read from its place in the chain.

A piece ends after so many receipts, blocks or bytes, whatever of it the filter keeps, so that a long history and a
narrow filter cost as little at once as a wide one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ledger.chain.events import kind_of
from ledger.chain.header import Event
from nodechain.api.render import event
from nodechain.chain.app import addresses_of
from nodechain.modules import REGISTRY
from nodechain.store.blocks import BlockReads

MAX_RECEIPTS: Final = 256
MAX_BLOCKS: Final = 64
MAX_BYTES: Final = 128 * 1024
"""What a piece reads and holds at most; a single receipt may be larger."""

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subscriber is: the next receipt of a block. Receipt 0 is the block's own."""

    height: int
    receipt: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted: of these kinds (none: all), naming this address (None: any)."""

    kinds: frozenset[str]
    address: bytes | None

    def wants(self, entry: Event) -> bool:
        """Whether an event is one of them."""
        if self.kinds and kind_of(entry) not in self.kinds:
            return False
        return self.address is None or self.address in addresses_of(entry)


@dataclass(frozen=True, slots=True)
class Piece:
    """Messages in the order of the chain, and the place that follows; how many receipts were read for them."""

    messages: tuple[str, ...]
    following: Place
    receipts: int


def next_piece(store: BlockReads, place: Place, head: int, wanted: Filter) -> Piece:
    """The piece from a place on, not beyond the block `head`. Raises `NotFound`, `DataDamaged`, `StorageFailed`."""
    messages: list[str] = []
    size = read = blocks = 0
    while place.height <= head and read < MAX_RECEIPTS and blocks < MAX_BLOCKS and size < MAX_BYTES:
        most = MAX_RECEIPTS - read
        for data in store.receipts_from(place.height, place.receipt, most):
            for text in _messages(place, data, wanted):
                messages.append(text)
                size += len(text)
            place = Place(place.height, place.receipt + 1)
            read, most = read + 1, most - 1
            if size >= MAX_BYTES:
                break
        else:
            if most:
                messages.append(_encode({"height": place.height, "end": True}).decode())
                place, blocks = Place(place.height + 1), blocks + 1
    return Piece(tuple(messages), place, read)


def _messages(place: Place, data: bytes, wanted: Filter) -> list[str]:
    receipt = REGISTRY.receipts.decode_trusted(data)
    found = []
    for number, entry in enumerate(receipt.events):
        if wanted.wants(entry):
            message: dict[str, Any] = {
                "height": place.height,
                "receipt": place.receipt,
                "place": number,
                "transaction_id": receipt.transaction_id.hex(),
                "event": event(entry),
            }
            found.append(_encode(message).decode())
    return found
