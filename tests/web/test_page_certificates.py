"""Certificates on the page: certified, offered, taken, used up, with keys in browsers; small, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.encoding.times import format_day
from ledger.energy.payloads import EnergyActual
from nodechain.client.node_client import RestClient
from tests.support.plant import Plant
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, require_clean
from tests.web.test_page_login import unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

DAY_MS, MINUTE_MS = 86_400_000, 60_000
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Alice has a plant, which fed 4.2 kWh yesterday."""
    with served(home_in(tmp_path_factory.mktemp("certificates"), f"{DEV}\n[certificates]\n")) as made:
        with closing(RestClient(made.url)) as api:
            now_ms = api.status()["clock_ms"]
            since_ms = now_ms - now_ms % DAY_MS + DAY_MS
            api.move_clock(since_ms)
            plant = Plant(made.home, since_ms)
            for raw in (plant.binding(), *plant.descriptions()):
                assert api.submit(raw, wait_s=60)["code"] == ""
            api.move_clock(since_ms + 30 * MINUTE_MS)
            assert api.submit(plant.reads((since_ms + 30 * MINUTE_MS, 4_200)), wait_s=60)["code"] == ""
            api.move_clock(since_ms + DAY_MS + MINUTE_MS)
        made.sends(("battery", EnergyActual(1, 4_200)))
        yield made


def unlocked(place: Place, name: str) -> list[dict[str, Any]]:
    return [*unlocking(place, name), {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"}]


def test_a_day_is_certified_offered_taken_and_used_up(place: Place, tmp_path: Path) -> None:
    alice, bob = place.address("alice"), place.address("bob")
    making = [
        *unlocked(place, "alice"),
        {"go": "certificates", "wait": "text=Your generator: Sun"},
        {"click": "Sign and certify", "wait": "h1:has-text('You hold certificates of 4.200 kWh.')"},
        {"open": "Offer"},
        {"fill": "kWh to offer", "text": "3"},
        {"fill": "eEuro per kWh", "text": "0.05"},
        {"click": "Sign and offer", "wait": "text=Withdraws the offer"},
    ]
    taking = [
        *unlocked(place, "bob"),
        {"go": "certificates", "wait": "text=3.000 kWh at 0.05 eEuro per kWh"},
        {"card": "Certificates that are offered", "fill": "kWh to take", "text": "2"},
        {"wait": "text=Takes 2.000 kWh and pays 0.1 eEuro"},
        {"click": "Sign and take", "wait": "h1:has-text('You hold certificates of 2.000 kWh.')"},
        {"open": "Use up"},
        {"fill": "kWh to use up", "text": "1.5"},
        {"fill": "What for, as the name of an obligation", "text": "Green power"},
        {"click": "Sign and use up", "wait": "h1:has-text('You hold certificates of 0.500 kWh.')"},
    ]
    found = browse(
        place,
        tmp_path,
        visit("making", "account", alice, unfold=True, picture=False, steps=making),
        visit("taking", "account", bob, unfold=True, picture=False, steps=taking),
        visit("small", "certificates", alice, picture=False, narrow=320),
    )
    for seen in found:
        require_clean(seen)
    made = place.does("certificate", "show", "1")["certificate"]
    assert (made["issued_wh"], made["live_wh"], made["retired_wh"]) == (4_200, 2_700, 1_500)
    period = format_day(made["first_ms"])
    (used,) = place.does("certificate", "report", period, "bob")["retirements"]
    assert used["purpose"] == "Green power"
