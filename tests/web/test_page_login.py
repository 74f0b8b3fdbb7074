"""The page at a node that lets only owners and members read: a stranger, a household, its neighbour, an auditor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD
from harness.processes import NodeProcess
from tests.web.place import DEV, Place, home_in, served
from tests.web.street import PICTURES
from tests.web.test_page import browse, plain, require_clean

pytestmark = pytest.mark.xdist_group("page-login")

SENT, HELD = "123.25", "876.75"
"""What alice sends to bob, and what is left of her 1,000; bob and carol hold 1,123.25 and 1,000 after it."""
DRAWABLE_KWH = 10
UNLOCK = {"click": "Unlock", "wait": ".mark.verified"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A node whose genesis lets the account auditor read everything."""
    dev = DEV.replace('"carol", "dave"]', '"carol", "dave", "erin", "auditor"]')
    home = home_in(tmp_path_factory.mktemp("members"), f'{dev}\n[privacy]\nreaders = ["auditor"]\n')
    with served(home, "members") as made:
        made.does("transfer", "eeuro", "bob", SENT, "--from", "alice")
        made.does("unit", "produced", "alice", f"{DRAWABLE_KWH} kWh", "--from", "battery")
        made.does("market", "sell", "2", "0.25", "--from", "alice")
        made.does("session", "open", "battery", "3", "--from", "alice")
        yield made


def visit(name: str, where: str, *watched: str, **more: Any) -> dict[str, Any]:
    accounts = [{"address": address, "label": ""} for address in watched]
    return {"name": name, "hash": where, "watched": accounts, "picture": bool(PICTURES), **more}


def unlocking(place: Place, name: str) -> list[dict[str, Any]]:
    """A key file is taken and unlocked on whatever screen shows keys."""
    return [
        {"click": "From a file"},
        {"choose": "Key file", "file": place.file(name)},
        {"fill": "Password", "text": PASSWORD},
    ]


def test_a_stranger_sees_the_chains_figures_why_and_what_to_do(place: Place, tmp_path: Path) -> None:
    alice = place.address("alice")
    visits = [
        visit(f"stranger-{screen}", screen, alice, picture=False) for screen in ("today", "market", "storage", "votes")
    ]
    visits.append(visit("stranger", "today", alice))
    visits.append(visit("stranger-dark-phone", "today", alice, width=390, scheme="dark", language="de"))
    visits.append(visit("stranger-320", "today", alice, width=320, picture=False))
    found = browse(place, tmp_path, *visits)
    for seen in found:
        require_refused(seen)
    for seen in found[:5]:
        assert seen["says"] == "Sign in to see your own figures."
        text = plain(seen["text"])
        assert "This node shows balances, readings, sessions and orders only to whom they belong" in text
        assert "Unlock your key, or bring it here" in text
        assert "The node shows this only" not in text
        assert f"{DRAWABLE_KWH:.1f} kWh" in text
        assert HELD not in text
    assert found[5]["says"] == "Melden Sie sich an, um Ihre eigenen Zahlen zu sehen."


def require_refused(seen: dict[str, Any]) -> None:
    """Clean but for the browser's own lines about answers 401 and 403, which no page can keep from the console."""
    refused = [line for line in seen["errors"] if "status of 401" in line or "status of 403" in line]
    assert refused, seen["name"]
    require_clean({**seen, "errors": [line for line in seen["errors"] if line not in refused]})


def test_what_is_open_to_everybody_stays_open_to_a_stranger(place: Place, tmp_path: Path) -> None:
    explorer, block, operator, account = browse(
        place,
        tmp_path,
        visit("stranger-explorer", "explorer", picture=False),
        visit("stranger-block", "explorer/block/1", picture=False),
        visit("stranger-operator", "operator", picture=False),
        visit("stranger-account-of", f"explorer/account/{place.address('alice')}", picture=False),
    )
    require_clean(explorer)
    for seen in (block, operator, account):
        require_refused(seen)
    assert "is the newest" in explorer["says"]
    assert block["says"] == "Block 1"
    assert "Its transactions are shown to who may read everything" in block["text"]
    assert "are not shown to you here" in operator["text"]
    assert "The node shows this only to who has signed in." in account["text"]
    assert HELD not in account["text"]


def test_a_household_signs_in_and_sees_its_own_figures_and_not_its_neighbours(place: Place, tmp_path: Path) -> None:
    alice, bob = place.address("alice"), place.address("bob")
    steps = [*unlocking(place, "alice"), UNLOCK]
    own, market, neighbour = browse(
        place,
        tmp_path,
        visit("signed-in", "today", alice, steps=steps),
        visit("signed-in-market", "today", alice, steps=[*steps, {"go": "market", "wait": "text=My orders"}]),
        visit(
            "not-yours", "today", alice, bob, picture=False,
            steps=[*steps, {"go": f"explorer/account/{bob}", "wait": ".code:has-text('not_yours')"}],
        ),
    )  # fmt: skip
    for seen in (own, market, neighbour):
        require_refused(seen)
    assert HELD in own["text"]
    assert "verified at block" in " ".join(own["marks"])
    assert "key unlocked" in own["text"]
    assert "1 kWh costs 0.25 eEuro now." in plain(market["says"])
    assert "Sell 2 kWh at 0.25 eEuro or more" in plain(market["text"])
    assert "(yours)" in plain(market["text"])
    assert "1,123.25" not in neighbour["text"]
    assert "This node does not show it to" in neighbour["text"]


