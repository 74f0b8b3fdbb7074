"""Who reads which figure for monitoring, and that no path of the interface has escaped the tables of rights."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.chain.parameters import HOUR_MS
from ledger.deals.payloads import OfferSwap, OpenDeal
from ledger.deals.terms import SwapSide
from ledger.keys.address import format_address
from ledger.resolutions.payloads import CastBallot, Majority, OpenResolution
from nodechain.api.events import EVENTS
from nodechain.api.figure_rights import FIGURE_RIGHTS, LABELLED, SUPPLY, right_of_figure
from nodechain.api.http.rights import BY_NAME, Open
from nodechain.api.routes import RIGHTS
from nodechain.api.server import make_api
from nodechain.api.snapshots import PARTS
from nodechain.api.status import PROBES
from tests.nodechain.test_read_rights import MEMBER, MEMBERS_MODE, STRANGER, cases, lived, template
from tests.support.api import get, serving
from tests.support.signing_in import signed_in

OPENED = {EVENTS: "each event by its kind", "/openapi.json": "what is asked how", "/v1": "says that here is a node"}
"""Paths beside the routes, and what they show."""


BY_ID = {path for path, right in RIGHTS.items() if right == BY_NAME} | {
    "/v1/light/transactions/{height}/{index}", "/v1/light/decisions/{height}/{index}",
}  # fmt: skip
"""Who can name what they give may read it all."""


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home", template(tmp_path, 'roles = ["banker"]'))


async def figures(client: aiohttp.ClientSession, headers: dict[str, str]) -> set[str]:
    async with client.get("/metrics", headers=headers) as answer:
        assert answer.status == 200
        return set(re.findall(r"^nodechain_(\w+) ", await answer.text(), re.MULTILINE))


def test_every_figure_for_every_visitor(home: HomeFixture) -> None:
    """What /v1/grid tells members and /v1/grid/debts a role, /metrics told strangers."""

    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            every = await figures(client, await signed_in(client, home, "bank"))
            assert {name for name in every if not name.endswith(SUPPLY)} == set(FIGURE_RIGHTS)
            open_to = {kind: {name for name in every if right_of_figure(name) is kind} for kind in Open}
            assert await figures(client, {}) == open_to[Open.EVERYBODY]
            seen = await figures(client, await signed_in(client, home, "dave"))
            assert seen == open_to[Open.EVERYBODY] | open_to[Open.SUMS] | open_to[Open.MEMBERS]

    asyncio.run(ask())


def test_figures_of_feeds_are_open_as_feeds_are() -> None:
    assert {right_of_figure(f'{name}{{feed="1"}}') for name in LABELLED} == {Open.MEMBERS}
    assert right_of_figure('height{feed="1"}') is Open.EVERYTHING


def test_of_a_figure_that_no_table_has_nobody_is_told() -> None:
    assert right_of_figure("new_figure") is Open.EVERYTHING


def test_no_path_has_escaped_the_tables_of_rights(home: HomeFixture) -> None:
    async def walk() -> None:
        async with serving(home, MEMBERS_MODE) as (node, _client):
            app = make_api(node)
            paths = {resource.canonical for resource in app.router.resources()}
            pages = {
                path for path in paths if not path.startswith(("/v1", "/metrics", "/livez", "/readyz", "/openapi"))
            }
            known = {*RIGHTS, *OPENED, *(path for path, _part in PARTS), *(path for path, _probe in PROBES)}
            assert paths - pages - known == set()
            assert not any("{" in path for path in pages), "a page is a file"
            await app.cleanup()

    asyncio.run(walk())


NAMES_OTHERS = {
    "/v1/members": "who is a member",
    "/v1/voters": "who votes",
    "/v1/billing": "who keeps the books",
    "/v1/slots": "who imports files and registers points",
    "/v1/units": "who owns a plant",
    "/v1/units/{address}": "likewise",
    "/v1/validators": "whose account gets the fees",
    "/v1/grid": "who operates the grid account",
    "/v1/resolutions": "who asks the members",
    "/v1/resolutions/{number}": "likewise",
    "/v1/genesis": "whom the genesis names",
    "/v1/memos/keys/{address}": "who is asked about",
}
"""Routes that tell a member, or a stranger, the account of somebody else, and why they may."""


async def agreed(home: HomeFixture, client: aiohttp.ClientSession) -> None:
    """A deal, swaps for all and for one, a question and its ballot, a vote: of Alice and Bob."""
    ends_ms = 10 * HOUR_MS + int((await get(client, "/v1/headers"))["blocks"][0]["time_ms"])
    bob, carol = home.address("bob"), home.address("carol")
    give, want = SwapSide(CURRENCY_ASSET, 10), SwapSide(ENERGY_ASSET, 10)
    for name, payload in (
        ("alice", OpenDeal(bob, carol, CURRENCY_ASSET, 10, 0, bytes(32), ends_ms)),
        ("alice", OfferSwap(give, want, bob, ends_ms)),
        ("alice", OpenResolution("roof", bytes(32), ("yes", "no"), Majority.MOST, 0, ends_ms)),
        ("bob", CastBallot(1, 1)),
    ):
        typed = {"Content-Type": "application/octet-stream"}
        async with client.post("/v1/transactions?wait=decided", data=home.raw(name, payload), headers=typed) as answer:
            assert (await answer.json())["code"] == "", name


def test_no_answer_to_a_member_or_stranger_names_another_household_unless_it_stands_here(home: HomeFixture) -> None:
    """A table of rights says which route is open; this looks at what the open ones say."""

    async def walk() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            asked = cases(home, await lived(home, client))
            await agreed(home, client)
            others = [home.address(name) for name in ("alice", "bob")]
            needles = [text for each in others for text in (format_address(each), each.hex())]
            naming = set()
            for name in (MEMBER, STRANGER):
                headers = await signed_in(client, home, name)
                for route, path, to in asked:
                    if name not in to or route in BY_ID:
                        continue
                    async with client.get(path, headers=headers) as answer:
                        text = (await answer.read()).decode(errors="replace")
                    if any(needle in text for needle in needles):
                        naming.add(route)
            assert naming <= set(NAMES_OTHERS), naming - set(NAMES_OTHERS)
            assert naming, "somebody is named somewhere"

    asyncio.run(walk())


def test_the_book_names_ones_own_orders_only(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            await lived(home, client)
            alice = format_address(home.address("alice"))
            for name, owner in (("alice", alice), ("bob", ""), ("dave", ""), ("bank", alice)):
                async with client.get("/v1/market/book", headers=await signed_in(client, home, name)) as answer:
                    book = await answer.json()
                assert [(each["owner"], each["number"]) for each in book["asks"] + book["bids"]] == [(owner, 1)], name

    asyncio.run(ask())
