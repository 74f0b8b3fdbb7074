"""The page in Firefox and in WebKit: it opens on a real node, shows its figures, makes a key, signs a transfer.

Run by `make browsers` only (Debian: firefox-esr, webkit2gtk-driver, xvfb, xauth): together they take a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from harness.forked import run
from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.keys.address import format_address
from nodechain.client.node_client import RestClient
from tests.web.test_page_build import ROOT
from tests.web.webdriver import REQUIRED, Browser, firefox, webkit

pytestmark = [
    pytest.mark.xdist_group("page-browsers"),
    pytest.mark.skipif(REQUIRED not in os.environ, reason="run by `make browsers`"),
]

PASSWORD = "long enough"
AMOUNT, GIVEN = "12.5", "20"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a development chain, and how commands reach it."""

    url: str
    home: HomeFixture
    environment: dict[str, str]

    def balance(self, address: str) -> Decimal:
        """What an account holds of the currency."""
        with closing(RestClient(self.url)) as api:
            held = api.account(address)["balances"]
        return next(Decimal(each["available"]["tokens"]) for each in held if each["asset"] != "ENT")

    def admit(self, address: str) -> None:
        """By both voters."""
        self.does("vote", "admit", address, "--from", "alice")
        with closing(RestClient(self.url)) as api:
            (vote,) = api.votes()["votes"]
        self.does("vote", "yes", str(vote["number"]), "--yes", "--from", "bob")

    def does(self, *arguments: str) -> None:
        """A command that succeeds."""
        run(*arguments, "--node", self.url, environment=self.environment)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    home = HomeFixture(folder / "home", str(ROOT / "genesis" / "dev.toml"))
    environment = {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
    process = NodeProcess(["validate", "--api-port", "0"], environment, forked=True)
    try:
        made = Node(process.url, home, environment)
        made.does("unit", "produced", "alice", "10 kWh", "--from", "battery")
        yield made
    finally:
        assert process.stop() == 0


def button(name: str) -> str:
    return f"//button[normalize-space()='{name}']"


def field(label: str) -> str:
    return f"//input[@id=//label[normalize-space()='{label}']/@for]"


def says(text: str) -> str:
    return f"//*[contains(@class, 'notice')]//*[contains(normalize-space(), '{text}')]"


def made_key(browser: Browser) -> str:
    """The address of a key that is made on the page, with its words asked back."""
    browser.click(button("New key"))
    browser.wait_for("//ol[@class='words']/li[24]")
    words = browser.run("return [...document.querySelectorAll('.words li')].map((each) => each.textContent)")
    browser.click(button("I have written them down"))
    browser.wait_for(button("Next"))
    asked = browser.run("return [...document.querySelectorAll('label')].map((each) => each.textContent)")
    for label in (label for label in asked if label.startswith("Word ")):
        browser.write(field(label), words[int(label.removeprefix("Word ")) - 1])
    browser.click(button("Next"))
    browser.write(field("Password for this browser"), PASSWORD)
    browser.write(field("The same again"), PASSWORD)
    browser.click(button("Keep the key"))
    browser.wait_for(says("Unlocked: nrg1"))
    return str(browser.run("return JSON.parse(localStorage.getItem('nodechain.watched'))[0].address"))


@pytest.mark.parametrize("started", [firefox, webkit])
def test_the_page_shows_figures_makes_a_key_and_signs(
    node: Node, tmp_path: Path, started: Callable[[Path], AbstractContextManager[Browser]]
) -> None:
    with started(tmp_path) as browser:
        browser.open(f"{node.url}/#/today")
        browser.wait_for("//h1[contains(normalize-space(), '10.0')]")
        browser.open(f"{node.url}/#/account")
        address = made_key(browser)
        node.admit(address)
        node.does("transfer", "eeuro", address, GIVEN, "--from", "alice")
        bob = format_address(node.home.address("bob"))
        before = node.balance(bob)
        browser.write(field("To (address)"), bob)
        browser.write(field("How much"), AMOUNT)
        browser.click(button("Sign and send"))
        browser.wait_for(says("Done."))
        assert node.balance(bob) == before + Decimal(AMOUNT)
        browser.open(f"{node.url}/#/today")
        browser.wait_for("//*[contains(@class, 'verified')]")
        assert "7.50" in browser.run("return document.body.textContent")
