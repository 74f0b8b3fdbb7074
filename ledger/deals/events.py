"""What happened to deals and swaps. Amounts in base units."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.deals.terms import DealEnd, SwapEnd
from ledger.encoding.quantities import Address, AddressOrNone, Amount, AssetId, Number, TimeMs


class DealOpened(Event, frozen=True, tag=528):
    """`amount` is locked in the buyer's account; `fee` of it is the arbiter's if it rules."""

    deal: Number
    buyer: Address
    seller: Address
    arbiter: Address
    asset: AssetId
    amount: Amount
    fee: Amount
    terms_hash: bytes
    deadline_ms: TimeMs


class DealDisputed(Event, frozen=True, tag=529):
    """`sender`, buyer or seller, called the arbiter, who may rule before `deadline_ms`."""

    deal: Number
    buyer: Address
    seller: Address
    arbiter: Address
    sender: Address
    evidence_hash: bytes
    deadline_ms: TimeMs


class DealEnded(Event, frozen=True, tag=530):
    """What the deal held went to the three."""

    deal: Number
    buyer: Address
    seller: Address
    arbiter: Address
    end: Annotated[int, DealEnd]
    asset: AssetId
    to_seller: Amount
    to_buyer: Amount
    to_arbiter: Amount


class SwapOffered(Event, frozen=True, tag=531):
    """`amount` is locked in the owner's account; what it wants for all of it stands in the next event."""

    swap: Number
    owner: Address
    taker: AddressOrNone
    asset: AssetId
    amount: Amount
    expires_ms: TimeMs


class SwapPriced(Event, frozen=True, tag=535):
    """What the owner wants for all of what it offers."""

    swap: Number
    owner: Address
    taker: AddressOrNone
    asset: AssetId
    amount: Amount


class SwapTaken(Event, frozen=True, tag=532):
    """`amount` went out of the owner's lock to the taker; `left` is still offered. What it cost: the next event."""

    swap: Number
    owner: Address
    taker: Address
    asset: AssetId
    amount: Amount
    left: Amount


class SwapPaid(Event, frozen=True, tag=533):
    """The taker paid the owner for what it took."""

    swap: Number
    owner: Address
    taker: Address
    asset: AssetId
    amount: Amount


class SwapEnded(Event, frozen=True, tag=534):
    """`amount` was left and is available to the owner again."""

    swap: Number
    owner: Address
    end: Annotated[int, SwapEnd]
    asset: AssetId
    amount: Amount


DEAL_EVENTS: Final[tuple[type[Event], ...]] = (
    DealOpened, DealDisputed, DealEnded, SwapOffered, SwapPriced, SwapTaken, SwapPaid, SwapEnded,
)  # fmt: skip
