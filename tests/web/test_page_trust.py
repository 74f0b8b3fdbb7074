"""What the page believes of a node: an old state is shown as old, another genesis and other validators are refused."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, clean_environment, password_file, until
from ledger.keys.address import format_address
from nodechain.client.node_client import RestClient
from tests.web.street import PICTURES
from tests.web.test_page import browse, require_clean
from tests.web.test_page_build import ROOT, ready
from tests.web.test_verifier import program

pytestmark = pytest.mark.xdist_group("page-trust")

SILENCE_MS = 60_000 + 2_000
"""How long a head counts as the newest by its own time (H10): a minute, and the drift of the genesis."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node on real time, where one transaction makes one block."""

    url: str
    api: RestClient
    environment: dict[str, str]
    alice: str
    bob: str
    file: str
    """The key file of alice."""

    def paying(self) -> dict[str, Any]:
        """A step that sends 1 eEuro, and so makes a block."""
        command = [sys.executable, str(ROOT / "cli.py"), "transfer", "eeuro", "bob", "1", "--from", "alice"]
        return {"run": [*command, "--node", self.url], "environment": self.environment}

    def unlocking(self) -> list[dict[str, Any]]:
        """Steps on the Account screen that take and open her key."""
        return [
            {"click": "From a file"},
            {"choose": "Key file", "file": self.file},
            {"fill": "Password", "text": PASSWORD},
            {"click": "Unlock", "wait": ".notice.good"},
        ]

    def visit(self, name: str, **more: Any) -> dict[str, Any]:
        watched = [{"address": self.alice, "label": "Home"}]
        return {"name": name, "hash": "today", "watched": watched, "picture": bool(PICTURES), **more}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    folder = tmp_path_factory.mktemp("real-time")
    text = (ROOT / "genesis" / "dev.toml").read_text().replace("simulated_clock = true", "simulated_clock = false")
    (folder / "template.toml").write_text(text)
    home = HomeFixture(folder / "home", str(folder / "template.toml"), time_ms=time.time_ns() // 1_000_000)
    names = {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
    node = NodeProcess(["validate", "--api-port", "0"], names, forked=True)
    api = RestClient(node.url)
    try:
        alice, bob = (format_address(home.address(name)) for name in ("alice", "bob"))
        file = str(home.path / "keys" / "alice.json")
        yield Place(node.url, api, {**clean_environment(), **names}, alice, bob, file)
    finally:
        api.close()
        assert node.stop() == 0


def test_an_old_but_true_state_is_shown_as_old_and_how_far_behind(place: Place, tmp_path: Path) -> None:
    """A node that goes back to answers of before a block that this browser has seen."""
    steps = [
        place.paying(),
        {"record": True, "go": "account"},
        {"go": "today", "wait": ".mark.verified"},
        place.paying(),
        {"wait": f".mark.verified:has-text('block {place.api.status()['height'] + 2}')"},
        {"replay": True, "go": "account"},
        {"go": "today", "wait": ".mark.stale"},
    ]
    (seen,) = browse(place, tmp_path, place.visit("old-state", steps=steps))
    require_clean(seen)
    marks = [mark for mark in seen["marks"] if "true as of" in mark]
    assert marks
    assert all(mark.endswith("one block behind") for mark in marks)
    assert not any("verified at block" in mark for mark in seen["marks"])


def test_a_node_that_stands_still_is_not_verified_now(place: Place, tmp_path: Path) -> None:
    """Nothing of it is false, and it says nothing of being behind; only time goes on."""
    steps = [
        place.paying(),
        {"record": True, "go": "account"},
        {"go": "today", "wait": ".mark.verified"},
        {"replay": True, "forward": 10 * SILENCE_MS, "wait": ".mark.stale"},
    ]
    (seen,) = browse(place, tmp_path, place.visit("standing-still", clock=True, steps=steps))
    require_clean({**seen, "errors": [line for line in seen["errors"] if "ERR_FAILED" not in line]})
    marks = [mark for mark in seen["marks"] if "true as of" in mark]
    assert marks
    assert all("there may be newer blocks" in mark for mark in marks)
    assert not any("verified at block" in mark for mark in seen["marks"])


def test_a_quiet_chain_is_fresh_because_its_validators_say_so(place: Place, tmp_path: Path) -> None:
    """The last block is older than a minute, and what a quorum says of it is not."""
    status = place.api.status()
    until(lambda: time.time_ns() // 1_000_000 - status["time_ms"] > SILENCE_MS, "a minute of silence", 120)
    (seen,) = browse(place, tmp_path, place.visit("quiet", mark="verified", picture=False))
    require_clean(seen)
    assert any(f"verified at block {status['height']}" in mark for mark in seen["marks"])


def test_a_genesis_that_is_not_that_of_the_hash_proves_nothing(place: Place, tmp_path: Path) -> None:
    lie = {"where": "**/v1/genesis", "from": b"dev-1".hex(), "to": b"dev-2".hex()}
    (seen,) = browse(place, tmp_path, place.visit("forged-genesis", lie=lie, mark="unverified", picture=False))
    require_clean(seen)
    assert any("not verified: this is another chain" in mark for mark in seen["marks"])
    assert not any("verified at block" in mark for mark in seen["marks"])


def test_another_chain_than_the_trusted_one_is_neither_verified_nor_signed_for(place: Place, tmp_path: Path) -> None:
    """The node turns to another genesis while the page is open; only a reader who says so trusts it."""
    status = place.api.status()
    lie = {"where": "**/v1/status", "from": status["genesis_hash"], "to": "ab" * 32}
    steps = [
        place.paying(),
        *place.unlocking(),
        {"go": "today", "wait": ".mark.verified"},
        {"lie": lie, "wait": ".stripe:has-text('This node shows the chain')"},
        {"go": "account", "wait": "text=Trust this chain instead"},
        {"fill": "To (address)", "text": place.bob},
        {"fill": "How much", "text": "1"},
        {"click": "Sign and send", "wait": ".notice:has-text('nothing is signed for it')"},
    ]
    (seen,) = browse(place, tmp_path, place.visit("other-chain", steps=steps) | {"hash": "account"})
    require_clean(seen)
    assert f"this browser trusts {status['chain_id']}" in seen["text"]
    assert place.api.status()["height"] == status["height"] + 1


def test_what_is_not_decided_within_ten_seconds_is_looked_for_until_it_is(place: Place, tmp_path: Path) -> None:
    """The node answers the first time as it does when no block came in time."""
    waiting = {"where": "**/v1/transactions?wait=*", "from": '"status":"decided"', "to": '"status":"waiting"'}
    steps = [
        *place.unlocking(),
        {"fill": "To (address)", "text": place.bob},
        {"fill": "How much", "text": "1"},
        {"lie": waiting},
        {"click": "Sign and send"},
        {"wait": ".notice.mild:has-text('not decided yet')"},
        {"wait": ".notice.good:has-text('Done.')"},
    ]
    (seen,) = browse(place, tmp_path, place.visit("waiting", steps=steps, picture=False) | {"hash": "account"})
    require_clean(seen)


def test_an_address_that_is_not_secure_only_reads_and_says_why(place: Place, tmp_path: Path) -> None:
    today, account = browse(
        place,
        tmp_path,
        place.visit("insecure", insecure=True, mark="unverified"),
        place.visit("insecure-account", insecure=True, picture=False) | {"hash": "account"},
    )
    for seen in (today, account):
        require_clean(seen)
        assert "neither HTTPS nor localhost" in seen["text"]
    assert any("no HTTPS and not localhost" in mark for mark in today["marks"])
    assert "Keys work on HTTPS or localhost only." in account["text"]
