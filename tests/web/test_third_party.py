"""A signer that knows docs/transactions.md and none of our code signs every vector.

`web/third_party/sign.mjs` gets secrets and fields by name, nothing that was encoded or signed, and must come to the
same bytes. Skipped where there is no Node, unless NODECHAIN_REQUIRE_WEB says that it must be there (CI does).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.makers.make_vectors import FILE, REGISTRY

SCRIPT = Path(__file__).resolve().parents[2] / "web" / "third_party" / "sign.mjs"
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
SIGNED = {"meter_signature", "signature", "possession", "first_signature", "second_signature"}
DEADLINE_S = 120.0


def without_signatures(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_signatures(item) for name, item in value.items() if name not in SIGNED}
    return [without_signatures(item) for item in value] if isinstance(value, list) else value


def transaction(vector: dict[str, Any]) -> dict[str, Any]:
    """What its sender knows: who signs, and what is said."""
    envelope = vector["envelope_fields"]
    return {
        "type_name": vector["type_name"],
        "sender": vector["sender"],
        "fields": without_signatures(vector["fields"]),
        "signers": [index for index, _signature in vector["signatures"]],
        **{name: envelope[name] for name in ("nonce", "valid_until_height", "fee")},
    }


def task() -> dict[str, Any]:
    return {
        "chain_id": VECTORS["chain_id"],
        "genesis_hash": VECTORS["genesis"]["hash"],
        "keys": {
            name: {
                "secrets": key["secrets"],
                "algorithm": bytes.fromhex(key["public_keys"][0])[0],
                "threshold": key["threshold"],
            }
            for name, key in VECTORS["keys"].items()
        },
        "transactions": [transaction(vector) for vector in VECTORS["transactions"]],
        "derivation": [
            {name: vector[name] for name in ("words", "passphrase", "path")} for vector in VECTORS["derivation"]
        ],
    }


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("NODECHAIN_REQUIRE_WEB"):
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    file = tmp_path_factory.mktemp("third_party") / "task.json"
    file.write_text(json.dumps(task()), encoding="utf-8")
    done = subprocess.run(
        [node, str(SCRIPT), str(file)], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_signer_has_nothing_of_ours() -> None:
    imports = re.findall(r"^import .* from (\S+);$", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
    assert imports == ['"node:crypto"', '"node:fs"']
    assert "import(" not in SCRIPT.read_text(encoding="utf-8")


def test_the_task_holds_nothing_that_was_signed() -> None:
    given = json.dumps(task())
    for vector in VECTORS["transactions"]:
        assert not [signature for _index, signature in vector["signatures"] if signature in given]
        assert vector["payload"] not in given


def test_it_signs_every_transaction_type(answers: dict[str, Any]) -> None:
    assert {vector["type"] for vector in VECTORS["transactions"]} == set(REGISTRY.types)
    for vector, found in zip(VECTORS["transactions"], answers["transactions"], strict=True):
        expected = {name: vector[name] for name in ("raw", "id", "full_hash")}
        assert found == expected, vector["name"]


def test_it_finds_every_address(answers: dict[str, Any]) -> None:
    assert answers["addresses"] == {name: key["address_text"] for name, key in VECTORS["keys"].items()}


def test_it_derives_keys_from_words(answers: dict[str, Any]) -> None:
    assert answers["derivation"] == [
        {name: vector[name] for name in ("public_key_text", "address_text")} for vector in VECTORS["derivation"]
    ]
