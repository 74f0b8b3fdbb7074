"""The JavaScript client makes every published transaction byte for byte, by WebCrypto and without it.

Skipped where there is no Node or its packages are not installed, unless NODECHAIN_REQUIRE_WEB says that they must be
there (CI does).
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.makers import make_client_table
from tests.makers.make_vectors import FILE as VECTORS
from tests.web.test_verifier import DEADLINE_S, WEB, missing, program

CLIENT = WEB / "client"
PARTS = ("payload", "envelope", "signed_message", "raw", "id", "full_hash", "type")


def run(*command: str, cwd: Path = WEB) -> str:
    """What a program prints; it must end well."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node(script: str, *arguments: str) -> str:
    """Run a script of web/test."""
    if not (CLIENT / "node_modules").is_dir():
        missing("the client's packages are not installed: npm ci --prefix web/client")
    return run(program("node"), str(WEB / "test" / script), *arguments)


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(node("client.mjs", str(VECTORS)))
    return found


def test_the_table_is_what_the_ledger_says() -> None:
    """If a payload changed: `python -m tests.makers.make_client_table`."""
    assert make_client_table.FILE.read_text(encoding="utf-8") == make_client_table.text()


@pytest.mark.parametrize("way", ["webcrypto", "fallback"])
def test_every_transaction_has_the_bytes_of_the_vectors(answers: dict[str, Any], way: str) -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    addresses = {name: key["address_text"] for name, key in vectors["keys"].items()}
    assert len(answers[way]["transactions"]) == len(vectors["transactions"])
    for expected, made in zip(vectors["transactions"], answers[way]["transactions"], strict=True):
        assert {part: made[part] for part in PARTS} == {part: expected[part] for part in PARTS}, expected["name"]
        assert made["sender"] == addresses[expected["sender"]]


@pytest.mark.parametrize("way", ["webcrypto", "fallback"])
def test_keys_and_addresses_are_those_of_the_vectors(answers: dict[str, Any], way: str) -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    expected = {
        name: {"address": key["address_text"], "publicKeys": key["public_keys"]}
        for name, key in vectors["keys"].items()
    }
    assert answers[way]["keys"] == expected


def test_every_action_is_known(answers: dict[str, Any]) -> None:
    found = {action["kind"] for action in answers["webcrypto"]["actions"] if action["same"]}
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    assert found == {action["name"] for action in vectors["actions"]}


def test_types_hold_and_the_declarations_are_those_of_the_code(tmp_path: Path) -> None:
    """If they changed: `npm run types --prefix web/client`."""
    compiler = CLIENT / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.is_file():
        missing("typescript is not installed: npm ci --prefix web/client")
    run(program("node"), str(compiler), "-p", str(CLIENT), "--outDir", str(tmp_path))
    made = {str(file.relative_to(tmp_path)): file.read_text() for file in sorted(tmp_path.rglob("*.d.ts"))}
    kept = CLIENT / "types"
    assert made == {str(file.relative_to(kept)): file.read_text() for file in sorted(kept.rglob("*.d.ts"))}
