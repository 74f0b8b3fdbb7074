"""The page without a mouse and without eyes: the main tasks by keys alone, what a screen reader finds, narrow windows.

`tests/web/page_trees.txt` holds what a screen reader finds on each screen, without what another day changes;
NODECHAIN_RECORD_TREES=1 writes it anew, for whoever has read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from ledger.keys.mnemonic import mnemonic_of
from tests.web.street import Street, drive, nodechain, screens, visit

pytestmark = pytest.mark.xdist_group("page")

LANGUAGES = ("en", "de", "fr", "it", "es", "el")
TREES = Path(__file__).with_name("page_trees.txt")
RECORDING = bool(os.environ.get("NODECHAIN_RECORD_TREES"))
NEW_PASSWORD = "long enough"

Steps: TypeAlias = list[dict[str, Any]]


def press(role: str, name: str, wait: str = "", key: str = "Enter") -> dict[str, Any]:
    """Go there by Tab and press a key."""
    return {"to": [role, name], "key": key} | ({"wait": wait} if wait else {})


def write(name: str, text: str) -> dict[str, Any]:
    return {"to": ["textbox", name], "type": text}


def address_of(street: Street, key: str) -> str:
    return str(nodechain("keys", "show", key, environment=street.environment)["address"])


def unlocking(street: Street, key: str) -> Steps:
    """From the account's screen: take a key file and unlock it."""
    home, password = Path(street.environment["NODECHAIN_HOME"]), Path(street.environment["NODECHAIN_PASSWORD_FILE"])
    return [
        press("button", "From a file"),
        {"to": ["textbox", "Key file"], "file": str(home / "keys" / f"{key}.json"), "wait": "input[type=password]"},
        write("Password", password.read_text().strip()),
        {"key": "Enter", "wait": ".notice.good"},
    ]


def keeping() -> Steps:
    """The last step of a new key: its password, twice."""
    return [
        write("Password for this browser", NEW_PASSWORD),
        write("The same again", NEW_PASSWORD),
        press("button", "Keep the key", ".notice.good"),
    ]


def walked(
    street: Street, folder: Path, name: str, steps: Steps, place: str = "account", **more: Any
) -> dict[str, Any]:
    """What was seen on the way; the keyboard always was somewhere, could be seen, and nothing lay over it."""
    walk = {**visit(street, name, place, **more), "watched": None, "steps": steps}
    seen: dict[str, Any] = drive(street, folder, "access.mjs", walks=[walk])["walks"][0]
    assert (seen["errors"], seen["outside"], seen["axe"]) == ([], [], []), name
    assert (seen["lost"], seen["unseen"], seen["covered"]) == ([], [], []), name
    return seen


@pytest.mark.parametrize("width", [1240, 390])
def test_a_newcomer_makes_a_key_by_keyboard(street: Street, tmp_path: Path, width: int) -> None:
    steps = [
        press("link", "Account", ".card"),
        press("button", "New key", ".words li:nth-child(24)"),
        {"words": ".words li"},
        press("button", "I have written them down", "form input"),
        {"answer": "Word "},
        press("button", "Next", "input[type=password]"),
        *keeping(),
    ]
    seen = walked(street, tmp_path, "newcomer", steps, "today", width=width)
    assert "Unlocked: nrg1" in seen["text"]


def test_a_household_places_an_order_by_keyboard(street: Street, tmp_path: Path) -> None:
    steps = [
        *unlocking(street, "house07"),
        press("link", "Market", "h2:has-text('Order')"),
        write("How much, in kWh", "1.25"),
        write("At most, in eEuro per kWh", "0.06"),
        press("button", "Sign and buy", ".notice.good"),
    ]
    seen = walked(street, tmp_path, "order", steps)
    assert "You placed order" in seen["text"]
    assert any("You placed order" in said for said in seen["live"])
    orders = street.api.market.orders(owner=address_of(street, "house07"))
    assert "1.25" in {each["quantity"]["tokens"] for each in orders}


