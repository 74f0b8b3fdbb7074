"""The JavaScript client makes every published transaction byte for byte, by WebCrypto and without it.

Skipped where there is no Node or its packages are not installed, unless NODECHAIN_REQUIRE_WEB says that they must be
there (CI does).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.encoding.amounts import format_amount, format_energy, parse_amount, parse_energy
from ledger.errors import AmountError
from nodechain.commands.sending.offline import encode_offline, read_offline
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
    found = answers["webcrypto"]["actions"]
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    assert all(action["same"] for action in found)
    assert [action["kind"] for action in found] == [action["fields"]["kind"] for action in vectors["actions"]]


def test_types_hold_and_the_declarations_are_those_of_the_code(tmp_path: Path) -> None:
    """If they changed: `npm run types --prefix web/client`."""
    compiler = CLIENT / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.is_file():
        missing("typescript is not installed: npm ci --prefix web/client")
    run(program("node"), str(compiler), "-p", str(CLIENT), "--outDir", str(tmp_path))
    made = {str(file.relative_to(tmp_path)): file.read_text() for file in sorted(tmp_path.rglob("*.d.ts"))}
    kept = CLIENT / "types"
    assert made == {str(file.relative_to(kept)): file.read_text() for file in sorted(kept.rglob("*.d.ts"))}


def test_amounts_read_and_show_as_the_command_line_does(answers: dict[str, Any]) -> None:
    found = answers["amounts"]
    assert [text for text, _ in found["parsed"]]
    for text, said in found["parsed"]:
        assert said == read_as(parse_amount, text), text
    for text, said in found["cents"]:
        assert said == read_as(lambda amount: parse_amount(amount, 2), text), text
    for text, said in found["energies"]:
        assert said == read_as(parse_energy, text), text
    for text, *shown in found["shown"]:
        value = int(text)
        assert shown == [*(format_amount(value, decimals) for decimals in (9, 2, 0)), format_energy(value)]


def read_as(parse: Callable[[str], int], text: str) -> str:
    """The number that the ledger reads, or the client's code for what it does not."""
    try:
        return str(parse(text))
    except AmountError:
        return "bad_amount"


def test_owners_who_sign_apart_pass_on_the_command_lines_file(answers: dict[str, Any], tmp_path: Path) -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    expected = next(vector for vector in vectors["transactions"] if vector["name"] == "transfer/multisig")
    found = answers["apart"]
    assert found["raw"] == expected["raw"]
    for name, missing_signatures in (("proposed", 2), ("one", 1)):
        file = tmp_path / name
        file.write_text(found[name], encoding="utf-8")
        held = read_offline(file)
        assert (held.envelope.hex(), held.missing) == (expected["envelope"], missing_signatures)
        assert encode_offline(held).decode() == json.dumps(json.loads(found[name]), indent=2) + "\n"


def test_every_transaction_is_said_in_words(answers: dict[str, Any]) -> None:
    said = dict(answers["summaries"])
    assert not [name for name, lines in said.items() if any("{" in line or "undefined" in line for line in lines)]
    address = next(key for key in json.loads(VECTORS.read_text(encoding="utf-8"))["keys"].items() if key[0] == "B")[1]
    assert said["transfer"] == [
        f"Send 8 ENT to {address['address_text']}.",
        "It costs a fee of 0.05 EUR.",
        "It counts only up to block 70000.",
    ]
    assert said["cast_vote/set_banker"][0] == "Take back your yes to this:"
    assert said["cast_vote/admit_member"][:2] == ["Vote yes on this:", f"admit {address['address_text']} as a member"]
    assert said["place_order"][0].startswith(
        "Buy 10 ENT at 10000000 EUR or less for each whole one (limit, until 2023-"
    )
    assert said["replace_order"][0].endswith("for each whole one (until cancelled).")
