"""Accounts: balances, roles, nonces, and the movements that their events tell of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from aiohttp import web

from ledger.bank.balances import balance, locked
from ledger.bank.schema import BANKER, Asset
from ledger.chain.counters import counted
from ledger.chain.nonces import account
from ledger.energy.reports import NO_HOUSEHOLD
from ledger.energy.schema import HOUSEHOLDS, OWNERS, UNITS, UnitStatus
from ledger.energy.sessions import OPEN_SESSIONS
from ledger.governance.members import is_member
from ledger.governance.schema import MEMBERS, VOTERS, MemberStatus
from ledger.governance.voting import OPEN_VOTES
from ledger.keys.address import format_address
from ledger.metering.schema import METER_ADDRESSES
from ledger.validators.rules import runs_validator
from market.escrow import OPEN_ORDERS
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import At, Model
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, blocks_of, ledger, stored_header
from nodechain.api.render import event
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import CHUNK, Location
from nodechain.store.view import Snapshot, StoreView


class Holding(Model):
    """One asset of an account: available, and locked by purpose."""

    asset: str
    available: Amount
    session: Amount
    waiting: Amount
    reservation: Amount
    order: Amount
    withdrawal: Amount
    total: Amount


class Metered(Model):
    """An account's metered energy since genesis, in Wh."""

    produced_wh: int
    exported_wh: int
    consumed_wh: int
    imported_wh: int


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


class Movement(Model):
    """One receipt that concerns an account."""

    height: int
    index: int
    time_ms: int
    transaction_id: str
    code: str
    events: list[dict[str, Any]]


class Statement(At):
    """An account's movements, oldest first, a page."""

    address: str
    movements: list[Movement]
    next: str | None


MAX_PAGE_BYTES: Final = 1024 * 1024
"""How many bytes of receipts a page of a statement shows; the receipt that begins below it is shown whole."""


def read_account(at: CommittedState, address: bytes, next_nonce: int | None) -> AccountView:
    """An account, also one that was never used; `next_nonce` after what waits, None to count what is decided."""
    entry = account(at.state, address)
    household = at.state.get(HOUSEHOLDS, address) or NO_HOUSEHOLD
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
        balances=[_holding(at, address, asset) for asset in Asset],
        metered=Metered(
            produced_wh=household.produced_wh,
            exported_wh=household.exported_wh,
            consumed_wh=household.consumed_wh,
            imported_wh=household.imported_wh,
        ),
    )


def _holding(at: CommittedState, address: bytes, asset: Asset) -> Holding:
    available = balance(at.state, address, asset).available
    locks = {purpose.name: locked(at.state, address, asset, purpose) for purpose in REGISTRY.purposes.values()}
    return Holding(
        asset=asset.name,
        available=tokens(available),
        total=tokens(available + sum(locks.values())),
        **{name: tokens(value) for name, value in locks.items()},
    )


def _roles(at: CommittedState, address: bytes) -> list[str]:
    state = at.state
    unit = state.get(UNITS, address)
    banker = state.get(BANKER, b"")
    member = state.get(MEMBERS, address)
    checks: list[tuple[str, bool]] = [
        ("voter", state.get(VOTERS, address) is not None),
        ("banker", banker is not None and banker.address == address),
        ("unit", unit is not None and unit.status != UnitStatus.REMOVED),
        ("owner", state.get(OWNERS, address) is not None),
        ("meter", state.get(METER_ADDRESSES, address) is not None),
        ("validator", runs_validator(at.view, address)),
        ("member", member is not None and member.status == MemberStatus.ADMITTED),
        ("expelled", member is not None and member.status == MemberStatus.EXPELLED),
    ]
    return [name for name, holds in checks if holds]


def movements(
    store: StoreView, address: bytes, cursor: Location | None, limit: int, last: int
) -> tuple[list[Movement], Location | None]:
    """The receipts up to a height that concern an account, oldest first; the last one's place if more may follow."""
    found: list[Movement] = []
    places = store.account_history(address, limit=limit, cursor=cursor, newest_first=False)
    size, header = 0, None
    for place, data in _receipts_at(store, places):
        if place.height > last:
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
                events=[event(entry) for entry in receipt.events if _names(entry, address)],
            )
        )
        size += len(data)
        if size >= MAX_PAGE_BYTES:
            return found, place
    return found, places[-1] if len(places) == limit else None


def _receipts_at(store: StoreView, places: Iterable[Location]) -> Iterator[tuple[Location, bytes]]:
    """The receipts at places of the account index; neighbours lie in one chunk, which is read once."""
    here: tuple[int, int] | None = None
    items: tuple[bytes, ...] = ()
    for place in places:
        chunk = place.height, place.index // CHUNK
        if chunk != here:
            here, items = chunk, store.receipts_from(place.height, chunk[1] * CHUNK, CHUNK)
        yield place, items[place.index % CHUNK]


def _names(entry: object, address: bytes) -> bool:
    return any(getattr(entry, name, None) == address for name in getattr(entry, "__struct_fields__", ()))


async def get_account(node: Node, request: web.Request) -> Work:
    """Balances, roles and nonces of an account."""
    address = requests.path_address(request)
    waiting = node.mempool.expected_nonce(node.view(), address) if "height" not in request.query else None
    return ledger(node, request, lambda at: read_account(at, address, waiting))


async def get_statement(node: Node, request: web.Request) -> Work:
    """An account's movements from its events, oldest first."""
    address, limit, height = requests.path_address(request), requests.limit(request), node.app.height
    first, last = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    cursor = requests.place_cursor(request) or (Location(first - 1, 2**32 - 1) if first else None)

    def answer(snapshot: Snapshot) -> Statement:
        found, place = movements(snapshot, address, cursor, limit, last)
        following = None if place is None else f"{place.height}-{place.index}"
        return Statement(height=height, address=format_address(address), movements=found, next=following)

    return blocks_of(node, answer)


ROUTES: Final = (
    Route("GET", "/v1/accounts/{address}", "Balances, roles, nonces", AccountView, get_account, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/accounts/{address}/statement",
        "Movements from events, oldest first",
        Statement,
        get_statement,
        query=(("from", "lowest height"), ("to", "highest height"), *PAGE),
    ),
)
