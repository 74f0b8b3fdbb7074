"""Accounts: balances, roles, nonces, and the movements that their events tell of."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import msgspec
from aiohttp import web
from pydantic import ConfigDict

from ledger.bank.balances import supply
from ledger.bank.queries import AssetHolding, holdings_of, is_banker
from ledger.chain.counters import counted
from ledger.chain.header import Receipt
from ledger.chain.nonces import account
from ledger.chain.postings import AVAILABLE, TokenMeasure
from ledger.encoding.quantities import TimeMs, WattHours
from ledger.energy.queries import household_of, is_unit, owns_unit
from ledger.energy.sessions import OPEN_SESSIONS
from ledger.governance.members import is_member, is_voter
from ledger.governance.queries import standing_of
from ledger.governance.schema import MemberStatus
from ledger.governance.voting import OPEN_VOTES
from ledger.keys.address import format_address
from ledger.metering.queries import is_meter
from ledger.validators.rules import runs_validator
from market.denominations import Denominations
from market.escrow import OPEN_ORDERS
from nodechain.api.amounts import Amount, tokens, view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, Right, own
from nodechain.api.http.route import AT, MOMENT, PAGE, POINT, Route
from nodechain.api.reading import (
    CommittedState,
    Work,
    blocks_of,
    first_height_since,
    ledger,
    receipts_at,
    stored_header,
)
from nodechain.api.render import event
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot, StoreView


class Holding(ApiModel):
    """One asset of an account: available, locked under the name of each purpose that a module brings, in all.

    `symbol` is how people call the asset.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Amount]

    asset: str
    symbol: str
    available: Amount
    total: Amount


class AssetView(ApiModel):
    """An asset: `name` in interfaces, `symbol` for people; `code` in ISO 4217 of a currency; `supply`: who makes it."""

    number: int
    name: str
    symbol: str
    decimals: int
    code: str
    supply: str
    existing: Amount


class AssetsAnswer(At):
    """The assets of the chain by number: energy, the community's currency, others."""

    assets: list[AssetView]
    fee_asset: str


class Metered(ApiModel):
    """An account's metered energy since genesis, in Wh."""

    produced_wh: WattHours
    exported_wh: WattHours
    consumed_wh: WattHours
    imported_wh: WattHours


class AccountView(At):
    """An account: balances, roles, and the nonce that its next transaction must carry."""

    address: str
    member: bool
    roles: list[str]
    nonce: int
    next_nonce: int
    open_sessions: int
    open_votes: int
    open_orders: int
    balances: list[Holding]
    metered: Metered


class AssetChange(ApiModel):
    """What a receipt changed of an account's balance of an asset, with its sign: of what is available, and in all."""

    asset: str
    symbol: str
    available: Amount
    total: Amount


class Movement(ApiModel):
    """One receipt that concerns an account; `changes`: of the assets whose balance it changed."""

    height: int
    index: int
    time_ms: TimeMs
    transaction_id: str
    code: str
    events: list[dict[str, Any]]
    changes: list[AssetChange]


class StatementView(At):
    """An account's movements in the order that was asked for, a page."""

    address: str
    movements: list[Movement]
    next: str | None


MAX_PAGE_BYTES: Final = 1024 * 1024
"""How many bytes of receipts a page of a statement shows; the receipt that begins below it is shown whole."""


def read_account(at: CommittedState, address: bytes, next_nonce: int | None) -> AccountView:
    """An account, also one that was never used; `next_nonce` after what waits, None to count what is decided."""
    entry = account(at.state, address)
    held = holdings_of(at.state, address, len(at.chain.assets), REGISTRY.purposes.values())
    return AccountView(
        height=at.height,
        address=format_address(address),
        member=is_member(at.view, address),
        roles=_roles(at, address),
        nonce=entry.nonce,
        next_nonce=entry.nonce + 1 if next_nonce is None else next_nonce,
        open_sessions=counted(at.state, address, OPEN_SESSIONS),
        open_votes=counted(at.state, address, OPEN_VOTES),
        open_orders=counted(at.state, address, OPEN_ORDERS),
        balances=[_holding(at.chain, each) for each in held],
        metered=view(at.chain, Metered, household_of(at.state, address)),
    )


def _holding(chain: Denominations, held: AssetHolding) -> Holding:
    locked: dict[str, Any] = {name: tokens(chain, held.asset, value) for name, value in held.locked.items()}
    return Holding(
        asset=chain.name(held.asset),
        symbol=chain.symbol(held.asset),
        available=tokens(chain, held.asset, held.available),
        total=tokens(chain, held.asset, held.total),
        **locked,
    )


def read_assets(at: CommittedState) -> AssetsAnswer:
    """The assets that the genesis names, and how much of each there is."""
    chain = at.chain
    views = [
        AssetView(
            number=number,
            name=asset.name,
            symbol=asset.symbol,
            decimals=asset.decimals,
            code=asset.code,
            supply=asset.supply.name.lower(),
            existing=tokens(chain, number, supply(at.state, number)),
        )
        for number, asset in enumerate(chain.assets, 1)
    ]
    return AssetsAnswer(height=at.height, assets=views, fee_asset=chain.name(chain.fee_asset))


