"""Keys that a passkey unlocks, with devices that Chromium plays: the password is sealed by what a device derives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.forked import run
from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.keys.address import format_address
from tests.web.street import drive
from tests.web.test_page_build import ready
from tests.web.test_verifier import program

pytestmark = pytest.mark.xdist_group("page-trust")

SEALED_BYTES = len(PASSWORD) + 16
"""As long as the password, with the tag of AES-GCM."""


@dataclass(frozen=True, slots=True)
class Named:
    """A node as browsers ask it by a name: passkeys belong to one."""

    url: str


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    ready()
    program("chromium", "chromium-browser", "google-chrome")
    folder = tmp_path_factory.mktemp("passkeys")
    home = HomeFixture(folder / "home")
    environment = {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
    node = NodeProcess(["validate", "--api-port", "0"], environment, forked=True)
    try:
        named = Named(f"http://localhost:{urlsplit(node.url).port}")
        file, bob = home.path / "keys" / "alice.json", format_address(home.address("bob"))
        seen = drive(
            named, folder, "passkey.mjs", file=str(file), password=PASSWORD, to=bob, width=390, address=node.url
        )
        held = run("balance", "bob", "--node", node.url, "--output", "json", environment=environment).data["balances"]
        seen["bob"] = next(each["available"]["tokens"] for each in held if each["asset"] == "EEURO")
        yield seen
    finally:
        assert node.stop() == 0


def require_accessible(*states: dict[str, Any]) -> None:
    for state in states:
        assert (state["axe"], state["wide"], state["small"]) == ([], False, [])


def test_a_passkey_unlocks_the_key_again_and_again_and_it_signs(found: dict[str, Any]) -> None:
    seen = found["deriving"]
    assert (seen["errors"], seen["outside"]) == ([], [])
    assert found["bob"] == "1003"
    assert "Unlock by passkey" in seen["locked"]["text"]
    require_accessible(seen["has"], seen["locked"])


def test_what_is_kept_for_it_is_the_sealed_password_and_no_more(found: dict[str, Any]) -> None:
    (kept,) = found["deriving"]["kept"]
    assert kept["names"] == ["id", "nonce", "pubkey", "salt", "sealed"]
    assert len(kept["sealed"]) == SEALED_BYTES
    assert PASSWORD not in kept["sealed"]
    assert (found["deriving"]["left"], found["forgetting"]["left"]) == ([], [])


def test_it_is_added_with_the_right_password_only(found: dict[str, Any]) -> None:
    require_accessible(found["deriving"]["wrong"])
    assert "does not open this key" in found["deriving"]["wrong"]["text"]


def test_the_password_unlocks_it_where_the_device_does_not_confirm(found: dict[str, Any]) -> None:
    refused = found["deriving"]["refused"]
    assert "The password unlocks the key." in refused["text"]
    require_accessible(refused)
    assert (found["forgetting"]["errors"], found["forgetting"]["outside"]) == ([], [])


def test_a_device_whose_passkeys_derive_nothing_says_so_and_nothing_is_kept(found: dict[str, Any]) -> None:
    seen = found["plain"]
    assert (seen["kept"], seen["errors"]) == ([], [])
    assert "they derive no secret" in seen["without"]["text"]
    require_accessible(seen["without"])


def test_under_an_address_in_place_of_a_name_none_is_offered(found: dict[str, Any]) -> None:
    assert (found["addressed"]["offered"], found["addressed"]["errors"]) == (0, [])
