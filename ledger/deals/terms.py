"""What an amount of an asset is, and how deals and swaps end."""

from __future__ import annotations

from enum import IntEnum

from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Value
from ledger.encoding.quantities import PositiveAmount


class SwapSide(Value, frozen=True):
    """One side of a swap: base units of an asset."""

    asset: AssetNumber
    amount: PositiveAmount


class DealEnd(IntEnum):
    """How a deal ended."""

    RELEASED = 1
    """The buyer gave the seller its tokens."""

    CANCELLED = 2
    """The seller gave them back."""

    RULED = 3
    """The arbiter divided them."""

    EXPIRED = 4
    """The deadline came, and nobody had disputed: they went back."""

    NOT_RULED = 5
    """The arbiter did not rule in time: they went back."""


class SwapEnd(IntEnum):
    """How a swap ended."""

    TAKEN = 1
    """All of it was taken."""

    CANCELLED = 2
    EXPIRED = 3
    EXPELLED = 4
    """Its owner was expelled."""
