"""Feeds on the page: what is in force, who said what, a reporter's own report; small, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.node import PASSWORD
from ledger.feeds.payloads import ReportFeed
from tests.web.place import DEV, Place, home_in, served
from tests.web.street import drive
from tests.web.test_page import browse, require_clean
from tests.web.test_page_access import press, write
from tests.web.test_page_login import visit

pytestmark = pytest.mark.xdist_group("page")

FEED = """
[feeds]
[[feeds.feeds]]
name = "spot"
reporters = ["alice", "bob", "carol", "dave"]
quorum = 2
oldest_age = "2d"
least = "-0.5"
most = "4"
"""
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Alice and carol have reported."""
    with served(home_in(tmp_path_factory.mktemp("feeds"), f"{DEV}{FEED}")) as made:
        for name, value in (("alice", 210_000_000), ("carol", 250_000_000)):
            made.sends((name, ReportFeed(1, value, made.clock_ms(), b"")))
        yield made


def test_a_reporter_reports_by_keyboard_and_members_see_it(place: Place, tmp_path: Path) -> None:
    steps = [
        press("button", "From a file"),
        {"to": ["textbox", "Key file"], "file": place.file("bob"), "wait": "input[type=password]"},
        write("Password", PASSWORD),
        {"key": "Enter", "wait": ".notice.good"},
        press("link", "Feeds", "h1:has-text('One feed brings figures')"),
        write("Value in eEuro/kWh", "0.23"),
        press("button", "Sign and report", SIGNED),
        {"wait": "text=3 of 4 reports count"},
    ]
    walk = {**visit("votes", "account", picture=False, steps=steps), "watched": None}
    seen = drive(place, tmp_path, "access.mjs", walks=[walk])["walks"][0]
    assert (seen["errors"], seen["outside"]) == ([], [])
    assert (seen["lost"], seen["unseen"], seen["covered"], seen["axe"]) == ([], [], [], [])
    assert "two groups could say different things" in seen["text"], "a weak quorum is told"
    assert place.does("feed", "show", "1")["feed"]["value"]["text"] == "0.23"
    looking = [{"open": "Reports"}, {"open": "The last day", "wait": "text=In steps of five minutes"}]
    small = visit("feeds", "feeds", place.address("dave"), steps=looking, narrow=320)
    (seen,) = browse(place, tmp_path, small)
    require_clean(seen)
    assert "nothing yet" in seen["text"]