def test_orders_and_sessions_are_compared_with_the_signed_state(place: Place, tmp_path: Path) -> None:
    """True ones are verified, a forged number is not (nor one as if it had run out), and neither is a list that leaves
    one out."""
    alice = place.address("alice")
    signed_in = [*unlocking(place, "alice"), UNLOCK]
    market = {"go": "market", "wait": ".card:has-text('My orders') .mark:not(:has-text('checking'))"}
    today = {"wait": ".card:has-text('Drawing from') .mark:not(:has-text('checking'))"}
    (session,) = run_sessions(place)
    dearer = {
        "where": "**/v1/market/orders?*",
        "swaps": {'"tokens":"0.25"': '"tokens":"0.05"', '"expires_ms":0': '"expires_ms":1'},
    }
    deadline = f'"deadline_ms":{session["deadline_ms"]}'
    longer = {"where": "**/v1/sessions?*", "from": deadline, "to": '"deadline_ms":9000000000000'}
    none = {"where": "**/v1/market/orders?*", "from": '"orders":[', "to": '"orders":[],"others":['}
    found = browse(
        place,
        tmp_path,
        visit("marks-session", "today", alice, steps=[*signed_in, today]),
        visit("marks-order", "today", alice, steps=[*signed_in, market]),
        visit("forged-session", "today", alice, lie=longer, picture=False, steps=[*signed_in, today]),
        visit("forged-order", "today", alice, lie=dearer, steps=[*signed_in, market]),
        visit("left-out-order", "today", alice, lie=none, picture=False, steps=[*signed_in, market]),
    )
    for seen in found:
        require_refused(seen)
    assert "It has run out. What it holds is free again with the next block." in found[3]["text"]
    verified = f"✓ verified at block {place.does('status')['height']}"
    assert [mark for mark in marks(found[0]) if "verified at" in mark] == [verified, verified]
    assert [mark for mark in marks(found[1]) if "verified at" in mark] == [verified]
    assert [[mark for mark in marks(seen) if "not verified" in mark] for seen in found[2:]] == [
        ["! not verified: the node's number is not the signed one"],
        ["! not verified: the node's number is not the signed one"],
        ["! not verified: more are open than the node lists"],
    ]


def marks(seen: dict[str, Any]) -> list[str]:
    return [" ".join(mark.split()) for mark in seen["marks"]]


def run_sessions(place: Place) -> Any:
    return place.does("session", "list", "--consumer", "alice", "--as", "alice")["sessions"]


def test_owners_of_one_account_propose_pass_on_sign_and_send(place: Place, tmp_path: Path) -> None:
    """What alice proposes and saves, bob signs and sends; the command line reads the same file."""
    keys = {name: place.does("keys", "show", name)["public_key"] for name in ("alice", "bob")}
    house = place.does("keys", "multisig", "house", "2", *keys.values())["address"]
    for voter in ("alice", "bob"):
        place.does("vote", "admit", house, "--from", voter)
    place.does("transfer", "eeuro", house, "50", "--from", "carol")
    dave, file = place.address("dave"), tmp_path / "proposal.json"
    adding = [
        {"go": "shared", "wait": "text=Public keys of all owners"},
        {"fill": "What you call it", "text": "The house"},
        {"fill": "Public keys of all owners", "text": " ".join(keys.values())},
        {"click": "Add", "wait": "text=2 of 2 must sign"},
    ]
    proposing = [
        {"go": "account", "wait": "text=To (address)"},
        {"fill": "To (address)", "text": dave},
        {"fill": "How much", "text": "7.5"},
        {"click": "Sign and pass on", "wait": "h1:has-text('One more owner must sign.')"},
        {"click": "Save as a file", "save": str(file)},
    ]
    signing = [
        {"choose": "File of a proposal", "file": str(file)},
        {"wait": "text=Sign it, too"},
        {"click": "Sign it, too", "wait": "h1:has-text('Enough have signed')"},
    ]
    shared = {"go": "shared", "wait": "text=File of a proposal"}
    sending = [shared, *signing, {"click": "Send it", "wait": ".notice.good"}]
    home = place.address("alice")
    (proposed,) = browse(
        place,
        tmp_path,
        visit(
            "proposed", "today", home, picture=False, steps=[*unlocking(place, "alice"), UNLOCK, *adding, *proposing]
        ),
    )
    require_refused(proposed)
    assert f"Send 7.5 eEuro to {dave}." in plain(proposed["text"])
    assert "1 of 2 have signed" in proposed["text"]
    copy = tmp_path / "copy.json"
    copy.write_text(file.read_text())
    assert place.does("tx", "sign", str(copy), "--from", "house", "--yes") == {
        "file": str(copy),
        "signatures": 2,
        "missing": 0,
    }
    ready_to_send, sent = browse(
        place,
        tmp_path,
        visit(
            "signed-by-both-dark-phone", "today", home, width=390, scheme="dark", language="de",
            steps=[
                *unlocking_in_german(place, "bob"), {"go": "shared", "wait": "text=Datei eines Vorschlags"},
                {"choose": "Datei eines Vorschlags", "file": str(file), "wait": "text=Auch unterschreiben"},
                {"click": "Auch unterschreiben", "wait": "h1:has-text('Genug haben unterschrieben')"},
            ],
        ),
        visit(
            "sent-by-both", "today", home,
            steps=[*unlocking(place, "bob"), UNLOCK, *sending],
        ),
    )  # fmt: skip
    for seen in (ready_to_send, sent):
        require_refused(seen)
    assert "2 von 2 haben unterschrieben" in ready_to_send["text"]
    found = place.does("balance", "dave", "--as", "dave")["balances"]
    assert next(each["available"]["tokens"] for each in found if each["asset"] == "EEURO") == "1007.5"


