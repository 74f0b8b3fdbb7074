"""Members, votes and money on the page, at a node that lets only owners read.

A newcomer asks to be admitted and voters open the vote; a household has money paid out, the banker pays and issues, by
keys alone; and two owners are the bank.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, password_file
from tests.web.street import drive
from tests.web.test_page import browse, plain
from tests.web.test_page_access import press, write
from tests.web.test_page_build import ROOT, ready
from tests.web.test_page_login import Place, require_refused, unlocking, visit
from tests.web.test_verifier import program

pytestmark = pytest.mark.xdist_group("page")

HELD = 1_000
"""What each household of the development chain holds, in eEuro; the fee of a transaction is nothing there."""
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    folder = tmp_path_factory.mktemp("bank")
    home = HomeFixture(folder / "home", str(ROOT / "genesis" / "dev.toml"))
    environment = {
        "NODECHAIN_HOME": str(home.path),
        "NODECHAIN_PASSWORD_FILE": str(password_file(folder)),
        "NODECHAIN_API_READ": "members",
    }
    node = NodeProcess(["validate", "--api-port", "0"], environment)
    try:
        yield Place(home, node.url, environment)
    finally:
        assert node.stop() == 0


def unlocked(place: Place, name: str) -> list[dict[str, Any]]:
    """On whatever screen shows keys: the node knows then who asks."""
    return [*unlocking(place, name), {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"}]


def held(place: Place, name: str) -> str:
    balances = place.does("balance", name, "--as", name)["balances"]
    return str(next(each["available"]["tokens"] for each in balances if each["asset"] == "EEURO"))


def test_a_newcomer_passes_a_link_on_and_voters_admit_it(place: Place, tmp_path: Path) -> None:
    place.does("keys", "new", "newcomer")
    newcomer = str(place.does("keys", "show", "newcomer")["address"])
    link = f"votes/admit/{newcomer}"
    asked = [*unlocked(place, "newcomer"), {"go": "account", "wait": "text=This account is no member yet."}]
    asking, of_no_vote, opening, agreeing = browse(
        place,
        tmp_path,
        visit("asks-for-admission", "today", newcomer, steps=asked),
        visit("no-voter", link, place.address("carol"), picture=False,
              steps=[*unlocked(place, "carol"), {"wait": "text=Only an account that votes"}]),
        visit("admits", link, place.address("alice"),
              steps=[*unlocked(place, "alice"), {"wait": "text=asks to become a member."},
                     {"click": "Sign and open", "wait": SIGNED}, {"wait": "text=You have said yes to this"}]),
        visit("admits-too", link, place.address("bob"), picture=False,
              steps=[*unlocked(place, "bob"), {"wait": "text=is open about the same"},
                     {"card": "Open a vote", "click": "Sign yes", "wait": "h1:has-text('No vote is open')"}]),
    )  # fmt: skip
    for seen in (asking, of_no_vote, opening, agreeing):
        require_refused(seen)
    assert f"{place.url}/#/{link}" in asking["text"]
    assert "Sign and open" not in of_no_vote["text"]
    assert opening["says"] == "One vote is open."
    assert place.does("balance", "newcomer", "--as", "newcomer")["member"]


def walked(place: Place, folder: Path, name: str, account: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """By keys alone, from the account's screen and its key file on."""
    taken = [
        press("button", "From a file"),
        {"to": ["textbox", "Key file"], "file": place.file(account), "wait": "input[type=password]"},
        write("Password", PASSWORD),
        {"key": "Enter", "wait": ".notice.good:has-text('Signed in')"},
    ]
    walk = {**visit(name, "account", picture=False, steps=[*taken, *steps]), "watched": None}
    seen: dict[str, Any] = drive(place, folder, "access.mjs", walks=[walk])["walks"][0]
    require_refused(seen)
    assert (seen["lost"], seen["unseen"], seen["covered"]) == ([], [], []), name
    return seen


