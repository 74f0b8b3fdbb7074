"""What a genesis says of the market: its mechanism."""

from __future__ import annotations

from typing import Final

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Name, Value
from ledger.errors import GenesisError

ORDER_BOOK: Final = "cda"
"""The continuous double auction, the mechanism that there is."""


class MarketSection(Value, frozen=True):
    """The name of the mechanism."""

    mechanism: Name


def _check(_genesis: Genesis, section: MarketSection) -> None:
    if section.mechanism != ORDER_BOOK:
        raise GenesisError(f"no market mechanism is named {section.mechanism}; there is {ORDER_BOOK}")


MARKET_SECTION: Final = Section("market", MarketSection, _check)
