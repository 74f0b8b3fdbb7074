"""What moved tokens, and who may move currency in and out. Amounts in base units."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Amount, AssetId, FeeAmount


class FeePaid(Event, frozen=True, tag=48):
    """`payer` paid `amount` of the fee asset to `account`: the proposer's, or where the block's end divides fees."""

    payer: Address
    account: Address
    amount: FeeAmount


class Transferred(Event, frozen=True, tag=49):
    """`amount` of `asset` went from `sender` to `recipient`."""

    asset: AssetId
    sender: Address
    recipient: Address
    amount: Amount


class CurrencyMinted(Event, frozen=True, tag=50):
    """The banker issued `amount` of `asset` to `recipient`."""

    banker: Address
    recipient: Address
    asset: AssetId
    amount: Amount


class CurrencyBurned(Event, frozen=True, tag=51):
    """The banker destroyed `amount` of `asset` in `holder`'s withdrawal lock."""

    banker: Address
    holder: Address
    asset: AssetId
    amount: Amount


class WithdrawalLocked(Event, frozen=True, tag=52):
    """`holder` locked `amount` of `asset` for withdrawal."""

    holder: Address
    asset: AssetId
    amount: Amount


class WithdrawalUnlocked(Event, frozen=True, tag=53):
    """The banker gave `amount` of `asset` back to `holder`."""

    banker: Address
    holder: Address
    asset: AssetId
    amount: Amount


class BankerChanged(Event, frozen=True, tag=54):
    """`address` is the banker now."""

    address: Address


BANK_EVENTS: Final[tuple[type[Event], ...]] = (
    FeePaid,
    Transferred,
    CurrencyMinted,
    CurrencyBurned,
    WithdrawalLocked,
    WithdrawalUnlocked,
    BankerChanged,
)
