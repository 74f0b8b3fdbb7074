"""The page in Chromium, on a real node with the measured day of the demo: what it says is what the node says.

Skipped where there is no Node, no Chromium or no `npm ci --prefix web/app`, unless NODECHAIN_REQUIRE_WEB is set.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.street import Served, Street, drive, nodechain, screens, visit

pytestmark = pytest.mark.xdist_group("page")


def browse(served: Served, folder: Path, *visits: dict[str, Any]) -> list[dict[str, Any]]:
    """What Chromium saw at each visit."""
    found: list[dict[str, Any]] = drive(served, folder, "browse.mjs", visits=list(visits))
    return found


def require_clean(seen: dict[str, Any]) -> None:
    """No error, no outside request, accessible, nothing beside the window, nothing too small to hit."""
    name = seen["name"]
    assert seen["errors"] == [], name
    assert seen["outside"] == [], name
    assert seen["axe"] == [], name
    for width in (seen, seen.get("narrow", {"wide": False, "small": []})):
        assert width["wide"] is False, name
        assert width["small"] == [], name


def energy(wh: int) -> str:
    """Three significant digits, as the page writes them in English."""
    return f"{wh} Wh" if wh < 1_000 else f"{wh / 1_000:.{max(0, 3 - len(str(wh // 1_000)))}f} kWh"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_today_says_what_the_ledger_metered(street: Street, tmp_path: Path) -> None:
    (seen,) = browse(street, tmp_path, visit(street, "today", "today", mark="verified"))
    require_clean(seen)
    metered = street.api.account(street.household)["metered"]
    used = metered["consumed_wh"] + metered["imported_wh"]
    given = metered["produced_wh"] + metered["exported_wh"]
    says = plain(seen["says"])
    assert f"You used {energy(used)}." in says
    assert f"You gave {energy(given)}." in says
    assert f"{100 * metered['consumed_wh'] / used:.0f} % came from the battery" in says
    text = plain(seen["text"])
    for wh in (metered["consumed_wh"], metered["imported_wh"], metered["produced_wh"]):
        assert f"{wh / 1_000:.3f} kWh" in text
    sums = next(line for line in text.splitlines() if line.startswith("Sum")).split()
    assert [int(part.replace(",", "")) for part in sums[1:]] == [
        metered["consumed_wh"], metered["imported_wh"], metered["produced_wh"], metered["exported_wh"],
    ]  # fmt: skip
    assert len(re.findall(r"^\d\d:\d\d\u2013\d\d:\d\d", text, re.MULTILINE)) == 96
    assert [mark for mark in seen["marks"] if "verified at block" in mark]


def test_a_forged_balance_is_shown_as_not_verified_and_how(street: Street, tmp_path: Path) -> None:
    held = next(each for each in street.api.account(street.household)["balances"] if each["asset"] == "EEURO")
    lie = {"where": f"**/v1/accounts/{street.household}*", "from": held["available"]["tokens"], "to": "999.5"}
    (seen,) = browse(street, tmp_path, visit(street, "forged", "today", lie=lie, mark="unverified", picture=False))
    assert "999.50" in seen["text"]
    assert any("not verified: the node's number is not the signed one" in mark for mark in seen["marks"])
    assert "You hold\n!\nnot verified" in seen["text"]


def test_every_screen_is_clean_by_day_by_night_and_on_a_phone(street: Street, tmp_path: Path) -> None:
    unit = street.api.units()[0]["address"]
    head = street.api.status()["height"]
    visits = []
    for name, place in screens(street).items():
        visits.append(visit(street, name, place, narrow=320))
        visits.append(
            visit(street, f"{name}-dark-phone", place, width=390, scheme="dark", language="de", picture=False)
        )
    phone = {"width": 390, "scheme": "dark", "language": "de", "mark": "verified"}
    visits.append(visit(street, "today-dark-phone", "today", **phone))
    visits.append(visit(street, "today-320", "today", width=320, picture=False))
    visits.append({**visit(street, "newcomer", "today", width=390), "watched": None})
    found = browse(street, tmp_path, *visits)
    for seen in found:
        require_clean(seen)
    by_name = {seen["name"]: seen for seen in found}
    energies = street.api.energy()
    assert energy(energies["network_wh"]) in plain(by_name["newcomer"]["says"])
    held = street.api.unit(unit)
    assert energy(held["available_wh"] + held["locked_wh"]) in plain(by_name["battery"]["says"])
    assert f"{head:,}" in by_name["operator"]["text"]
    assert f"{head:,}" in by_name["explorer"]["says"]


def test_the_market_shows_the_book_and_why_ones_order_waits(street: Street, tmp_path: Path) -> None:
    richest = max(
        (
            each
            for each in nodechain("keys", "list", environment=street.environment)["keys"]
            if each["name"].startswith("house")
        ),
        key=lambda key: int(street.api.account(key["address"])["balances"][0]["available"]["base"]),
    )
    others = [f"house{number:02d}" for number in range(1, 25) if f"house{number:02d}" != richest["name"]]
    for arguments in (
        ("market", "sell", "2.1", "0.13", "--from", richest["name"]),
        ("market", "sell", "4", "0.145", "--from", richest["name"]),
        ("market", "buy", "1.4", "0.11", "--from", others[0]),
        ("market", "buy", "4", "0.105", "--from", others[1]),
    ):
        nodechain(*arguments, environment=street.environment)
    watched = [{"address": richest["address"], "label": "Home"}]
    (seen,) = browse(street, tmp_path, {**visit(street, "market", "market"), "watched": watched})
    require_clean(seen)
    assert plain(seen["says"]) == "1 kWh costs 0.13 eEuro now. Yours would sell at 0.11 eEuro."
    text = plain(seen["text"])
    assert "Sell 2.1 kWh at 0.13 eEuro or more, until it is taken back." in text
    assert "It waits: the best buyer pays 0.11 eEuro." in text
    assert "At 0.11 it would sell 1.4 kWh now." in text
    assert "One order comes before it." in text


def test_a_vote_is_shown_with_its_action_in_words(street: Street, tmp_path: Path) -> None:
    for name in ("house01", "house02"):
        nodechain("vote", "add-voter", name, "--from", "council", environment=street.environment)
    vote = street.api.votes()["votes"][0]
    (seen,) = browse(street, tmp_path, visit(street, "votes", "votes"))
    require_clean(seen)
    assert seen["says"] == "One vote is open."
    short = f"{vote['action']['address'][:8]}…{vote['action']['address'][-5:]}"
    assert f"Give {short} a vote" in seen["text"]
    assert f"{len(vote['yes'])} of {vote['needed']} needed have said yes" in seen["text"]


def test_when_the_node_is_silent_the_last_values_stay_and_say_how_old_they_are(street: Street, tmp_path: Path) -> None:
    (seen,) = browse(street, tmp_path, visit(street, "silent", "today", mark="verified", silent=True, picture=False))
    assert "The node does not answer." in seen["text"]
    assert "You used" in seen["says"]
    assert seen["axe"] == []


def test_a_newcomer_finds_its_household_by_the_address_alone(street: Street, tmp_path: Path) -> None:
    address = street.household
    wrong = address[:-1] + ("q" if address[-1] != "q" else "p")
    steps = [
        {"fill": "Address", "text": wrong},
        {"click": "Look", "wait": ".wrong"},
        {"fill": "Address", "text": address},
        {"click": "Look", "wait": ".mark.verified"},
    ]
    new = {**visit(street, "found", "today", steps=steps, picture=False), "watched": None}
    (seen,) = browse(street, tmp_path, new)
    require_clean(seen)
    assert "You used" in seen["says"]


def test_a_key_file_of_the_command_line_signs_an_order_on_the_page(street: Street, tmp_path: Path) -> None:
    """Taken from a file, unlocked, an order said in words, signed, decided; the book then has it."""
    home, password = Path(street.environment["NODECHAIN_HOME"]), Path(street.environment["NODECHAIN_PASSWORD_FILE"])
    file = home / "keys" / "house03.json"
    steps = [
        {"click": "From a file"},
        {"choose": "Key file", "file": str(file)},
        {"fill": "Password", "text": "not the password"},
        {"click": "Unlock", "wait": ".wrong"},
        {"fill": "Password", "text": password.read_text().strip()},
        {"click": "Unlock", "wait": ".notice.good"},
        {"go": "market", "wait": "h1:has-text('kWh')"},
        {"fill": "How much, in kWh", "text": "1.5"},
        {"fill": "At most, in eEuro per kWh", "text": "0,07"},
        {"click": "Sign and buy", "wait": ".notice.good"},
    ]
    signer = {**visit(street, "signed", "account", steps=steps, picture=False), "watched": None}
    (seen,) = browse(street, tmp_path, signer)
    require_clean(seen)
    text = plain(seen["text"])
    assert "1.5 kWh wait until" in text
    assert "Takes up to 0.105 eEuro of your" in text
    assert "You placed order" in text
    address = nodechain("keys", "show", "house03", environment=street.environment)["address"]
    (order,) = street.api.market.orders(owner=address)
    assert (order["side"], order["price"]["tokens"], order["quantity"]["tokens"]) == ("buy", "0.07", "1.5")


def test_a_refused_transaction_says_why_with_the_ledgers_code(street: Street, tmp_path: Path) -> None:
    home, password = Path(street.environment["NODECHAIN_HOME"]), Path(street.environment["NODECHAIN_PASSWORD_FILE"])
    steps = [
        {"click": "From a file"},
        {"choose": "Key file", "file": str(home / "keys" / "house04.json")},
        {"fill": "Password", "text": password.read_text().strip()},
        {"click": "Unlock", "wait": ".notice.good"},
        {"fill": "To (address)", "text": street.household},
        {"fill": "How much", "text": "99999"},
        {"click": "Sign and send", "wait": ".code:has-text('insufficient_balance')"},
    ]
    (seen,) = browse(
        street, tmp_path, {**visit(street, "refused", "account", steps=steps, picture=False), "watched": None}
    )
    require_clean(seen)
    assert "it will be refused" in seen["text"]
    assert "The ledger refused it." in seen["text"]


def test_a_new_key_is_made_from_words_that_are_asked_back(street: Street, tmp_path: Path) -> None:
    steps = [
        {"click": "New key", "wait": ".words li"},
        {"words": ".words li"},
        {"click": "I have written them down"},
        {"answer": "Word "},
        {"click": "Next"},
        {"fill": "Password for this browser", "text": "long enough"},
        {"fill": "The same again", "text": "long enough"},
        {"click": "Keep the key", "wait": ".notice.good"},
    ]
    (seen,) = browse(
        street, tmp_path, {**visit(street, "new-key", "account", steps=steps, picture=False), "watched": None}
    )
    require_clean(seen)
    assert "Unlocked: nrg1" in seen["text"]
    assert len(seen["words"]) == 24


def test_the_page_opens_without_the_node_once_it_was_there(street: Street, tmp_path: Path) -> None:
    offline = visit(street, "offline", "today", mark="verified", worker=True, reopen=True, picture=False)
    (seen,) = browse(street, tmp_path, offline)
    assert "The node does not answer." in seen["text"]
    assert "You used" in seen["says"]
    assert any("ago" in line for line in seen["text"].splitlines())
