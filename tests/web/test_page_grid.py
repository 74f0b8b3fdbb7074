"""The grid account and groups on the page: it says what the node says, and what it signs counts.

One street: bob and carol draw from the grid by the operator's file, alice operates the grid and the group, manages and
votes. Skipped where there is no Node, no Chromium or no `npm ci --prefix web/app`, unless NODECHAIN_REQUIRE_WEB is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.parameters import PARTS
from ledger.groups.opened import group_account
from ledger.groups.payloads import OpenGroup
from ledger.groups.terms import Division, GroupRow, GroupTerms, OperatorRight, Rhythm, ShareTransfers
from ledger.keys.address import format_address
from nodechain.client.answers.grid import GridAccount
from nodechain.client.answers.groups import GroupMembers, GroupPreviewView
from nodechain.client.node_client import RestClient
from tests.support.metering_points import SLOTS_TABLE
from tests.web.shared_street import FIRST, SLOT_MS, SLOTS, TOKEN, SharedStreet
from tests.web.street import drive
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_build import ROOT, ready
from tests.web.test_page_sharing import DONE, unlocking, visit
from tests.web.test_verifier import program

pytestmark = pytest.mark.xdist_group("page-login")

TABLES: Final = """
[grid]
operator = "alice"
sources = "operator"
default = "house"

[[grid.tariffs]]
name = "house"
retail = "0.30"
feed_in = "0.08"

[[grid.tariffs.zone_fees]]
from = "grid"
to = "*"
rate = "0.07"

[[grid.tariffs.levies]]
name = "green"
rate = "0.01"

