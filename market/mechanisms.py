"""The mechanisms by name: a mechanism joins the market by a line here (rule Y24)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from market.cda.module import CDA
from market.mechanism import Mechanism
from market.types import Product

MECHANISMS: Final[tuple[Mechanism, ...]] = (CDA,)

_BY_NAME: Final[Mapping[str, Mechanism]] = MappingProxyType({mechanism.name: mechanism for mechanism in MECHANISMS})


def mechanism_of(product: Product) -> Mechanism:
    """The mechanism that trades a product; the genesis' check saw that there is one."""
    return _BY_NAME[product.mechanism]
