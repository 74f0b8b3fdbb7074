"""What holders of tokens and the banker send. Amounts in base units."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Amount, Number, PositiveAmount, PositiveNumber
from ledger.encoding.times import Millis


class BankTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    TRANSFER = 48
    LOCK_WITHDRAWAL = 49
    MINT_CURRENCY = 50
    BURN_CURRENCY = 51
    UNLOCK_CURRENCY = 52
    MARK_WITHDRAWAL = 53
    TAKE_BACK_WITHDRAWAL = 54
    ATTEST_RESERVES = 55


NO_REFERENCE: Final = bytes(32)
"""In place of the hash of a line of a bank's statement: none is named."""


class Transfer(Value, frozen=True):
    """Send `amount` of `asset` to `recipient`."""

    asset: AssetNumber
    recipient: Address
    amount: PositiveAmount


class LockWithdrawal(Value, frozen=True):
    """Lock currency until the banker has paid it out (and burns it) or unlocks it; unmarked, it may be taken back."""

    asset: AssetNumber
    amount: PositiveAmount


class TakeBackWithdrawal(Value, frozen=True):
    """Unlock `amount` of the sender's own withdrawal that the banker has not marked."""

    asset: AssetNumber
    amount: PositiveAmount


class MintCurrency(Value, frozen=True):
    """The banker issues currency to `recipient` against money received.

    `reference`: the hash of the line of the bank's statement that says so, taken once; 32 zero bytes: none.
    """

    asset: AssetNumber
    recipient: Address
    amount: PositiveAmount
    reference: Bytes32 = NO_REFERENCE


class MarkWithdrawal(Value, frozen=True):
    """The banker is about to pay `amount` of what `holder` asks to be paid out: from now on it is not taken back."""

    asset: AssetNumber
    holder: Address
    amount: PositiveAmount


class BurnCurrency(Value, frozen=True):
    """The banker destroys currency of a mark after paying it out. `reference`: of the bank's line, as of a mint."""

    asset: AssetNumber
    holder: Address
    amount: PositiveAmount
    mark: PositiveNumber
    reference: Bytes32 = NO_REFERENCE


class UnlockCurrency(Value, frozen=True):
    """The banker gives currency locked for withdrawal back to `holder`: of a mark, or (0) of what is not marked."""

    asset: AssetNumber
    holder: Address
    amount: PositiveAmount
    mark: Number = 0


class AttestReserves(Value, frozen=True):
    """At `time_ms` so much money lay at the bank for what exists of a currency, as a document with this hash says."""

    asset: AssetNumber
    amount: Amount
    time_ms: Millis
    document: Bytes32


class SetBanker(Value, frozen=True, tag=48):
    """Make an account the banker."""

    address: Address


class SettleWithdrawal(Value, frozen=True, tag=49):
    """What becomes of a mark that lapsed: `paid`: it was paid out, and is destroyed; else its holder has it back."""

    asset: AssetNumber
    holder: Address
    mark: PositiveNumber
    paid: bool
