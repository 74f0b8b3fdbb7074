"""Feeds on the page: what is in force, who said what, a reporter's own report; small, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.feeds.payloads import ReportFeed
from nodechain.client.node_client import RestClient
from tests.web.street import drive
from tests.web.test_page import browse, require_clean
from tests.web.test_page_access import press, write
from tests.web.test_page_build import ROOT, ready
from tests.web.test_page_login import Place, visit
from tests.web.test_verifier import program

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
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    folder = tmp_path_factory.mktemp("feeds")
    (folder / "template.toml").write_text((ROOT / "genesis" / "dev.toml").read_text() + FEED)
    home = HomeFixture(folder / "home", str(folder / "template.toml"))
    environment = {
        "NODECHAIN_HOME": str(home.path),
        "NODECHAIN_PASSWORD_FILE": str(password_file(folder)),
        "NODECHAIN_API_READ": "local",
    }
    node = NodeProcess(["validate", "--api-port", "0"], environment)
    try:
        with closing(RestClient(node.url)) as api:
            for name, value in (("alice", 210_000_000), ("carol", 250_000_000)):
                report = ReportFeed(1, value, api.status()["clock_ms"], b"")
                answer = api.submit(home.raw(name, report), wait_s=60)
                assert answer["code"] == "", answer
        yield Place(home, node.url, environment)
    finally:
        assert node.stop() == 0


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
