"""Products: what is traded for what (rule Y23). Every product has one mechanism and orders of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.state.overlay import State
from market.errors import UnknownProduct
from market.schema import PRODUCTS, product_key
from market.types import Product


def product_of(state: State, number: int) -> Product:
    """The product of a number; refused (unknown_product) where there is none."""
    product = state.get(PRODUCTS, product_key(number))
    if product is None:
        raise UnknownProduct(f"no product {number} is traded here")
    return product


def products(state: State) -> Iterator[Product]:
    """All products by number."""
    for key in state.scan(PRODUCTS, b""):
        product = state.get(PRODUCTS, key)
        if product is not None:
            yield product
