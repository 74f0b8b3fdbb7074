"""What moved tokens, and who may move currency in and out. Amounts in base units."""

from __future__ import annotations

from typing import Final

from ledger.bank.payloads import NO_REFERENCE
from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Amount, AssetId, FeeAmount, Number, TimeMs


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
    """The banker issued `amount` of `asset` to `recipient`, for a line of its bank's statement (zeros: none)."""

    banker: Address
    recipient: Address
    asset: AssetId
    amount: Amount
    reference: Bytes32 = NO_REFERENCE


class CurrencyBurned(Event, frozen=True, tag=51):
    """The banker destroyed `amount` of a mark in `holder`'s withdrawal lock, which it had paid out."""

    banker: Address
    holder: Address
    asset: AssetId
    amount: Amount
    mark: Number
    reference: Bytes32 = NO_REFERENCE


class WithdrawalLocked(Event, frozen=True, tag=52):
    """`holder` locked `amount` of `asset` for withdrawal."""

    holder: Address
    asset: AssetId
    amount: Amount


class WithdrawalUnlocked(Event, frozen=True, tag=53):
    """The banker gave `amount` of `asset` back to `holder`: of a mark, or (0) of what was not marked."""

    banker: Address
    holder: Address
    asset: AssetId
    amount: Amount
    mark: Number = 0


class BankerChanged(Event, frozen=True, tag=54):
    """`address` is the banker now."""

    address: Address


class WithdrawalMarked(Event, frozen=True, tag=55):
    """The banker pays `amount` now; burned or given back before `lapses_ms`, or voters decide."""

    banker: Address
    holder: Address
    asset: AssetId
    mark: Number
    amount: Amount
    lapses_ms: TimeMs


class WithdrawalTakenBack(Event, frozen=True, tag=56):
    """`holder` has `amount` back of what it had locked for withdrawal."""

    holder: Address
    asset: AssetId
    amount: Amount


class MarkLapsed(Event, frozen=True, tag=57):
    """What the banker marked was neither burned nor given back in time: voters decide."""

    holder: Address
    asset: AssetId
    mark: Number
    amount: Amount


class WithdrawalSettled(Event, frozen=True, tag=58):
    """Vote `vote` says that a lapsed mark was paid out: `amount` is destroyed."""

    vote: Number
    holder: Address
    asset: AssetId
    mark: Number
    amount: Amount


class WithdrawalReturned(Event, frozen=True, tag=59):
    """Vote `vote` gives `amount` of a lapsed mark back to `holder`."""

    vote: Number
    holder: Address
    asset: AssetId
    mark: Number
    amount: Amount


class ReservesAttested(Event, frozen=True, tag=60):
    """`attester` says that `amount` lay at the bank at `time_ms`; `supply` of the asset exists."""

    attester: Address
    asset: AssetId
    amount: Amount
    time_ms: TimeMs
    document: Bytes32
    supply: Amount


BANK_EVENTS: Final[tuple[type[Event], ...]] = (
    FeePaid,
    Transferred,
    CurrencyMinted,
    CurrencyBurned,
    WithdrawalLocked,
    WithdrawalUnlocked,
    BankerChanged,
    WithdrawalMarked,
    WithdrawalTakenBack,
    MarkLapsed,
    WithdrawalSettled,
    WithdrawalReturned,
    ReservesAttested,
)
