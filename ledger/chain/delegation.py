"""What a transaction type uses of the limits under which one account may act for another.

A type may be sent for another account only where it says what it uses (`TransactionType.uses`): one that says nothing
can never be delegated, also not by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from ledger.chain.context import Context


class Offer(NamedTuple):
    """What an order offers: to sell, or to buy, at a price in base units per whole token of its product."""

    product: int
    sells: bool
    price: int


class Use(msgspec.Struct, frozen=True):
    """Of which assets a payload may take or bind how many base units of its sender's: `spends` at once, `later` beside
    that while what it began goes on; and what price it offers.
    """

    spends: tuple[tuple[int, int], ...] = ()
    later: tuple[tuple[int, int], ...] = ()
    offer: Offer | None = None


Uses = Callable[[Context, Any], Use]
"""Of a payload, for the sender in turn; may refuse as its handler would."""

NOTHING_USED: Final = Use()


def uses_nothing(_context: Context, _payload: Any) -> Use:
    """Of a type that only frees or ends what is its sender's."""
    return NOTHING_USED
