"""Members, votes and money on the page, at a node that lets only owners read.

A newcomer asks to be admitted and voters open the vote; a household has money paid out, the banker pays and issues, by
keys alone; and two owners are the bank.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD
from ledger.keys.address import format_key
from ledger.keys.crypto import Ed25519SecretKey
from tests.web.place import Place, home_in, served
from tests.web.street import drive
from tests.web.test_page import browse, plain
from tests.web.test_page_access import press, write
from tests.web.test_page_login import require_refused, unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

HELD = 1_000
"""What each household of the development chain holds, in eEuro; the fee of a transaction is nothing there."""
OWNERS = 14
"""So many keys make a proposal longer than what fits one QR code."""
SIGNED = ".notice.good:has-text('Done.')"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with served(home_in(tmp_path_factory.mktemp("bank")), "members") as made:
        yield made


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
        visit("asks-for-admission", "today", newcomer, width=390, unfold=True,
              steps=[*asked, {"card": "Become a member", "open": "QR code", "wait": "svg.qr"}]),
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
            {"wait": "text=wait to be paid out"},
        ],
    )  # fmt: skip
    assert "120.5 eEuro wait to be paid out." in plain(asked["text"])
    assert any("You asked the bank to pay out 120.5" in plain(said) for said in asked["live"])
    assert held(place, "alice") == "879.5"
    place.does("bank", "lock", "5", "--from", "carol")
    walked(place, tmp_path, "takes-back", "carol", [press("button", "Sign and take it back", SIGNED)])
    assert held(place, "carol") == str(HELD)
    place.does("bank", "lock", "7", "--from", "carol")
    seen = visit("bank", "account", place.address("bank"), steps=[
        *unlocked(place, "bank"), {"go": "bank", "wait": "h1:has-text('2 payments are to be made: 127.5')"},
    ])  # fmt: skip
    (queue,) = browse(place, tmp_path, {**seen, "width": 390})
    require_refused(queue)
    assert "cannot take 120.5 eEuro back: pay it, and say so here" in plain(queue["text"])
    assert "Nobody has said yet what lies at the bank." in queue["text"]
    place.does("bank", "attest", "4000", "--document", __file__, "--from", "bank")
    place.does("bank", "unlock", "carol", "7", "--from", "bank")
    paid = walked(
        place, tmp_path, "pays", "bank",
        [
            press("link", "What waits to be paid out, and money to issue", "h1:has-text('One payment')"),
            {"wait": "text=of what exists."},
            press("button", "Sign that you pay it now", "text=Being paid"),
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


def test_of_two_owners_one_proposes_to_pay_and_the_others_camera_takes_it(place: Place, tmp_path: Path) -> None:
    """Four eyes: the bank is an account of two owners; a QR code passes what is to be paid from one to the other."""
    keys = {name: place.does("keys", "show", name)["public_key"] for name in ("alice", "bob")}
    bank = place.does("keys", "multisig", "treasury", "2", *keys.values())["address"]
    for voter in ("alice", "bob"):
        place.does("vote", "set-banker", bank, "--from", voter)
    place.does("bank", "lock", "60", "--from", "carol")
    place.does("bank", "mark", "carol", "60", "--from", "treasury")
    alice, film = place.address("alice"), str(tmp_path / "proposal.y4m")
    proposing = [
        *unlocked(place, "alice"),
        {"go": "shared", "wait": "text=Public keys of all owners"},
        {"fill": "What you call it", "text": "Treasury"},
        {"fill": "Public keys of all owners", "text": " ".join(keys.values())},
        {"click": "Add", "wait": "text=2 of 2 must sign"},
        {"go": "bank", "wait": "h1:has-text('One payment is to be made: 60')"},
        {"click": "Sign and pass on", "wait": "h1:has-text('One more owner must sign.')"},
        {"open": "QR code", "wait": "svg.qr", "film": {"of": "svg.qr", "file": film}},
    ]
    agreeing = [
        *unlocked(place, "bob"),
        {"go": "shared", "wait": "text=File of a proposal"},
        {"click": "Scan a QR code", "wait": "text=Sign it, too"},
        {"click": "Sign it, too", "wait": "h1:has-text('Enough have signed')"},
        {"click": "Send it", "wait": SIGNED},
    ]
    (proposed,) = browse(place, tmp_path, visit("four-eyes", "today", alice, unfold=True, steps=proposing))
    assert waiting(place) == ["60"]
    (sent,) = browse(
        place, tmp_path,
        visit("sent", "today", place.address("bob"), camera=film, picture=False, steps=agreeing),
    )  # fmt: skip
    for seen in (proposed, sent):
        require_refused(seen)
        assert "60 eEuro" in plain(seen["text"])
        assert place.address("carol") in seen["text"]
    assert waiting(place) == []


def test_a_proposal_of_too_many_owners_for_one_code_says_so(place: Place, tmp_path: Path) -> None:
    owners = [format_key(Ed25519SecretKey(bytes([number]) * 32).public_key) for number in range(1, OWNERS)]
    owners.append(place.does("keys", "show", "dave")["public_key"])
    steps = [
        *unlocked(place, "dave"),
        {"go": "shared", "wait": "text=Public keys of all owners"},
        {"fill": "Public keys of all owners", "text": " ".join(owners)},
        {"click": "Add", "wait": f"text=2 of {OWNERS} must sign"},
        {"go": "account", "wait": "text=To (address)"},
        {"card": "Send", "fill": "To (address)", "text": place.address("carol")},
        {"card": "Send", "fill": "How much", "text": "1"},
        {"card": "Send", "click": "Sign and pass on", "wait": "h1:has-text('One more owner must sign.')"},
        {"open": "QR code", "wait": "text=It is too long for one QR code"},
    ]
    (seen,) = browse(place, tmp_path, visit("too-long", "today", place.address("dave"), picture=False, steps=steps))
    require_refused(seen)
    assert "1,273 fit): pass the file or the text on." in seen["text"]


def waiting(place: Place) -> list[str]:
    """What the bank of two owners has to pay, as they read it."""
    found = place.does("bank", "withdrawals", "--as", "treasury")["withdrawals"]
    return [each["amount"]["tokens"] for each in found]
