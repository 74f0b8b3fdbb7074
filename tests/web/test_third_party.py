"""A signer that knows docs/transactions.md and none of our code signs every vector.

`web/third_party/sign.mjs` gets secrets and fields by name, nothing that was encoded or signed, and must come to the
same bytes. Skipped where there is no Node, unless NODECHAIN_REQUIRE_WEB says that it must be there (CI does).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.node import HomeFixture
from tests.makers.make_vectors import FILE, REGISTRY
from tests.support.api import WAIT_S, get, serving

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
    words = VECTORS["derivation"]
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
        "keyfile": {name: VECTORS["keyfile"][name] for name in ("password", "file")},
        "login": {name: VECTORS["messages"]["login"][name] for name in ("origin", "nonce", "address")},
        "derivation": [
            {"words": words["mnemonic"], "passphrase": words["passphrase"], "path": key["path"]}
            for key in words["keys"]
        ],
    }


def sign(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the program prints."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("NODECHAIN_REQUIRE_WEB"):
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    file = folder / "task.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    done = subprocess.run(
        [node, str(SCRIPT), str(file)], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return sign(task(), tmp_path_factory.mktemp("third_party"))


def test_the_signer_has_nothing_of_ours() -> None:
    imported = {}
    for script in (SCRIPT, SCRIPT.with_name("signer.mjs")):
        text = script.read_text(encoding="utf-8")
        imported[script.name] = re.findall(r"^import [^;]* from (\S+);$", text, re.MULTILINE)
        assert "import(" not in text
    assert imported == {"sign.mjs": ['"node:fs"', '"./signer.mjs"'], "signer.mjs": ['"node:crypto"']}


def test_the_task_holds_nothing_that_was_signed() -> None:
    given = json.dumps(task())
    for vector in VECTORS["transactions"]:
        assert not [signature for _index, signature in vector["signatures"] if signature in given]
        # A payload of no field is one byte, which any number may hold.
        assert len(vector["payload"]) == 2 or vector["payload"] not in given


def test_it_signs_every_transaction_type(answers: dict[str, Any]) -> None:
    assert {vector["type"] for vector in VECTORS["transactions"]} == set(REGISTRY.types)
    for vector, found in zip(VECTORS["transactions"], answers["transactions"], strict=True):
        expected = {name: vector[name] for name in ("raw", "id", "full_hash")}
        assert found == expected, vector["name"]


def test_it_finds_every_address(answers: dict[str, Any]) -> None:
    assert answers["addresses"] == {name: key["address_text"] for name, key in VECTORS["keys"].items()}


def test_it_derives_keys_from_words(answers: dict[str, Any]) -> None:
    assert answers["derivation"] == [
        {name: vector[name] for name in ("public_key_text", "address_text")} for vector in VECTORS["derivation"]["keys"]
    ]


def test_it_opens_a_key_file_and_says_what_a_login_signs(answers: dict[str, Any]) -> None:
    assert answers["secret"] == VECTORS["keyfile"]["secret"]
    assert answers["login"] == VECTORS["messages"]["login"]["signed_message"]


class Visitor:
    """Knows the page, a node's address and some secrets."""

    def __init__(self, client: aiohttp.ClientSession, secrets: dict[str, list[str]], folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.secrets = secrets
        self.keys = {
            name: {"secrets": own, "algorithm": 1, "threshold": len(own) if len(own) > 1 else None}
            for name, own in secrets.items()
        }

    async def signed(self, transactions: list[dict[str, Any]]) -> dict[str, Any]:
        """The program's answer for this chain, as the status names it."""
        status = await get(self.client, "/v1/status")
        chain = {name: status[name] for name in ("chain_id", "genesis_hash")}
        given = {**chain, "keys": self.keys, "transactions": transactions, "derivation": []}
        return await asyncio.to_thread(sign, given, self.folder)

    async def transaction(self, sender: str, type_name: str, fields: dict[str, Any]) -> dict[str, str]:
        """A transaction with the account's next nonce: its bytes and its id."""
        address = (await self.signed([]))["addresses"][sender]
        account = await get(self.client, f"/v1/accounts/{address}")
        said = {"type_name": type_name, "sender": sender, "fields": fields, "valid_until_height": "0", "fee": "0"}
        signers = list(range(len(self.secrets[sender])))
        answer = await self.signed([{**said, "nonce": str(account["next_nonce"]), "signers": signers}])
        made: dict[str, str] = answer["transactions"][0]
        return made

    async def post(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        """The status and the answer."""
        headers = {"Content-Type": "application/octet-stream"}
        url = f"/v1/transactions?wait=decided&timeout={int(WAIT_S)}"
        async with self.client.post(url, data=raw, headers=headers) as answer:
            return answer.status, await answer.json()

    async def send(self, sender: str, type_name: str, fields: dict[str, Any]) -> bytes:
        """Signed, sent, and applied; its bytes."""
        made = await self.transaction(sender, type_name, fields)
        status, answer = await self.post(bytes.fromhex(made["raw"]))
        assert (status, answer["code"], answer["id"]) == (200, "", made["id"]), answer
        return bytes.fromhex(made["raw"])


def test_a_node_takes_what_it_signs(tmp_path: Path) -> None:
    """The steps of the page's 'In short' and what 'Sending' says of the answers, over a real socket."""
    home = HomeFixture(tmp_path / "home")
    own = {name: [home.key(name).secret_bytes.hex()] for name in ("alice", "bob")}
    secrets = {**own, "fund": [home.key(name).secret_bytes.hex() for name in ("alice", "bob")]}

    async def story() -> None:
        async with serving(home) as (_node, client):
            visitor = Visitor(client, secrets, tmp_path)
            addresses = (await visitor.signed([]))["addresses"]
            assets = {asset["name"]: asset for asset in (await get(client, "/v1/assets"))["assets"]}
            currency, whole = str(assets["EEURO"]["number"]), 10 ** assets["EEURO"]["decimals"]
            admit = {"action": {"kind": "admit_member", "address": addresses["fund"]}, "approve": True}
            await visitor.send("alice", "cast_vote", admit)
            await visitor.send("bob", "cast_vote", admit)
            await visitor.send("alice", "transfer", payment(currency, addresses["fund"], 3 * whole))
            raw = await visitor.send("fund", "transfer", payment(currency, addresses["bob"], whole))
            account = await get(client, f"/v1/accounts/{addresses['fund']}")
            held = {entry["asset"]: entry["available"]["base"] for entry in account["balances"]}
            assert held["EEURO"] == 2 * whole
            assert (await visitor.post(b"\x00"))[0] == 400
            status, answer = await visitor.post(raw)
            assert (status, answer["status"]) == (200, "decided"), "the same bytes again are harmless"
            other = await visitor.transaction("fund", "transfer", payment(currency, addresses["bob"], 2))
            forged = bytes.fromhex(other["raw"])[:-1] + bytes([bytes.fromhex(other["raw"])[-1] ^ 1])
            status, answer = await visitor.post(forged)
            assert (status, answer["code"]) == (422, "bad_signature"), answer

    asyncio.run(story())


def payment(asset: str, recipient: str, amount: int) -> dict[str, str]:
    return {"asset": asset, "recipient": recipient, "amount": str(amount)}
