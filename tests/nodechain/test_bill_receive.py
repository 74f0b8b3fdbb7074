"""Bills from the operator in a member's own home: fetched by signing in or out of a file, checked, shown, paid."""

from __future__ import annotations

import asyncio
import base64
import copy
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from msgspec.structs import replace

from harness.chain import START_MS
from harness.node import PASSWORD, HomeFixture
from ledger.encoding.codec import encode
from ledger.keys.address import format_address
from ledger.state.merkle import LIST_PROOF
from market.denominations import Denominations
from nodechain.api.billing_received import MAX_RECEIVED_REQUEST_BYTES
from nodechain.api.server import ApiOptions, serve_api
from nodechain.billing.canonical import bill_hash, read_canonical
from nodechain.billing.document import Bill, Period
from nodechain.billing.making import beginning_after
from nodechain.billing.proof import FalseBill
from nodechain.billing.received import ReceivedBills
from nodechain.client.node_client import RestClient
from nodechain.commands.bill_documents import from_node
from nodechain.errors import BadAnswer, DataDamaged
from nodechain.node import NodeOptions
from tests.nodechain.test_bill_commands import DAY, HOUR_MS, members, treasury
from tests.nodechain.test_bill_proofs import Issued, first_of_b
from tests.support.api import exchange, port_of, serving
from tests.support.live_commands import LiveCommands
from tests.support.signing_in import signed_in

STANDING = NodeOptions(standing_clock=True)
HASH_DIFFERS = ("root_mismatch", "bad_proof", "proof_mismatch")
"""By where in its run the bill stands."""


def home_of(home: HomeFixture, path: Path, *names: str) -> Path:
    """A member's home: the chain's genesis and the member's keys, nothing else."""
    (path / "keys").mkdir(parents=True)
    shutil.copy(home.path / "genesis", path / "genesis")
    for name in names:
        for file in (home.path / "keys").glob(f"{name}.*"):
            shutil.copy(file, path / "keys" / file.name)
    return path


class Commands(LiveCommands):
    """Of one home against one interface."""

    def __init__(self, path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.here = ("--home", str(path), "--node", url)
        self._capsys = capsys


def final_day(run: LiveCommands, clock: Any) -> None:
    """A day of everybody, final, in the operator's home."""
    run("transfer", "eeuro", "bob", "5", "--from", "alice")
    members(run)
    clock.move_to(clock.wall_ms() + 2 * HOUR_MS)
    run("transfer", "eeuro", "alice", "1", "--from", "bob")
    run("bill", "final", "--period", DAY, "--from", "alice")


def test_a_member_fetches_checks_and_pays_its_bill_in_its_own_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The operator's interface shows bills to whose they are; a treasurer copies all of them, without names."""
    (tmp_path / "operator").mkdir()
    day = treasury(tmp_path / "operator")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))

    def month(local: str, remote: str, clock: Any) -> None:
        operator = LiveCommands(day, local, capsys)
        final_day(operator, clock)
        numbers = {each["account"]: each["number"] for each in operator("bill", "list")["bills"]}
        by_its_owner(day, tmp_path, capsys, remote, numbers)
        by_file(day, tmp_path, capsys, operator, numbers)
        whole_run(operator, tmp_path)

    async def served() -> None:
        async with day.running(STANDING) as node:
            local = await serve_api(node, ApiOptions(port=0))
            remote = await serve_api(node, ApiOptions(port=0, read="members"))
            try:
                await asyncio.to_thread(month, str(local.url), str(remote.url), node.clock)
            finally:
                await remote.close()
                await local.close()

    asyncio.run(served())
    asyncio.run(shown_by_its_own_node(day, tmp_path))


def by_its_owner(
    day: HomeFixture, folder: Path, capsys: pytest.CaptureFixture[str], remote: str, numbers: dict[str, int]
) -> None:
    bob = Commands(home_of(day, folder / "bob", "bob"), remote, capsys)
    number = str(numbers["bob"])
    assert bob.refused("bill", "show", number) == "no_document"
    assert bob.refused("bill", "receive") == "bad_usage"
    assert bob.refused("bill", "receive", "x.html", "--at", remote) == "bad_usage"
    received = bob("bill", "receive", "--at", remote)
    assert [(each["number"], each["due_cents"], each["opening"]) for each in received["bills"]] == [
        (numbers["bob"], 250, "from the genesis")
    ]
    assert bob("bill", "receive", "--at", remote) == {"bills": [], "known": 1}
    assert [(each["number"], each["received"]) for each in bob("bill", "list")["bills"]] == [(numbers["bob"], "yes")]
    text = bob.text("bill", "show", number)
    assert "AT611904300234573201" in text, "who is paid came from the operator's node"
    assert "Muster" not in text
    alice = format_address(day.address("alice"))
    assert bob.refused("bill", "receive", "--at", remote, "--account", alice) == "not_yours"
    assert bob.refused("bill", "receive", "--at", remote, "--all") == "not_yours"
    bob("bill", "pay", number, "--from", "bob")
    assert bob.refused("bill", "pay", number, "--from", "bob") == "nothing_due"
    bob("bill", "export", number, "--out", str(folder / "own.html"))
    assert bob("bill", "verify", str(folder / "own.html"))["due_cents"] == 250
    copied = Commands(home_of(day, folder / "copy", "alice"), remote, capsys)
    assert [each["number"] for each in copied("bill", "receive", "--at", remote, "--all")["bills"]] == [1, 2, 3, 4]
    kept = b"".join(file.read_bytes() for file in (folder / "copy" / "billing").rglob("*.*"))
    assert b"Muster" not in kept, "the member book stays where it is"