def unlocking_in_german(place: Place, name: str) -> list[dict[str, Any]]:
    return [
        {"click": "Aus einer Datei"},
        {"choose": "Schlüsseldatei", "file": place.file(name)},
        {"fill": "Passwort", "text": PASSWORD},
        {"click": "Öffnen", "wait": ".mark.verified"},
    ]


def test_a_block_shows_the_events_that_concern_who_has_signed_in(place: Place, tmp_path: Path) -> None:
    alice, carol = place.address("alice"), place.address("carol")
    go = {"go": "explorer/block/1", "wait": "text=Header"}
    found = [
        browse(
            place,
            tmp_path,
            visit("block", "today", account, picture=False, steps=[*unlocking(place, name), UNLOCK, go]),
        )[0]
        for name, account in (("alice", alice), ("carol", carol))
    ]
    assert "You sent" in found[0]["text"]
    assert SENT in found[0]["text"]
    assert SENT not in found[1]["text"]


def test_behind_a_page_of_ones_own_release_the_node_that_is_asked_is_signed_in_to(place: Place, tmp_path: Path) -> None:
    page = NodeProcess(["page", "--port", "0", "--node", place.url], {"NODECHAIN_HOME": str(tmp_path / "none")})
    try:
        served = replace(place, url=page.url)
        steps = [*unlocking(place, "alice"), UNLOCK]
        (seen,) = browse(
            served, tmp_path, visit("relayed", "today", place.address("alice"), steps=steps, picture=False)
        )
    finally:
        assert page.stop() == 0
    require_refused(seen)
    assert HELD in seen["text"]


def test_a_locked_key_ends_the_right_to_read_at_once(place: Place, tmp_path: Path) -> None:
    alice = place.address("alice")
    steps = [
        *unlocking(place, "alice"), UNLOCK, {"go": "account", "wait": "text=Signed in at this node until"},
        {"click": "Lock"}, {"go": "today", "wait": "h1:has-text('Sign in to see')"},
    ]  # fmt: skip
    (seen,) = browse(place, tmp_path, visit("locked", "today", alice, steps=steps, picture=False))
    require_refused(seen)
    assert HELD not in seen["text"]
    assert seen["stored"] == []


def test_a_role_that_the_genesis_names_sees_everybodys_figures(place: Place, tmp_path: Path) -> None:
    bob = place.address("bob")
    steps = [
        *unlocking(place, "auditor"), UNLOCK, {"go": f"explorer/account/{bob}", "wait": ".mark.verified"},
    ]  # fmt: skip
    seen, block = browse(
        place,
        tmp_path,
        visit("auditor", "today", place.address("auditor"), steps=steps, picture=False),
        visit(
            "auditor-block", "today", place.address("auditor"), picture=False,
            steps=[*unlocking(place, "auditor"), UNLOCK, {"go": "explorer/block/1", "wait": "text=Transactions"}],
        ),
    )  # fmt: skip
    require_refused(seen)
    assert "1,123.25" in seen["text"]
    assert "holds one transaction" in block["says"]


def test_a_node_that_forgot_who_signed_in_is_told_again(place: Place, tmp_path: Path) -> None:
    """A token that the node does not know any more: the page signs in once more and goes on."""
    steps = [
        *unlocking(place, "alice"), UNLOCK, {"spoil": "Bearer"}, {"go": "market", "wait": "text=My orders"},
    ]  # fmt: skip
    (seen,) = browse(place, tmp_path, visit("again", "today", place.address("alice"), steps=steps, picture=False))
    assert "1 kWh costs 0.25 eEuro now." in plain(seen["says"])
    assert seen["logins"] == 2
