"""What consumers send of origins."""

from __future__ import annotations

from enum import IntEnum

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address


class OriginTypeNumber(IntEnum):
    """The number of this transaction type, part of the protocol."""

    RESERVE_ORIGIN = 816


class ReserveOrigin(Value, frozen=True):
    """Let all that the sender's open session at `unit` may draw come of what is renewable there."""

    unit: Address
