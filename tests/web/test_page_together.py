"""Points and notices on the page: taking part, the board, what needs somebody now; small and dark, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.governance.payloads import AdmitMember, CastVote
from ledger.together.payloads import JoinBoard
from tests.web.place import DEV, Place, home_in, served
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_login import unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

TABLE = '\n[fund]\n[together]\nused = 10\nballots = 20\nprizes = ["25", "10"]\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Bob is on the board, and has opened a vote."""
    with served(home_in(tmp_path_factory.mktemp("together"), f"{DEV}{TABLE}")) as made:
        made.sends(("bob", JoinBoard("Windy")), ("bob", CastVote(AdmitMember(b"\1" * 20), True)))
        yield made


def test_a_member_takes_part_and_sees_what_needs_it(place: Place, tmp_path: Path) -> None:
    steps = [
        *unlocking(place, "alice"),
        {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"},
        {"go": "together", "wait": "h1:has-text('One member takes part')"},
        {"card": "Take part", "fill": "Nickname", "text": "Sunny"},
        {"card": "Take part", "click": "Sign and take part", "wait": "h1:has-text('Sunny: 0 points this month')"},
        {"go": "notices", "wait": "text=Vote 1 is open until"},
    ]
    found = browse(
        place,
        tmp_path,
        visit("joins", "account", place.address("alice"), picture=False, steps=steps),
        visit("together", "together", place.address("bob"), narrow=320),
        visit("notices-dark", "notices", place.address("alice"), width=390, scheme="dark", language="de"),
        visit("notices", "notices", place.address("bob"), narrow=320),
    )
    for seen in found:
        require_clean(seen)
    assert "25 eEuro" in plain(found[1]["text"])
    assert "Abstimmung 1 ist offen bis" in plain(found[2]["text"])
    assert "Nothing needs you now" in plain(found[3]["text"]), "who has opened a vote is not told of it"
    assert place.does("together", "points", "alice")["nickname"] == "Sunny"