class Council:
    """The voters of the street, through the command line."""

    def __init__(self, street: Street) -> None:
        self.street = street
        keys = nodechain("keys", "list", environment=street.environment)["keys"]
        self.names = {each["address"]: each["name"] for each in keys}

    def vote(self, *arguments: str) -> None:
        nodechain("vote", *arguments, environment=self.street.environment)

    def agree(self, number: int, *, leaving: str = "", missing: int = 0) -> None:
        """All say yes, but for one, until so many are missing; none: until it is decided."""
        for voter in self.street.api.chain.voters():
            still_open = [vote for vote in self.street.api.votes()["votes"] if vote["number"] == number]
            if not still_open or still_open[0]["needed"] - len(still_open[0]["yes"]) == missing > 0:
                return
            if voter not in still_open[0]["yes"] and self.names[voter] != leaving:
                self.vote("yes", str(number), "--from", self.names[voter], "--yes")

    def decide_all(self) -> None:
        for vote in self.street.api.votes()["votes"]:
            self.agree(vote["number"])

    def ask(self, second: str, new: str) -> int:
        """The number of the one open vote, `new` as a voter: the yes of `second` is the last that is needed."""
        self.decide_all()
        for wanted, name in ((True, second), (False, new)):
            if (address_of(self.street, name) in self.street.api.chain.voters()) != wanted:
                self.vote("add-voter" if wanted else "remove-voter", name, "--from", "council")
                self.decide_all()
        self.vote("add-voter", new, "--from", "council")
        (opened,) = self.street.api.votes()["votes"]
        self.agree(opened["number"], leaving=second, missing=1)
        return int(opened["number"])


def test_a_voter_votes_by_keyboard(street: Street, tmp_path: Path) -> None:
    number = Council(street).ask("house01", "house08")
    steps = [
        *unlocking(street, "house01"),
        press("link", "Votes", "h1:has-text('One vote is open')"),
        press("button", "Sign yes", "h1:has-text('No vote is open')"),
    ]
    seen = walked(street, tmp_path, "voter", steps)
    assert any("You said yes" in said or f"vote {number}" in said for said in seen["live"]), seen["live"]
    closed = next(vote for vote in street.api.chain.closed_votes()["votes"] if vote["number"] == number)
    voters = {choice["voter"] for choice in closed["choices"]}
    assert (closed["result"], address_of(street, "house01") in voters) == ("passed", True)


def test_a_key_is_restored_by_keyboard(street: Street, tmp_path: Path) -> None:
    steps = [
        press("button", "From 24 words"),
        write("The words, separated by spaces", mnemonic_of(bytes(range(32)))),
        press("button", "Next", "input[type=password]"),
        *keeping(),
        press("button", "Lock", "input[type=password]", key="Space"),
    ]
    seen = walked(street, tmp_path, "restored", steps)
    assert "Unlock" in seen["text"]


