"""How a chain's amounts are written: which asset each is of, and how that one divides."""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ALIAS, ENERGY_ASSET, ENERGY_DECIMALS, Assets
from ledger.bank.genesis import BANK_SECTION
from ledger.chain.genesis import Genesis
from ledger.encoding.amounts import format_amount, parse_amount
from ledger.keys.address import ADDRESS_BYTES
from market.genesis import MARKET_SECTION
from market.types import FIRST_PRODUCT


class Denominations(msgspec.Struct, frozen=True):
    """The assets of a chain by number from 1, the one of fees, and what each product trades for what, by number from 1.

    Where a genesis is not at hand there are no assets (`UNKNOWN`), and amounts are written in base units.
    """

    assets: Assets
    fee_asset: int
    products: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, genesis: Genesis) -> Denominations:
        """Those of a chain; the genesis keeps its sections decoded, so this costs little."""
        bank = BANK_SECTION.of(genesis)
        listed = MARKET_SECTION.of(genesis).products if MARKET_SECTION.is_in(genesis) else ()
        products = tuple((product.base, product.quote) for product in listed)
        return cls(bank.assets, bank.fee_asset, products)

    def in_key(self, parts: str, key: bytes) -> tuple[int, int]:
        """The asset and the product that an entry's key begins with, perhaps after an address; else energy, the first.

        `parts`: the names of the key's parts, as a table has them.
        """
        names = parts.split()
        start = ADDRESS_BYTES if names[:1] == ["address"] else 0
        named = names[1 if start else 0 :][:1]
        asset = key[start] if named == ["asset"] else ENERGY_ASSET
        product = int.from_bytes(key[start : start + 4], "big") if named == ["product"] else FIRST_PRODUCT
        return asset, product

    def base_of(self, product: int) -> int:
        """The asset that a product trades; energy for one that the genesis does not list."""
        return self.products[product - 1][0] if 0 < product <= len(self.products) else ENERGY_ASSET

    def quote_of(self, product: int) -> int:
        """The asset in which a product is priced; the currency for one that the genesis does not list."""
        return self.products[product - 1][1] if 0 < product <= len(self.products) else CURRENCY_ASSET

    def name(self, asset: int) -> str:
        """How interfaces call an asset; its number where the genesis names none."""
        return self.assets[asset - 1].name if 0 < asset <= len(self.assets) else str(asset)

    def symbol(self, asset: int) -> str:
        """How people call an asset."""
        if 0 < asset <= len(self.assets):
            return self.assets[asset - 1].symbol
        return ENERGY_ALIAS.upper() if asset == ENERGY_ASSET else f"asset {asset}"

    def text(self, asset: int, base: int) -> str:
        """Base units of an asset as whole tokens, without its name."""
        if asset == ENERGY_ASSET:
            return format_amount(base)
        if not 0 < asset <= len(self.assets):
            return f"{base} base units"
        return format_amount(base, self.assets[asset - 1].decimals)

    def parse(self, asset: int, text: str) -> int:
        """Base units of a text in whole tokens; raises `AmountError`."""
        return parse_amount(text, ENERGY_DECIMALS if asset == ENERGY_ASSET else self.assets[asset - 1].decimals)


UNKNOWN: Final = Denominations((), CURRENCY_ASSET, ())
"""Of a chain whose genesis is not at hand: only energy is the same on all."""