def test_money_goes_out_and_comes_in_by_keyboard(place: Place, tmp_path: Path) -> None:
    """Alice asks for 120.5, the banker pays it, and issues 40 to dave."""
    asked = walked(
        place, tmp_path, "asks-for-money", "alice",
        [
            {"to": ["textbox", "How much"]},
            {"to": ["textbox", "How much"], "type": "120.5"},
            press("button", "Sign and ask for it", SIGNED),
        ],
    )  # fmt: skip
    assert "120.5 eEuro wait to be paid out." in plain(asked["text"])
    assert any("You asked the bank to pay out 120.5" in plain(said) for said in asked["live"])
    assert held(place, "alice") == "879.5"
    place.does("bank", "lock", "7", "--from", "carol")
    seen = visit("bank", "account", place.address("bank"), steps=[
        *unlocked(place, "bank"), {"go": "bank", "wait": "h1:has-text('2 payments are to be made: 127.5')"},
    ])  # fmt: skip
    (queue,) = browse(place, tmp_path, {**seen, "width": 390})
    require_refused(queue)
    assert "for which you have paid the money out" in queue["text"]
    place.does("bank", "unlock", "carol", "7", "--from", "bank")
    paid = walked(
        place, tmp_path, "pays", "bank",
        [
            press("link", "What waits to be paid out, and money to issue", "h1:has-text('One payment')"),
            press("button", "Sign that it is paid", "h1:has-text('Nobody waits for money.')"),
            write("To (address)", place.address("dave")),
            write("How much", "40"),
            press("button", "Sign and issue", SIGNED),
        ],
    )  # fmt: skip
    assert any("The bank paid 120.5" in plain(said) or "The bank paid 40" in plain(said) for said in paid["live"])
    assert (held(place, "alice"), held(place, "dave")) == ("879.5", str(HELD + 40))
    assert place.does("bank", "withdrawals", "--as", "bank")["withdrawals"] == []


def test_who_is_not_the_banker_is_told_that_the_queue_is_not_its_own(place: Place, tmp_path: Path) -> None:
    steps = [*unlocked(place, "dave"), {"go": "bank", "wait": ".code:has-text('not_yours')"}]
    (seen,) = browse(place, tmp_path, visit("not-bank", "today", place.address("dave"), picture=False, steps=steps))
    require_refused(seen)
    assert "Sign that it is paid" not in seen["text"]


def test_of_two_owners_one_proposes_to_pay_and_the_other_agrees(place: Place, tmp_path: Path) -> None:
    """Four eyes: the bank is an account of two owners, and what is paid out passes on from one to the other."""
    keys = {name: place.does("keys", "show", name)["public_key"] for name in ("alice", "bob")}
    house = place.does("keys", "multisig", "treasury", "2", *keys.values())["address"]
    for voter in ("alice", "bob"):
        place.does("vote", "set-banker", house, "--from", voter)
    place.does("bank", "lock", "60", "--from", "carol")
    file = tmp_path / "proposal.json"
    steps = [
        *unlocked(place, "alice"),
        {"go": "shared", "wait": "text=Public keys of all owners"},
        {"fill": "What you call it", "text": "Treasury"},
        {"fill": "Public keys of all owners", "text": " ".join(keys.values())},
        {"click": "Add", "wait": "text=2 of 2 must sign"},
        {"go": "bank", "wait": "h1:has-text('One payment is to be made: 60')"},
        {"click": "Sign and pass on", "wait": "h1:has-text('One more owner must sign.')"},
        {"click": "Save as a file", "save": str(file)},
    ]
    (seen,) = browse(place, tmp_path, visit("four-eyes", "today", place.address("alice"), steps=steps))
    require_refused(seen)
    assert "60 eEuro" in plain(seen["text"])
    assert place.address("carol") in seen["text"]
    assert [each["amount"]["tokens"] for each in waiting(place)] == ["60"]
    place.does("tx", "sign", str(file), "--from", "treasury", "--yes")
    place.does("tx", "send", str(file))
    assert waiting(place) == []


def waiting(place: Place) -> Any:
    """What the bank of two owners has to pay, as one of them reads it."""
    return place.does("bank", "withdrawals", "--as", "treasury")["withdrawals"]
