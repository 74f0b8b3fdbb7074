"""Deals and swaps on the page: opened, paid, ruled by an arbiter, offered and taken, with keys in browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.deals.payloads import DisputeDeal, OfferSwap, OpenDeal
from ledger.deals.terms import SwapSide
from ledger.energy.payloads import EnergyProduced
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_login import unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

DAY_MS = 86_400_000
EURO = ENT = 10**9
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Alice has a deal with bob, which she disputes before carol; bob offers money for energy."""
    with served(home_in(tmp_path_factory.mktemp("deals"), f"{DEV}\n[deals]\n")) as made:
        now_ms = made.clock_ms()
        alice, bob, carol = (made.home.address(name) for name in ("alice", "bob", "carol"))
        deal = OpenDeal(bob, carol, CURRENCY_ASSET, 50 * EURO, 2 * EURO, bytes(32), now_ms + 14 * DAY_MS)
        swap = OfferSwap(SwapSide(CURRENCY_ASSET, 3 * EURO), SwapSide(ENERGY_ASSET, ENT), bob, now_ms + DAY_MS)
        made.sends(
            ("battery", EnergyProduced(1, alice, 10_000)),
            ("alice", deal),
            ("alice", DisputeDeal(1, bytes(32))),
            ("bob", swap),
        )
        yield made


def unlocked(place: Place, name: str) -> list[dict[str, Any]]:
    return [*unlocking(place, name), {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"}]


def held(place: Place, name: str) -> str:
    balances = place.does("balance", name)["balances"]
    return str(next(each["available"]["tokens"] for each in balances if each["asset"] == "EEURO"))


def test_an_arbiter_rules_a_buyer_opens_and_a_swap_is_taken(place: Place, tmp_path: Path) -> None:
    before = held(place, "bob")
    bob, carol = place.address("bob"), place.address("carol")
    ruling = [
        *unlocked(place, "carol"),
        {"go": "deals", "wait": "h1:has-text('You are in one deal.')"},
        {"fill": "How much", "text": "30"},
        {"click": "Sign the ruling", "wait": "h1:has-text('You are in no deal.')"},
    ]
    opening = [
        *unlocked(place, "alice"),
        {"go": "deals", "wait": "text=Open a deal"},
        {"card": "Open a deal", "fill": "Seller (address)", "text": bob},
        {"card": "Open a deal", "fill": "Arbiter (address)", "text": carol},
        {"card": "Open a deal", "fill": "How much", "text": "5"},
        {"card": "Open a deal", "click": "Sign and open", "wait": SIGNED},
        {"wait": "text=5 eEuro are held for"},
        {"wait": "h1:has-text('You are in one deal.')"},
    ]
    taking = [
        *unlocked(place, "alice"),
        {"go": "deals", "wait": "text=Swap 1: 3"},
        {"card": "Swaps that are offered", "fill": "How much", "text": "1.5"},
        {"click": "Sign and take", "wait": SIGNED},
    ]
    found = browse(
        place,
        tmp_path,
        visit("ruling", "account", carol, unfold=True, picture=False, steps=ruling),
        visit("deals", "account", place.address("alice"), steps=opening, narrow=320),
        visit("takes-swap", "account", place.address("alice"), picture=False, steps=taking),
        visit("deals-dark", "deals", bob, width=390, scheme="dark", language="de"),
    )
    for seen in found:
        require_clean(seen)
    # Bob had 30 of the ruling, and half of what his swap holds went to alice.
    assert float(held(place, "bob")) == float(before) + 30
    (left,) = place.does("swap", "list")["swaps"]
    assert left["left"]["tokens"] == "1.5"
    assert "in steps of" in plain(found[2]["text"])
