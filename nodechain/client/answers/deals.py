"""Deals: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class DealView(TypedDict):
    """An open deal: `amount` of an asset is locked with the buyer, `fee` of it is the arbiter's if it rules.

    `deadline_ms`: when the buyer has it back; of a disputed deal, when there is no ruling before. `disputer` and
    `evidence_hash` are empty where nobody disputes. Hashes are SHA-256, hexadecimal. `over`: its time has come.
    """

    number: Int
    buyer: str
    seller: str
    arbiter: str
    asset: Int
    amount: Amount
    fee: Amount
    terms_hash: str
    deadline_ms: TimeMs
    disputer: str
    evidence_hash: str
    over: bool


class DealAnswer(At):
    """One open deal."""

    deal: DealView


class AccountDeals(At):
    """A page of the open deals that an account is in, as buyer, seller or arbiter."""

    account: str
    deals: list[DealView]
    next: str | None


class SwapView(TypedDict):
    """An open swap: of `give` of one asset `left` is still there, at the price of `want` for all of `give`.

    Who takes, takes a multiple of `lot` and pays `lot_price` for each. `taker` is empty where every member may. `over`:
    it has expired.
    """

    number: Int
    owner: str
    taker: str
    asset: Int
    give: Amount
    left: Amount
    want_asset: Int
    want: Amount
    lot: Amount
    lot_price: Amount
    expires_ms: TimeMs
    over: bool


class SwapAnswer(At):
    """One open swap."""

    swap: SwapView


class Swaps(At):
    """A page of open swaps by number; one that names its taker only for who is in it, so a page may be short."""

    swaps: list[SwapView]
    next: str | None


class AccountSwaps(At):
    """A page of the open swaps that an account offers."""

    account: str
    swaps: list[SwapView]
    next: str | None