[groups]
managers = ["alice"]
"""
KWH: Final = 10**6
TERMS: Final = (OperatorRight.SHARES, OperatorRight.DISTRIBUTE, OperatorRight.PAY)


class GridStreet(SharedStreet):
    """Two members with points, a group with 10 of the currency; one slot is charged."""

    def live(self) -> None:
        """Bob drew 2 kWh, carol 3; bob has half of the group, carol a quarter."""
        home = self.home
        for name in ("bob", "carol"):
            self.send("alice", self._point(name, 1))
        alice = home.address("alice")
        terms = GroupTerms(
            "roof", alice, TERMS, CURRENCY_ASSET, 5 * TOKEN, 0, Division.SHARE, Rhythm.DEMAND, 0, ShareTransfers.MEMBERS
        )
        rows = (
            GroupRow(home.address("bob"), PARTS // 2, 0, ()),
            GroupRow(home.address("carol"), PARTS // 4, 0, ()),
        )
        self.send("alice", OpenGroup(terms, FIRST, rows))
        self.send("alice", Transfer(CURRENCY_ASSET, group_account(1), 10 * TOKEN))
        self.api.move_clock((FIRST + SLOTS) * SLOT_MS)
        self.send("alice", self._file(1, {1: [2 * KWH], 2: [3 * KWH]}))


@contextmanager
def grid_street(folder: Path) -> Iterator[GridStreet]:
    """The street, after its day."""
    text = (ROOT / "genesis" / "dev.toml").read_text()
    (folder / "template.toml").write_text(f"{text}{SLOTS_TABLE}{TABLES}")
    home = HomeFixture(folder / "home", str(folder / "template.toml"))
    environment = {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
    node = NodeProcess(["validate", "--standing-clock", "--api-port", "0"], environment, forked=True)
    try:
        api = RestClient(node.url)
        try:
            street = GridStreet(home, node.url, api, environment)
            street.live()
            yield street
        finally:
            api.close()
    finally:
        assert node.stop() == 0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GridStreet]:
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    with grid_street(tmp_path_factory.mktemp("grid")) as street:
        yield street


def texts(seen: dict[str, Any]) -> tuple[str, str]:
    return plain(seen["says"]), plain(seen["text"])


def test_members_see_what_the_grid_cost_and_what_they_would_get(place: GridStreet, tmp_path: Path) -> None:
    grid, groups, group, stranger = browse(
        place,
        tmp_path,
        visit(place, "grid", "grid"),
        visit(place, "groups-dark-phone", "groups", width=390, scheme="dark", language="de"),
        visit(place, "group", "groups/1"),
        visit(place, "group-stranger", "groups/1", "dave", picture=False),
    )
    for seen in (grid, groups, group, stranger):
        require_clean(seen)
    says, text = texts(grid)
    account = place.api.api.get(f"/v1/grid/accounts/{place.address('bob')}", GridAccount)
    assert account["months"][0]["total"]["tokens"] == "0.76"
    assert says == "In November 2023 the grid cost you 0.76 eEuro."
    assert "house: a kWh from outside costs 0.38 eEuro in all." in text
    assert "Network fee, from outside to Linz 3\t2\t0.14" in text
    assert "Levy: green\t2\t0.02" in text
    assert "Fewer than 5 accounts have figures in this month" in text
    gets = place.api.api.get(f"/v1/groups/1/preview/{place.address('bob')}", GroupPreviewView)["gets"]
    assert gets[0]["amount"]["tokens"] == "5"
    assert texts(groups)[0] == "Sie sind in einer Gruppe, roof. Von dem, was jetzt da ist, bekämen Sie 5 eEuro."
    says, text = texts(group)
    assert says == "50 % of roof is yours: you would get 5 eEuro now."
    assert "10 eEuro would be divided now; your weight is 50 % of all: 5 eEuro." in text
    assert "the group itself\t25 %" in text
    assert texts(stranger)[0] == "roof has 10 eEuro."
    assert "Only who is in the group, and its operator, sees all shares." in texts(stranger)[1]


def test_a_share_is_taken_and_given_and_a_member_leaves(place: GridStreet, tmp_path: Path) -> None:
    file = str(tmp_path / "share.json")
    taking = [
        *unlocking(place, "carol", "groups/1", "text=Take, give or leave a share"),
        {"open": "Agree to take a part"},
        {"fill": "Who gives it (address)", "text": place.address("bob")},
        {"fill": "How much of the whole group, in %", "text": "12,5"},
        {"wait": ".says:has-text('You agree to take 12.5')"},
        {"click": "Sign the consent", "wait": "text=Signed. Pass the file on"},
        {"click": "Save the file", "save": file},
    ]
    giving = [
        *unlocking(place, "bob", "groups/1", "text=Take, give or leave a share"),
        {"open": "Give a part to who agreed"},
        {"choose": "File of a consent", "file": file, "wait": ".says:has-text('Gives 12.5')"},
        {"click": "Sign and give it", "wait": DONE},
    ]
    taken, given = browse(
        place,
        tmp_path,
        visit(place, "share-taken", "account", "carol", steps=taking),
        visit(place, "share-given", "account", "bob", steps=giving),
    )
    for seen in (taken, given):
        require_clean(seen)
    assert "You will have 37.5 % of group 1." in texts(given)[1]
    members = place.api.api.get("/v1/groups/1/members", GroupMembers)["members"]
    newest = {each["account"]: each["changes"][-1]["share"] for each in members}
    assert newest == {
        place.address("bob"): 375_000_000, place.address("carol"): 375_000_000,
        format_address(group_account(1)): 250_000_000,
    }  # fmt: skip


def test_an_operator_pays_and_assigns_and_voters_open_votes_on_tariffs_and_groups(
    place: GridStreet, tmp_path: Path
) -> None:
    steps = [
        *unlocking(place, "alice", "groups/1", "text=Run the group"),
        {"open": "Pay a cost"},
        {"card": "Run the group", "fill": "To whom (a member's address)", "text": place.address("dave")},
        {"card": "Run the group", "fill": "How much", "text": "2.5"},
        {"card": "Run the group", "fill": "What for", "text": "fuse"},
        {"click": "Sign and pay", "wait": DONE},
        {"go": "grid", "wait": "text=Give metering points a tariff"},
        {"pick": "Tariff", "option": "1"},
        {"fill": "Numbers of the metering points", "text": "2 1"},
        {"click": "Sign and assign", "wait": DONE},
        {"go": "votes", "wait": "text=About what"},
        {"pick": "About what", "option": "set_tariff"},
        {"fill": "Its name", "text": "night"},
        {
            "fill": "A kWh from the grid costs (0.30, or 00:00 0.22 06:00 0.34 sunday 0.20)",
            "text": "00:00 0.22 06:00 0.34 sunday 0.2",
        },
        {"fill": "A kWh into the grid brings (written likewise)", "text": "0.06"},
        {
            "fill": "Levies, a line each: green 0.01 (with shared at the end: on shared energy too)",
            "text": "green 0.01 shared",
        },
        {"fill": "From the beginning of which day (2026-12-01)", "text": "2023-12-01"},
        {"click": "Sign and open", "wait": "h1:has-text('One vote is open.')"},
        {"pick": "About what", "option": "spend_from_group"},
        {"fill": "Number of the group", "text": "1"},
        {"fill": "To whom (address)", "text": place.address("bob")},
        {"fill": "How much, in the community's currency", "text": "6"},
        {"fill": "What for", "text": "inverter"},
        {"wait": ".says:has-text('Pay 6')"},
        {"card": "Open a vote", "click": "Sign and open", "wait": "h1:has-text('2 votes are open.')"},
    ]
    (seen,) = browse(place, tmp_path, visit(place, "community-votes", "account", "alice", steps=steps))
    require_clean(seen)
    text = texts(seen)[1]
    assert "Bring a new grid tariff: night" in text
    assert "Workdays 00:00\u201306:00: 0.22; 06:00\u201324:00: 0.34. Sundays and holidays 0.20 (eEuro/kWh)" in text
    assert "Pay 6 eEuro of group 1 to" in text
    tariff, spending = (vote["action"] for vote in place.api.votes()["votes"])
    assert tariff["terms"]["levies"][0]["on_shared"] is True
    assert tariff["from_slot"] * SLOT_MS == 1_701_385_200_000, "midnight in Vienna"
    assert spending["payment"]["amount"]["tokens"] == "6"
    assert place.api.api.get("/v1/groups/1", dict)["group"]["spent"]["tokens"] == "2.5"


def test_no_language_is_wider_than_a_small_phone_and_the_keyboard_reaches_all(
    place: GridStreet, tmp_path: Path
) -> None:
    places = [(name, name) for name in ("grid", "groups", "groups/1")]
    surveys = [visit(place, "el", "grid", "alice", places=places, width=320, language="el")]
    steps = [
        {"to": ["link", "Groups"], "key": "Enter", "wait": "text=All groups"},
        {"to": ["link", "roof"], "key": "Enter", "wait": "text=Account and terms"},
        {"to": ["textbox", "If so much came in, in eEuro"], "type": "100", "wait": "text=You would get 50"},
        {"to": ["link", "Grid"], "key": "Enter", "wait": "text=Month by month, line by line"},
    ]
    found = drive(place, tmp_path, "access.mjs", surveys=surveys, walks=[visit(place, "walk", "grid", steps=steps)])
    for seen in found["surveys"]:
        assert (seen["errors"], seen["outside"]) == ([], []), seen["name"]
        for name, screen in seen["screens"].items():
            assert (screen["wide"], screen["small"], screen["lang"]) == (False, [], seen["name"]), (seen["name"], name)
    (walk,) = found["walks"]
    assert (walk["errors"], walk["unseen"], walk["covered"]) == ([], [], [])