def _roles(at: CommittedState, address: bytes) -> list[str]:
    standing = standing_of(at.state, address)
    checks: list[tuple[str, bool]] = [
        ("voter", is_voter(at.view, address)),
        ("banker", is_banker(at.state, address)),
        ("unit", is_unit(at.state, address)),
        ("owner", owns_unit(at.state, address)),
        ("meter", is_meter(at.state, address)),
        ("validator", runs_validator(at.view, address)),
        ("member", standing is MemberStatus.ADMITTED),
        ("expelled", standing is MemberStatus.EXPELLED),
    ]
    return [name for name, holds in checks if holds]


class Span(msgspec.Struct, frozen=True):
    """Which receipts of an account are wanted: of the heights `first` to `last`, from one end or the other."""

    first: int
    last: int
    newest_first: bool = False

    def cursor(self) -> Location | None:
        """Before the first of them, in the order of asking."""
        if self.newest_first:
            return Location(min(self.last, requests.HIGHEST - 1) + 1, 0)
        return Location(self.first - 1, 2**32 - 1) if self.first else None

    def has(self, height: int) -> bool:
        """Whether a height belongs to it."""
        return self.first <= height <= self.last


def movements(
    chain: Denominations, store: StoreView, address: bytes, cursor: Location | None, limit: int, span: Span
) -> tuple[list[Movement], Location | None]:
    """The receipts of some heights that concern an account, in order; the last one's place if more may follow."""
    found: list[Movement] = []
    places = store.account_history(address, limit=limit, cursor=cursor or span.cursor(), newest_first=span.newest_first)
    size, header = 0, None
    for place, data in receipts_at(store, places):
        if not span.has(place.height):
            return found, None
        if header is None or header.height != place.height:
            header = stored_header(store, place.height)
        receipt = REGISTRY.receipts.decode_trusted(data)
        found.append(
            Movement(
                height=place.height,
                index=place.index,
                time_ms=header.time_ms,
                transaction_id=receipt.transaction_id.hex(),
                code=receipt.code,
                events=[event(chain, entry) for entry in receipt.events if _names(entry, address)],
                changes=_changes(chain, receipt, address),
            )
        )
        size += len(data)
        if size >= MAX_PAGE_BYTES:
            return found, place
    return found, places[-1] if len(places) == limit else None


def _changes(chain: Denominations, receipt: Receipt, address: bytes) -> list[AssetChange]:
    """By the postings of its events; what went to and fro between two locks changes nothing."""
    available, total = Counter[int](), Counter[int]()
    for entry in receipt.events:
        for line in REGISTRY.postings_of(entry, chain.fee_asset):
            if line.holder == address and isinstance(line.measure, TokenMeasure):
                total[line.measure.asset] += line.amount
                available[line.measure.asset] += line.amount if line.bucket == AVAILABLE else 0
    return [
        AssetChange(
            asset=chain.name(asset),
            symbol=chain.symbol(asset),
            available=tokens(chain, asset, available[asset]),
            total=tokens(chain, asset, total[asset]),
        )
        for asset in sorted(total)
        if available[asset] or total[asset]
    ]


def _names(entry: object, address: bytes) -> bool:
    return any(getattr(entry, name, None) == address for name in getattr(entry, "__struct_fields__", ()))


async def get_account(node: Node, request: web.Request) -> Work:
    """Balances, roles and nonces of an account."""
    address = requests.path_address(request)
    waiting = node.mempool.expected_nonce(node.view(), address) if "height" not in request.query else None
    return ledger(node, request, lambda at: read_account(at, address, waiting))


async def get_assets(node: Node, request: web.Request) -> Work:
    """The assets of the chain."""
    return ledger(node, request, read_assets)


async def get_statement(node: Node, request: web.Request) -> Work:
    """An account's movements from its events."""
    address, limit, height = requests.path_address(request), requests.limit(request), node.app.height
    first, last = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    from_ms, to_ms = requests.moment(request, "from_time"), requests.moment(request, "to_time")
    newest_first, cursor = requests.flag(request, "order", "newest"), requests.place_cursor(request)

    def answer(snapshot: Snapshot) -> StatementView:
        span = Span(
            first if from_ms is None else max(first, first_height_since(snapshot, from_ms)),
            last if to_ms is None else min(last, first_height_since(snapshot, to_ms) - 1),
            newest_first,
        )
        found, place = movements(Denominations.of(node.genesis), snapshot, address, cursor, limit, span)
        following = None if place is None else f"{place.height}-{place.index}"
        return StatementView(height=height, address=format_address(address), movements=found, next=following)

    return blocks_of(node, answer)


ROUTES: Final = (
    Route("GET", "/v1/assets", "The chain's assets", AssetsAnswer, get_assets, query=AT),
    Route("GET", "/v1/accounts/{address}", "Balances, roles, nonces", AccountView, get_account, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/accounts/{address}/statement",
        "Movements from events, oldest first or newest first",
        StatementView,
        get_statement,
        query=(
            ("from", "lowest height"),
            ("to", "highest height"),
            ("from_time", f"block time of the first: {MOMENT}"),
            ("to_time", f"block time before which the last lies: {MOMENT}"),
            ("order", "newest: the newest first"),
            *PAGE,
        ),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/assets": EVERYBODY,
    "/v1/accounts/{address}": own("address"),
    "/v1/accounts/{address}/statement": own("address"),
}
