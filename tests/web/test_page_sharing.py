"""Sharing on the page, on a street whose slots are settled: it says what the node says, and what it signs counts.

Skipped where there is no Node, no Chromium or no `npm ci --prefix web/app`, unless NODECHAIN_REQUIRE_WEB is set.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD
from nodechain.client.answers.sharing_days import AccountSlots, SchemeSums
from nodechain.client.answers.sharing_preview import SharingPreview
from nodechain.client.answers.sharing_slots import SettledSlotView
from nodechain.client.answers.slots import Points
from tests.web.shared_street import CORRECTED, DIFFERENT, FIRST, SLOTS, SharedStreet, shared_street
from tests.web.street import PICTURES, drive
from tests.web.test_page import browse, energy, plain, require_clean
from tests.web.test_page_access import RECORDING, bare
from tests.web.test_page_build import ready
from tests.web.test_verifier import program

pytestmark = pytest.mark.xdist_group("page-login")

TREES = Path(__file__).with_name("page_trees_sharing.txt")
WHY = f"sharing/slot/1/{FIRST + CORRECTED}"
PLACES = {
    "my-share": "sharing",
    "why": WHY,
    "schemes": "sharing/schemes",
    "scheme": "sharing/scheme/1",
    "points": "sharing/points",
    "sums": "sharing/sums",
}
DONE = ".notice.good:has-text('Done.')"


FORGED_CLAIM = {
    "where": "**/credits*",
    "from": '"claims":[]',
    "to": '"claims":[{"scheme":1,"point":1,"claims":[{"until":"2024-03","energy_mwh":15000000}],"owed_mwh":0}]',
}
"""Of a scheme by the month, which the street has none of."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedStreet]:
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    with shared_street(tmp_path_factory.mktemp("sharing")) as street:
        yield street


def visit(place: SharedStreet, name: str, where: str, who: str = "bob", **more: Any) -> dict[str, Any]:
    watched = [{"address": place.address(who), "label": ""}]
    return {"name": name, "hash": where, "watched": watched, "picture": bool(PICTURES), **more}


