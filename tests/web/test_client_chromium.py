"""The JavaScript client in Chromium, without a build: bytes of the vectors, key files both ways, keys that none reads.

Skipped where there is no Chromium or the client's packages are not installed, unless NODECHAIN_REQUIRE_WEB says that
they must be there (CI does).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.keys.crypto import Ed25519SecretKey, verify
from ledger.keys.derivation import derive, key_path
from ledger.keys.keyfile import COST_LIGHT, KeyKind, open_key, read_keyfile
from ledger.keys.mnemonic import mnemonic_of, seed_of
from nodechain.home.keystore import Keystore
from tests.makers.make_vectors import FILE as VECTORS
from tests.web.test_client import CLIENT
from tests.web.test_verifier import browse, missing

PASSWORD = "in a browser"
MESSAGE = b"signed in a browser"
WORDS = mnemonic_of(bytes(32))
PATH = key_path(KeyKind.ACCOUNT.branch, 7)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A key file of the command line."""
    store = Keystore(tmp_path_factory.mktemp("home") / "keys", cost=COST_LIGHT)
    store.import_mnemonic("alice", KeyKind.ACCOUNT, PASSWORD, WORDS)
    return store.export("alice")


@pytest.fixture(scope="module")
def found(written: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not (CLIENT / "node_modules").is_dir():
        missing("the client's packages are not installed: npm ci --prefix web/client")
    task = {
        "opened": [{"file": written.decode(), "password": PASSWORD, "message": MESSAGE.hex()}],
        "words": WORDS,
        "path": PATH,
        "password": PASSWORD,
    }
    files = {"/transactions.json": VECTORS.read_bytes(), "/task.json": json.dumps(task).encode()}
    return browse("client.html", files, tmp_path_factory.mktemp("chromium"))


@pytest.mark.parametrize("way", ["webcrypto", "fallback"])
def test_chromium_makes_the_bytes_of_the_vectors(found: dict[str, Any], way: str) -> None:
    assert found["hasWebCrypto"], found["browser"]
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    for expected, made in zip(vectors["transactions"], found[way], strict=True):
        assert made == {"raw": expected["raw"], "id": expected["id"]}, expected["name"]


def test_chromium_opens_a_key_file_of_the_command_line(found: dict[str, Any], written: bytes) -> None:
    key = open_key(read_keyfile(written), PASSWORD)
    (opened,) = found["opened"]
    assert (opened["publicKey"], opened["signature"]) == (key.public_key.hex(), key.sign(MESSAGE).hex())


def test_an_unlocked_key_cannot_be_read(found: dict[str, Any]) -> None:
    (opened,) = found["opened"]
    assert opened["used"] == [{"algorithm": "Ed25519", "extractable": False, "usages": ["sign"]}]


def test_the_command_line_imports_what_chromium_wrote(found: dict[str, Any], tmp_path: Path) -> None:
    store = Keystore(tmp_path / "keys", cost=COST_LIGHT)
    imported = store.import_file("browser", found["written"].encode(), PASSWORD)
    expected = Ed25519SecretKey(derive(seed_of(WORDS), PATH).secret)
    assert (imported.public_key, imported.path) == (expected.public_key, PATH)
    assert verify(expected.public_key, MESSAGE, store.open("browser", PASSWORD).sign(MESSAGE))
