"""What members are asked, on the page: a ballot by keyboard, the document compared, an outcome; small and dark, too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.node import PASSWORD
from ledger.resolutions.payloads import CastBallot, Majority, OpenResolution
from tests.web.place import DEV, Place, home_in, served
from tests.web.street import drive
from tests.web.test_page import browse, require_clean
from tests.web.test_page_access import press, write
from tests.web.test_page_login import visit

pytestmark = pytest.mark.xdist_group("page")

DAY_MS = 86_400_000
BALLOT = "Your ballot\N{EN DASH}tilesslateAbstention"
CHOOSE = "Is this the document? Choose your file"
TEXT = b"a new roof"
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Alice has asked, carol has voted."""
    with served(home_in(tmp_path_factory.mktemp("resolutions"), f"{DEV}\n[resolutions]\n")) as made:
        deadline, digest = made.clock_ms() + 7 * DAY_MS, hashlib.sha256(TEXT).digest()
        asked = OpenResolution("A new roof", digest, ("tiles", "slate"), Majority.HALF, 2, deadline)
        made.sends(("alice", asked), ("carol", CastBallot(1, 2)))
        yield made


def test_a_member_votes_by_keyboard_and_compares_the_document(place: Place, tmp_path: Path) -> None:
    text, other = tmp_path / "roof.pdf", tmp_path / "other.pdf"
    text.write_bytes(TEXT)
    other.write_bytes(TEXT + b"!")
    steps = [
        press("button", "From a file"),
        {"to": ["textbox", "Key file"], "file": place.file("bob"), "wait": "input[type=password]"},
        write("Password", PASSWORD),
        {"key": "Enter", "wait": ".notice.good"},
        press("link", "Resolutions", "h1:has-text('One question is open')"),
        {"to": ["combobox", BALLOT], "key": "ArrowDown", "wait": "text=for: tiles"},
        press("button", "Sign and vote", SIGNED),
        {"wait": "text=You have said: tiles."},
    ]
    walk = {**visit("votes", "account", picture=False, steps=steps), "watched": None}
    seen = drive(place, tmp_path, "access.mjs", walks=[walk])["walks"][0]
    assert (seen["errors"], seen["outside"]) == ([], [])
    assert (seen["lost"], seen["unseen"], seen["covered"], seen["axe"]) == ([], [], [], [])
    assert "2 of at least 2 ballots are in" in seen["text"]
    assert place.does("resolution", "show", "1")["resolution"]["options"][0]["ballots"] == 1
    checking = [
        {"open": "SHA-256 of the document"},
        {
            "choose": "Is this the document? Choose your file",
            "file": str(text),
            "wait": "text=This file is the document.",
        },
        {"choose": "Is this the document? Choose your file", "file": str(other), "wait": "text=do not vote by it"},
    ]
    for seen in browse(
        place,
        tmp_path,
        visit("resolutions", "resolutions", place.address("bob"), steps=checking, narrow=320),
        visit("resolutions-dark", "resolutions", place.address("bob"), width=390, scheme="dark", language="de"),
    ):
        require_clean(seen)