def unlocking(place: SharedStreet, name: str, then: str, wait: str) -> list[dict[str, Any]]:
    """From the account's screen: a key file is taken and unlocked; then on to another screen."""
    return [
        {"click": "From a file"},
        {"choose": "Key file", "file": place.file(name)},
        {"fill": "Password", "text": PASSWORD},
        {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"},
        {"go": then, "wait": wait},
    ]


def today_of(place: SharedStreet, name: str) -> AccountSlots:
    path = f"/v1/sharing/accounts/{place.address(name)}/slots?from={FIRST + 96}&to={FIRST + SLOTS}"
    return place.api.api.get(path, AccountSlots)


def kwh(mwh: int) -> str:
    """All digits, as the page writes them in English."""
    return f"{mwh / 10**6:,.6f}".rstrip("0").rstrip(".")


def test_my_share_is_what_the_ledger_settled_and_where_the_sources_differ(place: SharedStreet, tmp_path: Path) -> None:
    desktop, phone, owing, forged = browse(
        place,
        tmp_path,
        visit(place, "sharing", "sharing", mark="verified"),
        visit(place, "sharing-dark-phone", "sharing", width=390, scheme="dark", language="de", mark="verified"),
        visit(place, "owing", "sharing", "carol", mark="verified", picture=False),
        visit(place, "forged-claim", "sharing", lie=FORGED_CLAIM, mark="unverified", picture=False),
    )
    require_clean(forged)
    assert "not verified" in " ".join(forged["marks"])
    assert "Open claims" in plain(forged["text"])
    assert re.search(r"1\s+1\s+15\s+March 2024", plain(forged["text"]))
    for seen in (desktop, phone, owing):
        require_clean(seen)
        assert any("verified" in mark or "geprüft" in mark for mark in seen["marks"])
    points = [point for slot in today_of(place, "bob")["slots"] for point in slot["points"]]
    taken, near = (sum(point[name] for point in points) for name in ("energy_mwh", "shared_mwh"))
    text = plain(desktop["text"])
    assert plain(desktop["says"]).startswith(
        f"You took {energy(round(taken / 1_000))}, {energy(round(near / 1_000))} of it from neighbours."
    )
    assert "better than with the grid alone" in plain(desktop["says"])
    sums = next(line for line in text.splitlines() if line.startswith("Sum\t")).split("\t")
    assert sums[1:5] == [kwh(taken), kwh(near), "0", "0"]
    assert "Thursday, November 16, 2023, by the clock of Europe/Vienna" in text
    assert f"They differ in one interval, by {kwh(abs(DIFFERENT[126]))} kWh." in text
    assert "07:30\u201307:45: your meter 276 Wh, the operator 196 Wh." in text
    debt = place.api.sharing.account(place.address("carol"))["owes"][0]["amount"]["tokens"]
    assert f"You owe {debt} eEuro to scheme 1." in plain(owing["text"])


def test_a_slot_is_explained_and_a_forged_row_is_not_verified(place: SharedStreet, tmp_path: Path) -> None:
    settled = place.api.api.get(f"/v1/sharing/schemes/1/slots/{FIRST + CORRECTED}", SettledSlotView)
    mine = next(row for row in settled["rows"] if row["account"] == place.address("bob"))
    lie = {"where": "**/slots/*", "from": f'"tokens":"{mine["amount"]["tokens"]}"', "to": '"tokens":"0.001"'}
    rows = {"where": "**/slots/*", "from": '"slot_rows":"none"', "to": '"slot_rows":"imported"'}
    asked = {"where": "**/sharing/schemes*", "from": '"kind":"dynamic"', "to": '"kind":"pairs_each_slot","rows":[]'}
    true, forged, by_rows, missing = browse(
        place,
        tmp_path,
        visit(place, "why", WHY, mark="verified"),
        visit(place, "forged-row", WHY, lie=lie, mark="unverified", picture=False),
        visit(place, "forged-rows", WHY, lie=rows, mark="unverified", picture=False),
        visit(place, "missing-rows", "sharing/sums", lie=asked, picture=False),
    )
    assert "Its rows came with it." in plain(by_rows["text"])
    assert "No row of the interval names it." in plain(by_rows["text"])
    assert "The rows of the last intervals are all there." in plain(missing["text"])
    for seen in (true, forged, by_rows, missing):
        require_clean(seen)
    text = plain(true["text"])
    all_kwh, my_kwh = kwh(settled["taken_mwh"]), kwh(mine["counted_mwh"])
    assert f"Took {my_kwh} kWh (corrected, by the operator's file)." in text
    assert (
        f"{kwh(settled['shared_mwh'])} kWh \u00d7 {my_kwh} kWh \u00f7 {all_kwh} kWh = {kwh(mine['shared_mwh'])} kWh."
        in text
    )
    assert f"it pays {mine['amount']['tokens']} eEuro. Beside that it pays {mine['fee']['tokens']} eEuro" in text
    assert "Run 2 under version 1 of the terms" in text
    assert any("not verified" in mark for mark in forged["marks"])


def test_a_vote_on_a_scheme_says_what_it_would_have_changed_for_its_reader(place: SharedStreet, tmp_path: Path) -> None:
    (seen,) = browse(place, tmp_path, visit(place, "vote-preview", "votes"))
    require_clean(seen)
    number = place.api.votes()["votes"][0]["number"]
    answer = place.api.api.get(f"/v1/sharing/preview?vote={number}", SharingPreview)
    (mine,) = (point for point in answer["points"] if point["account"] == place.address("bob"))
    text = plain(seen["text"])
    assert f"It would have brought you {float(mine['gain']['tokens']):.2f} eEuro more." in text
    before, after = (energy(round(mine[side]["shared_mwh"] / 1_000)) for side in ("before", "after"))
    assert f"Shared: {before} now, {after} then." in text
    assert "Each consumer has a fixed key; what one does not take goes to the grid." in text


def test_a_consent_is_signed_and_registered_and_votes_of_every_kind_are_opened(
    place: SharedStreet, tmp_path: Path
) -> None:
    """Alice agrees to a point of hers, registers it, then opens a vote on a rule and one on a custodian."""
    file = str(tmp_path / "point.json")
    rule = next(each for each in place.api.parameters()["parameters"] if each["name"] == "slot_tolerance")
    ((number, unit),) = re.findall(r"^(\d+)(.*)$", rule["text"])
    steps = [
        *unlocking(place, "alice", "sharing/points", "text=Agree to a metering point"),
        {"open": "Agree to a new one"},
        {"pick": "What it measures", "option": "injection"},
        {"fill": "The operator's number of the point", "text": "AT0031000000000000000000000123456"},
        {"click": "Sign the consent", "wait": "text=Signed. Pass the file on"},
        {"click": "Save the file", "save": file},
        {"open": "Take a file"},
        {"choose": "File of a consent", "file": file},
        {"wait": "text=Registers this point: of you, for what is given"},
        {"click": "Sign and register", "wait": DONE},
        {"go": "votes", "wait": "text=About what"},
        {"pick": "About what", "option": "set_parameter"},
        {"pick": "Name", "option": "slot_tolerance"},
        {"fill": f"New value, in {unit.strip()}", "text": str(2 * int(number))},
        {"click": "Sign and open", "wait": DONE},
        {"pick": "About what", "option": "set_custodian"},
        {"fill": "Whom (address)", "text": place.address("dave")},
        {"wait": ".says:has-text('import the network operator')"},
        {"card": "Open a vote", "click": "Sign and open", "wait": "h1:has-text('3 votes are open.')"},
    ]
    (seen,) = browse(place, tmp_path, visit(place, "opens-votes", "account", "alice", steps=steps))
    require_clean(seen)
    (point,) = place.api.api.get(f"/v1/points?owner={place.address('alice')}", Points)["points"]
    assert (point["direction"], point["own_meter"]) == ("injection", True)
    actions = [vote["action"] for vote in place.api.votes()["votes"]][1:]
    assert [(action["kind"], action.get("value")) for action in actions] == [
        ("set_parameter", 2 * rule["value"]), ("set_custodian", None),
    ]  # fmt: skip


def test_the_communitys_sums_are_saved_as_a_table(place: SharedStreet, tmp_path: Path) -> None:
    file = tmp_path / "sums.csv"
    saved = {"card": "Day by day", "click": "Save as CSV", "save": str(file)}
    (seen,) = browse(place, tmp_path, visit(place, "sums", "sharing/sums", steps=[saved]))
    require_clean(seen)
    first, second = csv.DictReader(file.read_text().splitlines(), delimiter=";")
    slots = place.api.api.get(f"/v1/sharing/schemes/1/sums?from={FIRST}&to={FIRST + 96}", SchemeSums)["slots"]
    assert (first["day"], first["slots"], second["slots"]) == ("2023-11-15", "96", "48")
    assert first["shared_kwh"] == kwh(sum(each["shared_mwh"] for each in slots))
    assert "-0.08" in seen["text"]


def test_a_screen_reader_finds_what_was_agreed_and_no_language_is_wider_than_a_small_phone(
    place: SharedStreet, tmp_path: Path
) -> None:
    places = list(PLACES.items())
    surveys = [
        visit(place, "trees", "sharing", places=places, trees=True),
        *(visit(place, each, "sharing", places=places, width=320, language=each) for each in ("de", "el")),
    ]
    english, *narrow = drive(place, tmp_path, "access.mjs", surveys=surveys)["surveys"]
    for seen in narrow:
        assert (seen["errors"], seen["outside"]) == ([], []), seen["name"]
        for name, screen in seen["screens"].items():
            assert (screen["wide"], screen["small"], screen["lang"]) == (False, [], seen["name"]), (seen["name"], name)
    text = "\n\n".join(f"== {name}\n{bare(screen['tree'])}" for name, screen in english["screens"].items()) + "\n"
    if RECORDING:
        TREES.write_text(text, encoding="utf-8")
    assert text.splitlines() == TREES.read_text(encoding="utf-8").splitlines()
