"""What buyers, sellers, arbiters, and owners and takers of swaps send. Amounts in base units."""

from __future__ import annotations

from enum import IntEnum

from ledger.bank.assets import AssetNumber
from ledger.deals.terms import SwapSide
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Amount, PositiveAmount, PositiveNumber
from ledger.encoding.times import Millis


class DealTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    OPEN_DEAL = 528
    RELEASE_DEAL = 529
    DISPUTE_DEAL = 530
    RULE_DEAL = 531
    CANCEL_DEAL = 532
    OFFER_SWAP = 533
    TAKE_SWAP = 534
    CANCEL_SWAP = 535


class OpenDeal(Value, frozen=True):
    """Lock `amount` for `seller` until the deadline; in a dispute `arbiter` divides it and has `fee` of it.

    `terms_hash`: SHA-256 of what was agreed, which the parties keep.
    """

    seller: Address
    arbiter: Address
    asset: AssetNumber
    amount: PositiveAmount
    fee: Amount
    terms_hash: Bytes32
    deadline_ms: Millis


class ReleaseDeal(Value, frozen=True):
    """The buyer gives the seller what the deal holds."""

    deal: PositiveNumber


class DisputeDeal(Value, frozen=True):
    """Buyer or seller calls the arbiter; the deadline does not count any more.

    `evidence_hash`: SHA-256 of what the arbiter is shown, as a delivery note.
    """

    deal: PositiveNumber
    evidence_hash: Bytes32


class RuleDeal(Value, frozen=True):
    """The arbiter gives the seller `to_seller`, itself the agreed fee, and the buyer the rest; amounts of `asset`."""

    deal: PositiveNumber
    asset: AssetNumber
    to_seller: Amount


class CancelDeal(Value, frozen=True):
    """The seller gives the buyer back what the deal holds."""

    deal: PositiveNumber


class OfferSwap(Value, frozen=True):
    """Lock `give`, to be taken by `taker` alone at the price of `want` for all of it.

    With the sender's own address as `taker` every member may take it.
    """

    give: SwapSide
    want: SwapSide
    taker: Address
    expires_ms: Millis


class TakeSwap(Value, frozen=True):
    """Take `amount` of `asset`, what the swap gives, and pay its exact price."""

    swap: PositiveNumber
    asset: AssetNumber
    amount: PositiveAmount


class CancelSwap(Value, frozen=True):
    """Take back what is left of one's swap."""

    swap: PositiveNumber
