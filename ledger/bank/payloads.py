"""What holders of tokens and the banker send. Amounts in base units."""

from __future__ import annotations

from enum import IntEnum

from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, PositiveAmount


class BankTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    TRANSFER = 48
    LOCK_WITHDRAWAL = 49
    MINT_CURRENCY = 50
    BURN_CURRENCY = 51
    UNLOCK_CURRENCY = 52


class Transfer(Value, frozen=True):
    """Send `amount` of `asset` to `recipient`."""

    asset: AssetNumber
    recipient: Address
    amount: PositiveAmount


class LockWithdrawal(Value, frozen=True):
    """Lock currency until the banker has paid it out (and burns it) or unlocks it."""

    asset: AssetNumber
    amount: PositiveAmount


class MintCurrency(Value, frozen=True):
    """The banker issues currency to `recipient` against money received."""

    asset: AssetNumber
    recipient: Address
    amount: PositiveAmount


class BurnCurrency(Value, frozen=True):
    """The banker destroys currency that `holder` locked for withdrawal, after paying it out."""

    asset: AssetNumber
    holder: Address
    amount: PositiveAmount


class UnlockCurrency(Value, frozen=True):
    """The banker gives currency locked for withdrawal back to `holder`."""

    asset: AssetNumber
    holder: Address
    amount: PositiveAmount


class SetBanker(Value, frozen=True, tag=48):
    """Make an account the banker."""

    address: Address
