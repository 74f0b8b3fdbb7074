"""Bills numbered, corrected and paid; treasurers."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Amount, AssetId, Count, Number, TimeMs


class BillsFinalised(Event, frozen=True, tag=408):
    """Run `run` numbered `count` bills from `first` on; `root` leads to the hash of each of them."""

    treasurer: Address
    run: Number
    first: Number
    count: Count
    root: Bytes32
    from_ms: TimeMs
    to_ms: TimeMs


class BillCorrected(Event, frozen=True, tag=409):
    """Document `number` with the hash `document` takes the place of bill `original`."""

    treasurer: Address
    number: Number
    original: Number
    document: Bytes32


class BillPaid(Event, frozen=True, tag=410):
    """`payer` paid `amount` of `asset` to the community's `account` for bill `number`."""

    number: Number
    payer: Address
    account: Address
    asset: AssetId
    amount: Amount


class PaymentRecorded(Event, frozen=True, tag=411):
    """`amount` of `asset` came over a bank for bill `number`; `reference` is the hash of the bank's entry."""

    treasurer: Address
    number: Number
    asset: AssetId
    amount: Amount
    reference: Bytes32


class TreasurerChanged(Event, frozen=True, tag=412):
    """`address` is a treasurer now, or not any more."""

    address: Address
    active: bool


BILLING_EVENTS: Final[tuple[type[Event], ...]] = (
    BillsFinalised, BillCorrected, BillPaid, PaymentRecorded, TreasurerChanged,
)  # fmt: skip
