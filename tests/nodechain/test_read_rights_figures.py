"""Who reads which figure for monitoring, and that no path of the interface has escaped the tables of rights."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from harness.node import HomeFixture
from nodechain.api.events import EVENTS
from nodechain.api.figure_rights import FIGURE_RIGHTS, SUPPLY, right_of_figure
from nodechain.api.http.rights import Open
from nodechain.api.routes import RIGHTS
from nodechain.api.server import make_api
from nodechain.api.snapshots import PARTS
from nodechain.api.status import PROBES
from tests.nodechain.test_read_rights import MEMBERS_MODE, template
from tests.support.api import serving
from tests.support.signing_in import signed_in

OPENED = {EVENTS: "each event by its kind", "/openapi.json": "what is asked how", "/v1": "says that here is a node"}
"""Paths beside the routes, and what they show."""


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