def by_file(
    day: HomeFixture,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    operator: LiveCommands,
    numbers: dict[str, int],
) -> None:
    """A file that was changed is not kept; a true one is, and brings no account at a bank."""
    given = {}
    for name in ("carol", "dave"):
        given[name] = folder / f"{name}.html"
        operator("bill", "export", str(numbers[name]), "--out", str(given[name]))
    carol = Commands(home_of(day, folder / "carol", "carol"), "http://127.0.0.1:9", capsys)
    operator("bill", "export", str(numbers["carol"]), "--out", str(folder / "carol.json"))
    false = folder / "false.json"
    false.write_bytes((folder / "carol.json").read_bytes().replace(b'"due_cents":250', b'"due_cents":251'))
    shutil.copy(folder / "carol.proof", folder / "false.proof")
    assert carol.refused("bill", "receive", str(false)) in HASH_DIFFERS
    assert carol("bill", "list")["bills"] == []
    received = carol("bill", "receive", str(given["carol"]), str(folder / "carol.json"))
    assert [each["number"] for each in received["bills"]] == [numbers["carol"]] * 2
    assert "AT6119" not in carol.text("bill", "show", str(numbers["carol"]))
    kept = ReceivedBills(folder / "carol")
    file = folder / "carol" / "billing" / "received" / f"{numbers['carol']}.json"
    file.write_bytes(file.read_bytes().replace(b'"due_cents":250', b'"due_cents":251'))
    with pytest.raises(DataDamaged, match="not what was received"):
        kept.find(numbers["carol"])


def whole_run(operator: LiveCommands, folder: Path) -> None:
    """Every bill of a run with one command."""
    written = operator("bill", "export", "--run", "1", "--form", "html", "--out", str(folder / "all"))
    assert written["bills"] == 4
    assert len(operator("bill", "verify", *written["files"])["bills"]) == 4
    assert operator.refused("bill", "export", "--out", str(folder / "x.html")) == "bad_usage"
    assert operator.refused("bill", "export", "1", "--run", "1", "--out", str(folder / "x.html")) == "bad_usage"


@dataclass
class Lying:
    """A node that gives what it wants for bill 1."""

    text: bytes
    proof: bytes
    url: str = "http://liar"

    @property
    def bills(self) -> Any:
        return self

    def document(self, _number: int) -> Any:
        return {"document": self.text.decode(), "seller": None}

    def form(self, _number: int, _form: str) -> bytes:
        return self.proof


def test_a_node_that_gives_another_or_a_false_bill_is_not_believed(tmp_path: Path) -> None:
    found, kept = Issued(), ReceivedBills(tmp_path)
    data, proof = first_of_b()
    genesis, now_ms = found.chain.genesis, found.chain.now_ms
    node = Lying(data, encode(proof))
    with pytest.raises(BadAnswer, match="another bill than 1"):
        from_node(cast(RestClient, node), 1, genesis, kept, now_ms)
    node.text = data.replace(b'"due_cents":250', b'"due_cents":150')
    with pytest.raises(FalseBill):
        from_node(cast(RestClient, node), 2, genesis, kept, now_ms)
    assert kept.numbers() == []
    node.text = data
    assert from_node(cast(RestClient, node), 2, genesis, kept, now_ms).bill.number == 2
    assert kept.numbers() == [2]


