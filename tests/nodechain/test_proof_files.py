"""Proof files as commands make and check them: against a running node, and statements that leave something out (F8)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cli import nodechain as root
from harness.chain import address
from harness.node import PASSWORD, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import BANK_SECTION
from ledger.bank.payloads import Transfer
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput, LightError
from ledger.light.claims import ReceiptClaim
from ledger.light.proof_file import ProofFile
from nodechain.api.server import ApiOptions, serve_api
from nodechain.client.node_client import LightReads, RestClient
from nodechain.commands.terminal import errors
from nodechain.light import bundle
from nodechain.light.bundle import INCOMPLETE, account_keys, verify_file
from nodechain.node import NodeOptions
from tests.support.proof_chain import ProofChain

HEIGHTS = 4


def statement() -> tuple[ProofChain, ProofFile]:
    """All receipts that concern B, and what B holds at the end."""
    chain = ProofChain(fee_asset=CURRENCY_ASSET)
    chain.pay(2)
    chain.block([chain.tx("B", Transfer(CURRENCY_ASSET, address("C"), 3))])
    chain.pay(1)
    receipts = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (4, 1), (4, 2)]
    claims = [chain.receipt_claim(height, height, position) for height, position in receipts]
    held = [chain.state_claim(HEIGHTS, key) for key in account_keys(address("B"), 2)]
    first = replace(chain.light(1), header=chain.blocks[0].header)
    file = chain.file((1, 2, 3, 4), *claims, *held)
    return chain, replace(file, blocks=(first, *file.blocks), account=address("B"))


CHAIN, FILE = statement()


def check(file: ProofFile) -> None:
    verify_file(CHAIN.terms, CHAIN.anchor, file, CHAIN.now_ms, BANK_SECTION.of(CHAIN.genesis))


def test_a_whole_statement_adds_up() -> None:
    check(FILE)


def without(place: int) -> ProofFile:
    return replace(FILE, claims=FILE.claims[:place] + FILE.claims[place + 1 :])


def twice(place: int) -> ProofFile:
    return replace(FILE, claims=(*FILE.claims[: place + 1], FILE.claims[place], *FILE.claims[place + 1 :]))


def of_somebody_else() -> ProofFile:
    return replace(FILE, account=address("C"))


def out_of_order() -> ProofFile:
    return replace(FILE, claims=(FILE.claims[1], FILE.claims[0], *FILE.claims[2:]))


FALSE: dict[str, Callable[[], ProofFile]] = {
    **{f"without claim {place}": partial(without, place) for place in range(len(FILE.claims))},
    "a receipt twice": lambda: twice(4),
    "somebody else's": of_somebody_else,
    "out of order": out_of_order,
}


@pytest.mark.parametrize("name", sorted(FALSE))
def test_a_statement_that_leaves_something_out_does_not(name: str) -> None:
    with pytest.raises(LightError) as refused:
        check(FALSE[name]())
    assert refused.value.code == INCOMPLETE


@pytest.mark.parametrize("name", sorted(FALSE))
def test_nothing_but_f8_holds_it_back(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_check_statement", lambda *_: None)
    check(FALSE[name]())


def test_a_foreign_receipt_does_not_help() -> None:
    """One that says what is missing, but stands in no block."""
    claim = FILE.claims[0]
    assert isinstance(claim, ReceiptClaim)
    receipt = replace(CHAIN.blocks[1].executed.receipts[1], weight=0)
    with pytest.raises(InvalidInput):
        check(replace(FILE, claims=(replace(claim, receipt=encode(receipt)), *FILE.claims[1:])))


# As commands.


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = errors.run(root, [*arguments, "--output", "json"])
    return code, json.loads(capsys.readouterr().out)


async def served(home: HomeFixture, ask: Callable[[str], None]) -> None:
    """Commands against a node of this home, in a thread."""
    async with home.running(NodeOptions(standing_clock=True)) as node:
        server = await serve_api(node, ApiOptions(port=0))
        try:
            await asyncio.to_thread(ask, str(server.url))
        finally:
            await server.close()


def test_commands_get_and_check_every_kind_of_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = HomeFixture(tmp_path / "home")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    out = tmp_path / "some.proof"

    def ask(url: str) -> None:
        here = ("--home", str(home.path), "--node", url)
        assert run(capsys, "transfer", "eeuro", "bob", "5", "--from", "alice", *here)[0] == 0
        sent = run(capsys, "transfer", "eeuro", "alice", "2", "--from", "bob", *here)[1]["data"]["id"]
        head = run(capsys, "light", "sync", *here)[1]["data"]
        assert run(capsys, "light", "status", "--home", str(home.path))[1]["data"]["block_hash"] == head["block_hash"]
        verified = run(capsys, "balance", "bob", "--verify", *here)[1]["data"]
        assert verified["verified"]["height"] == head["height"] == 2
        assert [held["available"]["tokens"] for held in verified["balances"]] == ["0", "1003"]
        kinds = {
            "balance": ["bob"], "state": ["supply", "02"], "transaction": [sent], "event": [sent, "0"],
            "statement": ["bob", "--sign", "bob"],
        }  # fmt: skip
        for kind, arguments in kinds.items():
            code, made = run(capsys, "proof", "get", kind, *arguments, "--out", str(out), *here)
            assert code == 0, made
            code, checked = run(capsys, "proof", "verify", str(out), "--home", str(home.path))
            assert code == 0, checked
            assert checked["data"] == made["data"]
            genesis = ("--genesis", str(home.path / "genesis"), "--home", str(tmp_path / "nowhere"))
            assert run(capsys, "proof", "verify", str(out), *genesis)[1]["data"] == made["data"]
            assert bool(made["data"]["statement_of"]) == (kind == "statement")
        refusals(here, sent)

    def refusals(here: tuple[str, ...], sent: str) -> None:
        for arguments, code in (
            (["proof", "get", "state", "no_table", "--out", str(out)], "bad_key"),
            (["proof", "get", "state", "supply", "zz", "--out", str(out)], "bad_key"),
            (["proof", "get", "event", sent, "9", "--out", str(out)], "no_such_event"),
            (["proof", "get", "transaction", "00" * 32, "--out", str(out)], "not_found"),
            (["light", "trust", "1", "00" * 32], "other_header"),
            (["light", "sync", "--max-age", "1", "--also", "http://127.0.0.1:1"], "unreachable"),
        ):
            exit_code, envelope = run(capsys, *arguments, *here)
            assert exit_code != 0
            assert envelope["errors"][0]["code"] == code, envelope
        data = bytearray(out.read_bytes())
        data[len(data) // 2] ^= 1
        out.write_bytes(data)
        assert run(capsys, "proof", "verify", str(out), *here)[0] != 0
        out.write_bytes(b"no proof")
        assert run(capsys, "proof", "verify", str(out), *here)[1]["errors"][0]["code"] == "bad_proof_file"
        assert run(capsys, "light", "reset", *here)[1]["data"]["height"] == 0
        block = run(capsys, "block", "show", "1", *here)[1]["data"]["header"]["hash"]
        assert run(capsys, "light", "trust", "1", block, *here)[1]["data"]["height"] == 1
        assert run(capsys, "light", "sync", *here)[1]["data"]["height"] == 2

    asyncio.run(served(home, ask))


def test_a_home_without_a_genesis_is_told_where_to_get_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, envelope = run(capsys, "light", "sync", "--home", str(tmp_path / "none"))
    assert (code, envelope["errors"][0]["code"]) == (2, "no_genesis")


@pytest.mark.parametrize(
    "what", [("balance", "bob", "--verify"), ("state", "supply", "02"), ("balance", "bob"), ("statement", "bob")]
)
def test_break_17_a_state_below_the_newest_header_proves_nothing(
    what: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node shows its newest header, fresh, and the state of an older one, as signed as that."""
    home = HomeFixture(tmp_path / "home")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    first: dict[tuple[bytes, ...], Any] = {}
    honest = LightReads.state

    def older(reads: LightReads, keys: Sequence[bytes]) -> Any:
        return first.setdefault(tuple(keys), honest(reads, keys))

    def ask(url: str) -> None:
        here = ("--home", str(home.path), "--node", url)
        read = what if "--verify" in what else ("proof", "get", *what, "--out", str(tmp_path / "some.proof"))
        assert run(capsys, "transfer", "eeuro", "bob", "5", "--from", "alice", *here)[0] == 0
        assert run(capsys, *read, *here)[0] == 0
        assert run(capsys, "transfer", "eeuro", "alice", "2", "--from", "bob", *here)[0] == 0
        code, answer = run(capsys, *read, *here)
        assert (code != 0, answer["errors"][0]["code"]) == (True, "old_state")
        monkeypatch.setattr(LightReads, "state", honest)
        assert run(capsys, *read, *here)[0] == 0

    monkeypatch.setattr(LightReads, "state", older)
    asyncio.run(served(home, ask))


def test_break_18_what_a_vote_repeats_is_proven_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that says that the unit has no capacity: the voters set its power only."""
    home = HomeFixture(tmp_path / "home")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    honest = RestClient.unit

    def lies(client: RestClient, name: str) -> Any:
        return {**honest(client, name), "capacity_wh": 0}

    def ask(url: str) -> None:
        here = ("--from", "alice", "--home", str(home.path), "--node", url)
        monkeypatch.setattr(RestClient, "unit", lies)
        code = errors.run(root, ["vote", "change-unit", "battery", "--max-power", "5000", *here, "--output", "json"])
        told = capsys.readouterr()
        assert code == 0, told.err
        assert "battery to: capacity 100 kWh, power 5000 W" in told.err
        (vote,) = run(capsys, "vote", "list", "--home", str(home.path), "--node", url)[1]["data"]["votes"]
        assert (vote["action"]["capacity_wh"], vote["action"]["max_power_w"]) == (100_000, 5_000)

    asyncio.run(served(home, ask))