def surveyed(street: Street, folder: Path, places: dict[str, str], *visits: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [{**each, "places": list(places.items())} for each in visits]
    found: list[dict[str, Any]] = drive(street, folder, "access.mjs", surveys=listed)["surveys"]
    return found


def test_no_language_makes_a_screen_wider_than_a_small_phone(street: Street, tmp_path: Path) -> None:
    places = {"today": "today", **screens(street)}
    narrow = [visit(street, f"{each}-320", "today", width=320, language=each) for each in LANGUAGES]
    sentences: dict[str, set[str]] = {name: set() for name in places}
    for language, seen in zip(LANGUAGES, surveyed(street, tmp_path, places, *narrow), strict=True):
        assert (seen["errors"], seen["outside"]) == ([], []), language
        for name, screen in seen["screens"].items():
            assert (screen["wide"], screen["small"], screen["lang"]) == (False, [], language), (language, name)
            sentences[name].add(screen["says"])
    assert {name for name, said in sentences.items() if len(said) < len(LANGUAGES)} == set()


WITHOUT = (
    (r"nrg(?:pub)?1[0-9a-z]+(?:…[0-9a-z]+)?", "ACCOUNT"),
    (r"\b[0-9a-f]{8}…[0-9a-f]{5}\b|\b[0-9a-f]{64}\b", "HASH"),
    (r"\bstreet-[0-9a-f]{8}", "CHAIN"),
    (r"(?<!level=)\b\d+(?:[.,:\u2013\u202f]\d+)*", "0"),
    (r"(ACCOUNT(?:: \w+)?)(?:, \1)+", r"\1"),
    (r"Take the vote of ACCOUNT away", "Give ACCOUNT a vote"),
    (r"heading \"Blocks are made[^\"]*\"", 'heading "Blocks are made …"'),
    (r"definition: bank, .*", "definition: MODULES"),
)
"""What another day, another machine and another release change."""


def bare(tree: str) -> str:
    """A tree without what `WITHOUT` names, and of the rows and entries of a list on the screen all but the first."""
    kept: list[str] = []
    previous: dict[int, str] = {}
    skipping: int | None = None
    inside = ""
    for line in tree.splitlines():
        depth = len(line) - len(line.lstrip())
        if skipping is not None and depth > skipping:
            continue
        skipping = None
        text = line
        for pattern, instead in WITHOUT:
            text = re.sub(pattern, instead, text)
        kind = text.replace("'", "").split()[1].rstrip(":")
        inside = kind if depth == 0 else inside
        previous = {at: each for at, each in previous.items() if at <= depth}
        if inside == "main" and kind in ("row", "listitem") and previous.get(depth) == kind:
            skipping = depth
            continue
        previous[depth] = kind
        kept.append(text)
    return re.sub(r"(- heading \"To do\".*\n)(?: +- (?:text|paragraph): .*\n)+", r"\1", "\n".join(kept))


def prepare_trees(street: Street) -> None:
    """An open vote, offers of both sides, and an order of the household's own."""
    Council(street).ask("house01", "house09")

    def market(*arguments: str) -> Any:
        return nodechain("market", *arguments, environment=street.environment)

    keys = nodechain("keys", "list", environment=street.environment)["keys"]
    name = next(each["name"] for each in keys if each["address"] == street.household)
    for order in street.api.market.orders(owner=street.household):
        market("cancel", str(order["number"]), "--from", name)
    houses = [each for each in keys if each["name"].startswith("house") and each["name"] != name]
    seller = max(houses, key=lambda each: energy_of(street, each["address"]))
    market("sell", "0.1", "0.5", "--from", seller["name"])
    market("buy", "0.5", "0.129", "--from", name)


def energy_of(street: Street, address: str) -> int:
    balances = street.api.account(address)["balances"]
    return next(int(each["available"]["base"]) for each in balances if each["asset"] == "ENT")


def test_a_screen_reader_finds_on_every_screen_what_was_read_and_agreed(street: Street, tmp_path: Path) -> None:
    prepare_trees(street)
    places = {"today": "today", **screens(street)}
    household = visit(street, "trees", "today", trees=True)
    newcomer = {**visit(street, "trees-newcomer", "today", trees=True), "watched": None}
    with_account, without = surveyed(street, tmp_path, places, household, newcomer)
    trees = {name: screen["tree"] for name, screen in with_account["screens"].items()}
    trees["newcomer"] = without["screens"]["today"]["tree"]
    text = "\n\n".join(f"== {name}\n{bare(tree)}" for name, tree in trees.items()) + "\n"
    if RECORDING:
        TREES.write_text(text, encoding="utf-8")
    assert text.splitlines() == TREES.read_text(encoding="utf-8").splitlines()


STATES: dict[str, tuple[str, dict[str, Any], str]] = {
    "loading": ("today", {"hang": "**/series*"}, ".skeleton"),
    "node-away": ("market", {"broken": "**/v1/market/book*"}, ".notice:has-text('The node does not answer.')"),
    "forbidden": ("market", {"forbidden": "**/v1/market/book*"}, ".notice:has-text('The node refused this.')"),
    "insecure": ("account", {"insecure": True}, ".stripe:has-text('neither HTTPS nor localhost')"),
    "no-such-screen": ("nowhere", {}, "h1:has-text('There is no such screen')"),
    "not-found": ("explorer/block/999999999", {}, "h1:has-text('Nothing was found.')"),
    "no-such-vote": ("explorer/vote/999999", {}, ".notice:has-text('No open vote has this number.')"),
}
"""Where, what is not as it should be, and by what the page shows it."""


def state(street: Street, name: str, **more: Any) -> dict[str, Any]:
    place, wrong, wait = STATES[name]
    return visit(street, name, place, wait=wait, **wrong, **more)


def test_every_state_that_is_not_as_it_should_be_is_clean_too(street: Street, tmp_path: Path) -> None:
    found = drive(street, tmp_path, "access.mjs", states=[state(street, name) for name in STATES])["states"]
    assert [seen["name"] for seen in found] == list(STATES)
    for seen in found:
        assert (seen["axe"], seen["wide"], seen["small"]) == ([], False, []), seen["name"]


def test_nothing_moves_for_whoever_wants_no_movement(street: Street, tmp_path: Path) -> None:
    visits = [state(street, "loading", reduced=True), state(street, "loading")]
    calm, lively = drive(street, tmp_path, "access.mjs", states=visits)["states"]
    assert calm["moving"] == 0
    assert lively["moving"] > 0
