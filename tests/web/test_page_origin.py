"""Origins on the page: what one drew, what a battery holds by source, reserving it with a key; small, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.energy.payloads import EnergyConsumed, OpenSession
from nodechain.client.node_client import RestClient
from tests.support.plant import Plant
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, require_clean
from tests.web.test_page_login import unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Alice's plant fed 4.2 kWh into the battery; bob has a session and has drawn 0.2 kWh of it."""
    with served(home_in(tmp_path_factory.mktemp("origin"), f"{DEV}\n[certificates]\n[origin]\n")) as made:
        battery = made.home.address("battery")
        with closing(RestClient(made.url)) as api:
            since_ms = api.status()["clock_ms"]
            plant = Plant(made.home, since_ms)
            for raw in (plant.binding(), *plant.descriptions()):
                assert api.submit(raw, wait_s=60)["code"] == ""
            api.move_clock(since_ms + HOUR_MS)
            assert api.submit(plant.reads((since_ms + HOUR_MS, 4_200)), wait_s=60)["code"] == ""
        made.sends(("alice", Transfer(ENERGY_ASSET, made.home.address("bob"), 10**9)))
        made.sends(("bob", OpenSession(battery, 10**9, 0)))
        made.sends(("battery", EnergyConsumed(1, made.home.address("bob"), 200)))
        yield made


def test_one_sees_whose_sun_it_was_and_reserves_it(place: Place, tmp_path: Path) -> None:
    bob = place.address("bob")
    steps = [
        *unlocking(place, "bob"),
        {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"},
        {"go": "origin", "wait": "h1:has-text('100')"},
        {"click": "Sign and reserve", "wait": ".notice.good:has-text('Done.')"},
    ]
    seen = browse(
        place,
        tmp_path,
        visit("reserving", "account", bob, unfold=True, picture=False, steps=steps),
        visit("small", "origin", bob, picture=False, narrow=320),
    )
    for each in seen:
        require_clean(each)
    assert "sun" in seen[1]["text"]
    assert place.does("origin", "unit", "battery")["reserved_wh"] == 800
