"""What rules of currency ask before they act (rules K5, K6)."""

from __future__ import annotations

from ledger.bank.assets import AssetTerms, SupplyRule
from ledger.bank.genesis import assets_of
from ledger.bank.schema import BANKER
from ledger.chain.context import Context
from ledger.errors import Refused


def require_asset(context: Context, asset: int) -> AssetTerms:
    """The terms of an asset that the genesis names (K6)."""
    assets = assets_of(context.genesis)
    if asset > len(assets):
        raise Refused(f"there is no asset {asset}; there are {len(assets)}", code="unknown_asset")
    return assets[asset - 1]


def require_currency(context: Context, asset: int) -> None:
    """Only what the banker issues goes in and out through it (K6)."""
    terms = require_asset(context, asset)
    if terms.supply != SupplyRule.BANKER:
        raise Refused(f"{terms.symbol} is made by meters, not issued by the banker", code="not_a_currency")


def is_banker(context: Context, address: bytes) -> bool:
    """Whether the address moves currency in and out (N2)."""
    banker = context.state.get(BANKER, b"")
    return banker is not None and banker.address == address


def require_banker(context: Context) -> None:
    """The present banker alone, whoever was in office when a lock or a mark was made (K5)."""
    if not is_banker(context, context.sender):
        raise Refused("only the present banker may do this", code="not_the_banker")
