"""What a genesis says of the market: its products, each with the mechanism that trades it (rule Y23)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.bank.genesis import assets_of
from ledger.chain.context import Context
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Name, Value
from ledger.encoding.quantities import AssetId
from ledger.errors import GenesisError
from market.limits import MAX_GENESIS_PRODUCTS
from market.mechanisms import MECHANISMS
from market.schema import PRODUCTS, product_key
from market.types import Product


class GenesisProduct(Value, frozen=True):
    """`base` is bought and sold for `quote` (numbers of assets) by the mechanism of that name."""

    mechanism: Name
    base: AssetId
    quote: AssetId


class MarketSection(Value, frozen=True):
    """The products, numbered from 1 in this order."""

    products: Annotated[tuple[GenesisProduct, ...], msgspec.Meta(min_length=1, max_length=MAX_GENESIS_PRODUCTS)]


def _check(genesis: Genesis, section: MarketSection) -> None:
    assets = assets_of(genesis)
    known = sorted(mechanism.name for mechanism in MECHANISMS)
    for product in section.products:
        if product.mechanism not in known:
            raise GenesisError(f"no market mechanism is named {product.mechanism}; there is {', '.join(known)}")
        if not 1 <= min(product.base, product.quote) <= max(product.base, product.quote) <= len(assets):
            raise GenesisError(f"a product trades asset {product.base} for {product.quote}; there are {len(assets)}")
        if product.base == product.quote:
            raise GenesisError("a product trades an asset for itself")
    if len(set(section.products)) != len(section.products):
        raise GenesisError("a product is listed twice")


MARKET_SECTION: Final = Section("market", MarketSection, _check, optional=True)


def list_first_products(context: Context) -> None:
    """Put the products into the first state."""
    assets = assets_of(context.genesis)
    for number, entry in enumerate(MARKET_SECTION.of(context.genesis).products, 1):
        scale = 10 ** assets[entry.base - 1].decimals
        product = Product(number, entry.mechanism, entry.base, entry.quote, scale)
        context.state.put(PRODUCTS, product_key(number), product)
