"""What light clients follow: headers with certificates and sets."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.codec import encode
from nodechain.api.http import requests
from nodechain.api.http.models import At
from nodechain.api.http.rights import EVERYBODY, Right
from nodechain.api.http.route import POINT, Route
from nodechain.api.reading import Work, blocks_of, newest_height
from nodechain.errors import NotFound
from nodechain.light.blocks import light_block
from nodechain.node import Node
from nodechain.store.view import Snapshot


class LightBlockAnswer(At):
    """A header with certificate and validators in canonical bytes (docs/proofs.md); `height` is the head's."""

    block: str


class FreshHeadAnswer(At):
    """A head, and what a quorum of validators said last of it, when; in canonical bytes (docs/proofs.md)."""

    block: str
    fresh: str


class SetChanges(At):
    """Heights whose block hands over to another set of validators, rising; `height` is the head's."""

    changes: list[int]


async def get_block(node: Node, request: web.Request) -> Work:
    """A header with its certificate and validators."""
    name = request.match_info["height"]
    asked = None if name == "latest" else requests.whole("height", name)

    def answer(snapshot: Snapshot) -> LightBlockAnswer:
        newest = newest_height(snapshot)
        found = light_block(snapshot, newest if asked is None else asked)
        return LightBlockAnswer(height=newest, block=encode(found).hex())

    return blocks_of(node, answer)


async def get_changes(node: Node, request: web.Request) -> Work:
    """The heights whose block hands over to another set of validators."""
    first, limit, height = requests.number(request, "from", 0), requests.limit(request), node.app.height
    return blocks_of(node, lambda snapshot: SetChanges(height=height, changes=snapshot.set_changes(first, limit)))


async def get_freshness(node: Node, _request: web.Request) -> Work:
    """The head with what validators said of it: gathered all the time, so that asking costs no signature."""
    gathered = node.engine.freshness
    if gathered is None:
        raise NotFound("the node has only just started")
    fresh = gathered.gathered

    def answer(snapshot: Snapshot) -> FreshHeadAnswer:
        found = light_block(snapshot, fresh.height)
        return FreshHeadAnswer(height=fresh.height, block=encode(found).hex(), fresh=encode(fresh).hex())

    return blocks_of(node, answer)


ROUTES: Final = (
    Route(
        "GET",
        "/v1/light/freshness",
        "The head, and what validators said last of it",
        FreshHeadAnswer,
        get_freshness,
        kind=POINT,
    ),
    Route(
        "GET",
        "/v1/light/blocks/{height}",
        "Header, certificate and validators of a height or `latest`",
        LightBlockAnswer,
        get_block,
        kind=POINT,
    ),
    Route(
        "GET",
        "/v1/light/changes",
        "Heights whose block hands over to other validators",
        SetChanges,
        get_changes,
        query=(("from", "lowest height"), ("limit", "entries, 1 to 1000")),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/light/freshness": EVERYBODY,
    "/v1/light/blocks/{height}": EVERYBODY,
    "/v1/light/changes": EVERYBODY,
}
