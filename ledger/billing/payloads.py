"""What treasurers and who pays a bill send. Amounts in base units."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.billing.limits import MAX_BILLS_PER_RUN
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, FieldUnit, PositiveAmount, PositiveNumber, Quantity
from ledger.encoding.times import Millis


class BillingTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    FINALISE_BILLS = 408
    CORRECT_BILL = 409
    PAY_BILL = 410
    RECORD_PAYMENT = 411


class FinaliseBills(Value, frozen=True):
    """A run: `count` bills, numbered from `first` on, of the time from `from_ms` to before `to_ms`.

    `root`: that of the list of the bills' hashes in the order of their numbers (T5).
    """

    first: PositiveNumber
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_BILLS_PER_RUN), FieldUnit(Quantity.COUNT)]
    root: Bytes32
    from_ms: Millis
    to_ms: Millis


class CorrectBill(Value, frozen=True):
    """A document of its own, `number`, that takes the place of `original`; `document` is its hash."""

    number: PositiveNumber
    original: PositiveNumber
    document: Bytes32


class PayBill(Value, frozen=True):
    """Pay `amount` of `asset` to the community's account for bill `number`."""

    number: PositiveNumber
    asset: AssetNumber
    amount: PositiveAmount


class RecordPayment(Value, frozen=True):
    """A treasurer notes that `amount` of `asset` came over a bank for bill `number`.

    `reference` is the hash of the bank's entry: the same entry is never noted twice.
    """

    number: PositiveNumber
    asset: AssetNumber
    amount: PositiveAmount
    reference: Bytes32


class SetTreasurer(Value, frozen=True, tag=408):
    """Give an account the office of a treasurer, or take it."""

    address: Address
    active: bool
