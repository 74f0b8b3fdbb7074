"""The assets of a chain, which its genesis names (rule K6): what they are called, how they divide, who makes them.

An asset's number is its place in the genesis' list: energy first, the community's currency second, others after.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.bank.limits import MAX_ASSETS
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Quantity
from ledger.encoding.shown_text import folded, is_shown
from ledger.errors import GenesisError, InvalidInput

ENERGY_ASSET: Final = 1
"""The asset that stands for energy: only meters make it, 10^9 base units for each kWh."""

CURRENCY_ASSET: Final = 2
"""The community's currency."""

ENERGY_ALIAS: Final = "ent"
"""Means energy on every chain, whatever its own name; no other asset may be called so."""

ENERGY_DECIMALS: Final = 9
"""1 Wh backs 10^6 base units, so that backing needs no rounding."""

MAX_DECIMALS: Final = 9
"""So that amounts of any use stay below 2^63 base units, and lot x tick divides into whole ones (Y7)."""


class SupplyRule(IntEnum):
    """Who makes and destroys an asset."""

    METERS = 1
    """It is minted for energy, and burned with it."""

    BANKER = 2
    """It is issued against money received, and destroyed when that is paid out."""


class AssetTerms(Value, frozen=True):
    """`name` is how interfaces call the asset, `symbol` how people do; `code`: of a currency in ISO 4217, or empty."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]{0,15}\Z")]
    symbol: Annotated[str, msgspec.Meta(pattern=r"^[^\s\x00-\x1f\x7f-\x9f]{1,16}\Z")]
    decimals: Annotated[int, msgspec.Meta(ge=0, le=MAX_DECIMALS)]
    code: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?\Z")]
    supply: SupplyRule


Assets = tuple[AssetTerms, ...]

AssetNumber = Annotated[int, msgspec.Meta(ge=1, le=MAX_ASSETS), FieldUnit(Quantity.ASSET)]


THESIS_ASSETS: Final[Assets] = (
    AssetTerms("ENT", "ENT", ENERGY_DECIMALS, "", SupplyRule.METERS),
    AssetTerms("EEURO", "eEuro", 9, "EUR", SupplyRule.BANKER),
)
"""Those of the thesis, which a template means where it names none."""


def check_assets(assets: Assets) -> None:
    """Raise `GenesisError` unless energy comes first, a currency second, and no two could be taken for each other."""
    first, *others = assets
    if first.supply != SupplyRule.METERS or first.decimals != ENERGY_DECIMALS or first.code:
        raise GenesisError(f"the first asset is energy: made by meters, {ENERGY_DECIMALS} decimals, no code")
    if any(asset.supply != SupplyRule.BANKER for asset in others):
        raise GenesisError("only the first asset is made by meters")
    taken = {ENERGY_ALIAS, folded(first.name), folded(first.symbol)}
    if not is_shown(first.symbol):
        raise GenesisError(f"the symbol of {first.name} cannot be shown")
    for asset in others:
        words = {folded(asset.name), folded(asset.symbol)}
        if words & taken or not is_shown(asset.symbol):
            raise GenesisError(f"the asset {asset.name} could be taken for another; choose another name or symbol")
        taken |= words
    codes = [asset.code for asset in assets if asset.code]
    if len(set(codes)) != len(codes):
        raise GenesisError("two assets have the same currency code")


def number_of(assets: Sequence[AssetTerms], text: str) -> int:
    """The number of the asset of a name or symbol, in any case; raises `InvalidInput` (bad_asset)."""
    wanted = folded(text)
    for number, asset in enumerate(assets, 1):
        if wanted in (folded(asset.name), folded(asset.symbol)):
            return number
    if wanted == ENERGY_ALIAS:
        return ENERGY_ASSET
    known = ", ".join(asset.symbol for asset in assets)
    raise InvalidInput(f"no asset is called {text!r}; there are {known}", code="bad_asset")
