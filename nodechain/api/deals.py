"""Deals and swaps that are open: of an account, by number, and what is offered to everybody."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.deals.queries import (
    deal_of,
    deals_of_account,
    lot_of,
    swap_of,
    swaps,
    swaps_for_account,
    swaps_of_account,
)
from ledger.deals.schema import Deal, Swap
from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EXAMINED, Open, Right, Visitor, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class DealView(ApiModel):
    """An open deal: `amount` of an asset is locked with the buyer, `fee` of it is the arbiter's if it rules.

    `deadline_ms`: when the buyer has it back; of a disputed deal, when there is no ruling before. `disputer` and
    `evidence_hash` are empty where nobody disputes. Hashes are SHA-256, hexadecimal. `over`: its time has come.
    """

    number: int
    buyer: str
    seller: str
    arbiter: str
    asset: int
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


class SwapView(ApiModel):
    """An open swap: of `give` of one asset `left` is still there, at the price of `want` for all of `give`.

    Who takes, takes a multiple of `lot` and pays `lot_price` for each. `taker` is empty where every member may. `over`:
    it has expired.
    """

    number: int
    owner: str
    taker: str
    asset: int
    give: Amount
    left: Amount
    want_asset: int
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


def _address(found: bytes) -> str:
    return format_address(found) if found else ""


def _deal(at: CommittedState, deal: Deal) -> DealView:
    return DealView(
        number=deal.number,
        buyer=format_address(deal.buyer),
        seller=format_address(deal.seller),
        arbiter=format_address(deal.arbiter),
        asset=deal.asset,
        amount=tokens(at.chain, deal.asset, deal.amount),
        fee=tokens(at.chain, deal.asset, deal.fee),
        terms_hash=deal.terms_hash.hex(),
        deadline_ms=deal.deadline_ms,
        disputer=_address(deal.disputer),
        evidence_hash=deal.evidence_hash.hex(),
        over=at.view.time_ms >= deal.deadline_ms,
    )


def _swap(at: CommittedState, swap: Swap) -> SwapView:
    lot, give, want = lot_of(swap), swap.give, swap.want
    return SwapView(
        number=swap.number,
        owner=format_address(swap.owner),
        taker=_address(swap.taker),
        asset=give.asset,
        give=tokens(at.chain, give.asset, give.amount),
        left=tokens(at.chain, give.asset, swap.left),
        want_asset=want.asset,
        want=tokens(at.chain, want.asset, want.amount),
        lot=tokens(at.chain, give.asset, lot),
        lot_price=tokens(at.chain, want.asset, lot * want.amount // give.amount),
        expires_ms=swap.expires_ms,
        over=at.view.time_ms >= swap.expires_ms,
    )


def read_deal(at: CommittedState, visitor: Visitor, number: int) -> DealAnswer:
    """A deal, for who is in it; raises `NotFound`, `NotYours`, `LoginNeeded`.

    Who is not in it is not told whether it is open: numbers rise one by one.
    """
    visitor.require(Open.MEMBERS)
    deal = deal_of(at.state, number)
    if deal is None or not visitor.sees(Open.OWN, (deal.buyer, deal.seller, deal.arbiter)):
        raise NotFound(f"no deal {number} that you are in is open", code="unknown_deal")
    return DealAnswer(height=at.height, deal=_deal(at, deal))


def read_account_deals(at: CommittedState, account: bytes, cursor: bytes | None, limit: int) -> AccountDeals:
    """The open deals that an account is in."""
    page = deals_of_account(at.reader, account, cursor, limit)
    found = [deal_of(at.state, int.from_bytes(link.target, "big")) for _key, link in page.entries]
    views = [_deal(at, deal) for deal in found if deal is not None]
    return AccountDeals(height=at.height, account=format_address(account), deals=views, next=cursor_text(page.cursor))


def _sees(visitor: Visitor, swap: Swap) -> bool:
    return not swap.taker or visitor.sees(Open.OWN, (swap.owner, swap.taker))


def read_swap(at: CommittedState, visitor: Visitor, number: int) -> SwapAnswer:
    """A swap; raises `NotFound`, `NotYours`, `LoginNeeded`."""
    visitor.require(Open.MEMBERS)
    swap = swap_of(at.state, number)
    if swap is None or not _sees(visitor, swap):
        raise NotFound(f"no swap {number} that you may see is open", code="unknown_swap")
    return SwapAnswer(height=at.height, swap=_swap(at, swap))


def read_swaps(at: CommittedState, visitor: Visitor, cursor: bytes | None, limit: int) -> Swaps:
    """What the visitor may see of all open swaps; raises `NotYours`, `LoginNeeded`."""
    visitor.require(Open.MEMBERS)
    page = swaps(at.reader, cursor, limit)
    views = [_swap(at, swap) for _key, swap in page.entries if _sees(visitor, swap)]
    return Swaps(height=at.height, swaps=views, next=cursor_text(page.cursor))


def read_account_swaps(
    at: CommittedState, account: bytes, cursor: bytes | None, limit: int, *, named: bool
) -> AccountSwaps:
    """The open swaps that an account offers; `named`: those that only it may take."""
    page = (swaps_for_account if named else swaps_of_account)(at.reader, account, cursor, limit)
    found = [swap_of(at.state, int.from_bytes(link.target, "big")) for _key, link in page.entries]
    views = [_swap(at, swap) for swap in found if swap is not None]
    return AccountSwaps(height=at.height, account=format_address(account), swaps=views, next=cursor_text(page.cursor))


async def get_deal(node: Node, request: web.Request) -> Work:
    """A deal."""
    number, visitor = requests.path_number(request), visitor_of(request)
    return ledger(node, request, lambda at: read_deal(at, visitor, number))


async def get_account_deals(node: Node, request: web.Request) -> Work:
    """The open deals of an account."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_account_deals(at, account, cursor, limit))


