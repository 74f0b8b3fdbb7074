"""Agents on the page: a robot is let trade and is ended, with a key in a browser; what it used is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.agents.payloads import ActForOwner, AuthoriseAgent
from ledger.agents.terms import AgentTerms, DayLimit, OfferSide, PriceBound, SweepTerms
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.encoding.codec import encode
from market.transactions import MarketTypeNumber, PlaceOrder
from market.types import OrderKind, Side
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_deals import unlocked
from tests.web.test_page_login import visit

pytestmark = pytest.mark.xdist_group("page")

DAY_MS = 86_400_000
EURO = ENT = 10**9
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Carol may trade for bob, and has; she has him paid out, too."""
    with served(home_in(tmp_path_factory.mktemp("agents"), f"{DEV}\n[agents]\n")) as made:
        bob, carol = made.home.address("bob"), made.home.address("carol")
        place_order = int(MarketTypeNumber.PLACE_ORDER)
        terms = AgentTerms(
            (place_order,), (DayLimit(ENERGY_ASSET, 10 * ENT), DayLimit(CURRENCY_ASSET, 5 * EURO)),
            (PriceBound(1, OfferSide.BUY, EURO // 4),), (SweepTerms(CURRENCY_ASSET, 20 * EURO, "Kd-Nr 4711"),),
            20_000_000, made.clock_ms() + 90 * DAY_MS,
        )  # fmt: skip
        order = encode(PlaceOrder(1, Side.BUY, OrderKind.LIMIT, EURO // 4, 4 * ENT, 0))
        made.sends(("bob", AuthoriseAgent(carol, 0, terms)), ("carol", ActForOwner(bob, place_order, order)))
        yield made


def test_an_owner_lets_somebody_trade_and_ends_it(place: Place, tmp_path: Path) -> None:
    bob, dave = place.address("bob"), place.address("dave")
    card = "Let somebody trade for you"
    allowing = [
        *unlocked(place, "alice"),
        {"go": "agents", "wait": "h1:has-text('Nobody may act for you.')"},
        {"card": card, "fill": "Agent (address)", "text": dave},
        {"card": card, "fill": "Sells at most a day, kWh", "text": "10"},
        {"card": card, "fill": "For at least, each", "text": "0.2"},
        {"card": card, "click": "Sign and allow it", "wait": SIGNED},
        {"wait": "h1:has-text('One agent may act for you.')"},
    ]
    ending = [
        *unlocked(place, "bob"),
        {"go": "agents", "wait": "text=1 of 5 used"},
        {"click": "Sign and end it", "wait": "h1:has-text('Nobody may act for you.')"},
    ]
    found = browse(
        place,
        tmp_path,
        visit("agents-dark", "agents", bob, width=390, scheme="dark", language="de"),
        visit("allows-agent", "account", place.address("alice"), steps=allowing, narrow=320),
        visit("ends-agent", "account", bob, picture=False, steps=ending),
    )
    for seen in found:
        require_clean(seen)
    told = plain(found[0]["text"])
    assert "1 von 5 verbraucht" in told
    assert "mit dem Verwendungszweck Kd-Nr 4711" in told
    (agent,) = place.does("agent", "list", "alice")["agents"]
    assert agent["agent"] == dave
    assert [limit["amount"]["tokens"] for limit in agent["day_limits"]] == ["10"]
    assert place.does("agent", "list", "bob")["agents"] == []
