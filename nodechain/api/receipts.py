"""An account's receipts in canonical bytes: what a bill, or another fold over postings, is made of elsewhere."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import Right, own
from nodechain.api.http.route import PAGE, Route
from nodechain.api.reading import Work, blocks_of, newest_height, receipts_at, stored_header
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot

MAX_RECEIPTS_BYTES: Final = 1024 * 1024
"""How many bytes of receipts a page shows; the receipt that begins below it is shown whole."""


class AccountReceipt(ApiModel):
    """A receipt in hex, and where it stands: its block, that one's time, its place in it (0: the block's own)."""

    height: int
    index: int
    time_ms: TimeMs
    receipt: str


class AccountReceipts(At):
    """The receipts that name an account, oldest first, a page; `time_ms` is the head's."""

    address: str
    time_ms: TimeMs
    receipts: list[AccountReceipt]
    next: str | None


def read_receipts(
    store: Snapshot, address: bytes, cursor: Location | None, limit: int, first: int, last: int
) -> AccountReceipts:
    """A page of the receipts of some heights that name an account."""
    start = cursor or (Location(first - 1, 2**32 - 1) if first else None)
    places = store.account_history(address, limit=limit, cursor=start, newest_first=False)
    newest = newest_height(store)
    found: list[AccountReceipt] = []
    size, header, following = 0, None, places[-1] if len(places) == limit else None
    for place, data in receipts_at(store, places):
        if place.height > last:
            following = None
            break
        if header is None or header.height != place.height:
            header = stored_header(store, place.height)
        found.append(AccountReceipt(height=place.height, index=place.index, time_ms=header.time_ms, receipt=data.hex()))
        size += len(data)
        if size >= MAX_RECEIPTS_BYTES:
            following = place
            break
    return AccountReceipts(
        height=newest,
        time_ms=stored_header(store, newest).time_ms,
        address=format_address(address),
        receipts=found,
        next=None if following is None else f"{following.height}-{following.index}",
    )


async def get_receipts(node: Node, request: web.Request) -> Work:
    """An account's receipts."""
    address, limit, cursor = requests.path_address(request), requests.limit(request), requests.place_cursor(request)
    first, last = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    return blocks_of(node, lambda snapshot: read_receipts(snapshot, address, cursor, limit, first, last))


ROUTES: Final = (
    Route(
        "GET",
        "/v1/accounts/{address}/receipts",
        "Receipts that name an account, in canonical bytes, oldest first",
        AccountReceipts,
        get_receipts,
        query=(("from", "lowest height"), ("to", "highest height"), *PAGE),
    ),
)

RIGHTS: Final[dict[str, Right]] = {"/v1/accounts/{address}/receipts": own("address")}
