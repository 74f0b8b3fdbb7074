"""What holders of tokens and the banker send. Amounts in base units."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, PositiveAmount, PositiveCurrencyAmount, Quantity, Unit


class BankTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    TRANSFER = 48
    LOCK_WITHDRAWAL = 49
    MINT_CURRENCY = 50
    BURN_CURRENCY = 51
    UNLOCK_CURRENCY = 52


AssetNumber = Annotated[int, msgspec.Meta(ge=1, le=2), Unit(Quantity.ASSET)]


class Transfer(Value, frozen=True):
    """Send `amount` of `asset` to `recipient`."""

    asset: AssetNumber
    recipient: Address
    amount: PositiveAmount


class LockWithdrawal(Value, frozen=True):
    """Lock eEuro until the banker has paid it out (and burns it) or unlocks it."""

    amount: PositiveCurrencyAmount


class MintCurrency(Value, frozen=True):
    """The banker issues eEuro to `recipient` against money received."""

    recipient: Address
    amount: PositiveCurrencyAmount


class BurnCurrency(Value, frozen=True):
    """The banker destroys eEuro that `holder` locked for withdrawal, after paying it out."""

    holder: Address
    amount: PositiveCurrencyAmount


class UnlockCurrency(Value, frozen=True):
    """The banker gives eEuro locked for withdrawal back to `holder`."""

    holder: Address
    amount: PositiveCurrencyAmount


class SetBanker(Value, frozen=True, tag=48):
    """Make an account the banker."""

    address: Address