async def get_swaps(node: Node, request: web.Request) -> Work:
    """Open swaps."""
    visitor, cursor, limit = visitor_of(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_swaps(at, visitor, cursor, limit))


async def get_swap(node: Node, request: web.Request) -> Work:
    """A swap."""
    number, visitor = requests.path_number(request), visitor_of(request)
    return ledger(node, request, lambda at: read_swap(at, visitor, number))


async def get_account_swaps(node: Node, request: web.Request) -> Work:
    """What an account offers."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_account_swaps(at, account, cursor, limit, named=False))


async def get_named_swaps(node: Node, request: web.Request) -> Work:
    """What only an account may take."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_account_swaps(at, account, cursor, limit, named=True))


_DEALS_OF: Final = "/v1/deals/accounts/{address}"
_SWAPS_OF: Final = "/v1/swaps/accounts/{address}"
_SWAPS_FOR: Final = "/v1/swaps/named/{address}"

ROUTES: Final = (
    Route("GET", "/v1/deals/{number}", "An open deal", DealAnswer, get_deal, query=AT, kind=POINT),
    Route("GET", _DEALS_OF, "The open deals that an account is in", AccountDeals, get_account_deals,
          query=(*AT, *PAGE)),
    Route("GET", "/v1/swaps", "Open swaps by number", Swaps, get_swaps, query=(*AT, *PAGE)),
    Route("GET", "/v1/swaps/{number}", "An open swap", SwapAnswer, get_swap, query=AT, kind=POINT),
    Route("GET", _SWAPS_OF, "The open swaps that an account offers", AccountSwaps, get_account_swaps,
          query=(*AT, *PAGE)),
    Route("GET", _SWAPS_FOR, "The open swaps that only an account may take", AccountSwaps, get_named_swaps,
          query=(*AT, *PAGE)),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    "/v1/deals/{number}": EXAMINED,
    _DEALS_OF: own("address"),
    "/v1/swaps": EXAMINED,
    "/v1/swaps/{number}": EXAMINED,
    _SWAPS_OF: own("address"),
    _SWAPS_FOR: own("address"),
}