def test_a_bill_must_begin_where_the_one_before_it_ended(tmp_path: Path) -> None:
    """Even where the treasurer signed another beginning: the bill before it is here."""
    found, kept = Issued(), ReceivedBills(tmp_path)
    genesis, now_ms, chain = found.chain.genesis, found.chain.now_ms, Denominations.of(found.chain.genesis)
    corrected = found.proof("B", found.corrected_at, 0, START_MS + 4_000, [], 0)
    kept.receive(found.corrected, encode(corrected), genesis, now_ms)
    second = found.proof("B", found.second_at, START_MS + 4_000, 2**60, found.second, 1)
    assert kept.receive(found.second[1], encode(second), genesis, now_ms).opening == "as bill 3 ended"
    before = read_canonical(found.second[1], Bill)
    period = Period(before.period.to_ms, found.chain.time_ms + 2_001, "UTC", "", "")
    found.chain.pay(2)
    honest = beginning_after(before, bill_hash(found.second[1]), chain)
    found.before["B"] = replace(honest, carried_charges=honest.carried_charges + 1)
    false = found.bill("B", 6, period)
    at = found.finalise(6, [false], period)
    proof = encode(found.proof("B", at, period.from_ms, period.to_ms, [false], 0))
    now_ms = found.chain.now_ms
    assert ReceivedBills(tmp_path / "other").receive(false, proof, genesis, now_ms).opening == "as bill 5 ended"
    with pytest.raises(FalseBill) as refused:
        kept.receive(false, proof, genesis, now_ms)
    assert refused.value.code == "other_opening"
    assert kept.numbers() == [3, 5]


async def shown_by_its_own_node(day: HomeFixture, folder: Path) -> None:
    """Another node of the chain: it shows what it received, and takes in files, each for whose it is."""
    other = copy.copy(day)
    other.path = folder / "other"
    shutil.copytree(day.path, other.path)
    shutil.rmtree(other.path / "billing")
    shutil.copytree(folder / "bob" / "billing", other.path / "billing")
    account = format_address(day.address("bob"))
    async with serving(other, ApiOptions(port=0, read="members"), STANDING) as (_node, client):
        bob = await signed_in(client, day, "bob")
        carol = await signed_in(client, day, "carol")
        listed = (await asked(client, "GET", f"/v1/billing/documents?account={account}", bob))[1]["documents"]
        assert [(each["due_cents"], each["paid_on_chain"]["base"] > 0) for each in listed] == [(250, True)]
        path = f"/v1/billing/documents/{listed[0]['number']}"
        assert (await asked(client, "GET", path, carol))[1]["code"] == "not_yours"
        assert (await asked(client, "GET", path, {}))[1]["code"] == "login_needed"
        found = (await asked(client, "GET", path, bob))[1]
        assert LIST_PROOF.decode(bytes.fromhex(found["listed"])).position == listed[0]["number"] - 1
        assert found["seller"]["iban"] == "AT611904300234573201"
        _status, form = await asked(client, "POST", f"{path}/forms", bob, form="proof")
        assert base64.b64decode(form["data"]) == ReceivedBills(other.path).find(listed[0]["number"]).proof
        await taken_in(client, folder, bob, carol)


async def taken_in(client: aiohttp.ClientSession, folder: Path, bob: dict[str, str], carol: dict[str, str]) -> None:
    path = "/v1/billing/received"
    file = base64.b64encode((folder / "carol.html").read_bytes()).decode()
    assert (await asked(client, "POST", path, {}, file=file))[1]["code"] == "login_needed"
    assert (await asked(client, "POST", path, bob, file=file))[1]["code"] == "not_yours"
    status, received = await asked(client, "POST", path, carol, file=file)
    assert (status, received["listed_as"]["due_cents"], received["opening"]) == (200, 250, "from the genesis")
    number = received["listed_as"]["number"]
    found = (await asked(client, "GET", f"/v1/billing/documents/{number}", carol))[1]
    assert (found["seller"], found["epc"]) == (None, ""), "a file proves no account at a bank"
    assert (await asked(client, "POST", f"/v1/billing/documents/{number}/forms", carol, form="ubl",
                        buyer={"name": "C"}))[1]["code"] == "no_einvoice"  # fmt: skip
    changed = (folder / "false.json").read_bytes()
    page = (folder / "carol.html").read_bytes()
    other = page.replace(base64.b64encode((folder / "carol.json").read_bytes()), base64.b64encode(changed))
    status, refused = await asked(client, "POST", path, carol, file=base64.b64encode(other).decode())
    assert (status, refused["code"]) in [(400, code) for code in HASH_DIFFERS]
    for text, code in (("?", "bad_parameter"), (base64.b64encode(b"x").decode(), "bad_bill"),
                       (base64.b64encode(changed).decode(), "no_proof")):  # fmt: skip
        assert (await asked(client, "POST", path, carol, file=text))[1]["code"] == code
    length = MAX_RECEIVED_REQUEST_BYTES + 1
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port_of(client)}", "Content-Type: application/json"]
    head = [*lines, f"Content-Length: {length}", f"Authorization: {carol['Authorization']}"]
    sent = "\r\n".join((*head, "", "")).encode()
    assert (await exchange(f"http://127.0.0.1:{port_of(client)}", sent))[0] == 413


async def asked(
    client: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str], **body: Any
) -> tuple[int, Any]:
    sent = body or None
    async with client.request(method, path, json=sent, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)
