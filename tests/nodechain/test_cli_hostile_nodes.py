"""Every command against a node that answers nonsense, and what may be signed for whom (C1, C4, C5, C7).

The commands run through the program's own `run`, in this process, because there are hundreds of runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

import cli
from ledger.chain.identity import ChainIdentity
from ledger.keys.address import format_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.energy import EnergyView, Units, UnitView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.terminal.errors import run
from nodechain.home.keystore import Keystore
from tests.makers import make_client_answers
from tests.support.answers import sample, status_of
from tests.support.fake_node import FakeNode, fake_node

pytestmark = pytest.mark.xdist_group("cli-hostile")

OURS = ChainIdentity.of("town", bytes.fromhex("ab" * 32))
SAME_ID = ChainIdentity(OURS.id, OURS.genesis_hash[:31] + b"\0")
ID = "cd" * 32

ARGUMENTS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("status",): (),
    ("balance",): ("alice",),
    ("statement",): ("alice",),
    ("transfer",): ("ent", "bob", "1"),
    ("assets",): (),
    ("energy",): (),
    ("units",): (),
    ("unit", "show"): ("bob",),
    ("unit", "release"): ("bob", "1"),
    ("unit", "unbind"): ("m1",),
    ("unit", "produced"): ("bob", "1 kWh"),
    ("unit", "consumed"): ("bob", "1 kWh"),
    ("unit", "actual"): ("1 kWh",),
    ("unit", "batch"): ("actual:1kWh",),
    ("session", "open"): ("bob", "1"),
    ("session", "close"): ("bob",),
    ("origin", "unit"): ("bob",),
    ("origin", "drawn"): ("alice",),
    ("origin", "reserve"): ("bob",),
    ("vote", "set-priority"): ("bob",),
    ("advice",): ("alice",),
    ("board",): (),
    ("together", "show"): (),
    ("together", "join"): ("Sunny",),
    ("together", "leave"): (),
    ("together", "points"): ("alice",),
    ("vote", "set-together"): ("--used", "10"),
    ("session", "list"): (),
    ("market", "buy"): ("1", "1"),
    ("market", "sell"): ("1", "1", "--expires-in", "1h"),
    ("market", "cancel"): ("1",),
    ("market", "replace"): ("1", "1", "1"),
    ("market", "book"): (),
    ("market", "orders"): ("--all",),
    ("market", "trades"): (),
    ("market", "products"): (),
    ("bank", "mint"): ("bob", "1"),
    ("bank", "burn"): ("bob", "1"),
    ("bank", "mark"): ("bob", "1"),
    ("bank", "mark-all"): ("--yes",),
    ("bank", "take-back"): ("1",),
    ("bank", "reserves"): (),
    ("bank", "attest"): ("1", "--document", __file__),
    ("vote", "settle-withdrawal"): ("bob", "1", "--paid"),
    ("bank", "unlock"): ("bob", "1"),
    ("bank", "lock"): ("1",),
    ("bank", "withdrawals"): (),
    ("vote", "add-voter"): ("bob",),
    ("vote", "preview"): ("1", "--all"),
    ("vote", "remove-voter"): ("bob",),
    ("vote", "remove-unit"): ("bob",),
    ("vote", "set-banker"): ("bob",),
    ("vote", "set-param"): ("C", "5 %"),
    ("vote", "remove-validator"): ("bob",),
    ("vote", "admit"): ("bob",),
    ("vote", "expel"): ("bob",),
    ("vote", "register-unit"): ("bob", "alice"),
    ("vote", "reinstate-unit"): ("bob",),
    ("vote", "change-unit"): ("bob", "--max-power", "1"),
    ("vote", "settle-jump"): ("m1", "--drop"),
    ("vote", "release-meter"): ("m1",),
    ("vote", "annul"): ("bob", "bob", "1"),
    ("vote", "list"): (),
    ("vote", "yes"): ("1", "--yes"),
    ("vote", "show"): ("1",),
    ("vote", "upgrade"): ("5000", "--release", "new"),
    ("vote", "cancel-upgrade"): ("5000",),
    ("vote", "possession"): ("v1", "bob"),
    ("vote", "validator-alive"): ("v1",),
    ("vote", "add-validator"): ("v1", "bob", "new"),
    ("params",): (),
    ("peers", "list"): (),
    ("validators",): (),
    ("tx", "show"): (ID,),
    ("tx", "wait"): (ID, "--timeout", "1"),
    ("block", "show"): (),
    ("snapshot", "list"): (),
    ("page", "hash"): (),
    ("bill", "pay"): ("1", "--amount", "1"),
    ("point", "list"): (),
    ("point", "show"): ("1",),
    ("point", "slots"): ("1",),
    ("point", "change"): ("1", "--zone", "south"),
    ("point", "close"): ("1",),
    ("sharing", "schemes"): (),
    ("sharing", "scheme"): ("1",),
    ("sharing", "share"): ("alice",),
    ("sharing", "why"): ("1888888", "--scheme", "1"),
    ("sharing", "replay"): ("1888888", "--scheme", "1"),
    ("sharing", "months"): ("--scheme", "1"),
    ("sharing", "claims"): ("--scheme", "1"),
    ("sharing", "differences"): ("1888888", "4", "--scheme", "1"),
    ("feed", "list"): (),
    ("feed", "show"): ("1",),
    ("feed", "history"): ("1",),
    ("feed", "report"): ("1", "0.2"),
    ("vote", "end-feed"): ("1",),
    ("resolution", "list"): (),
    ("resolution", "show"): ("1",),
    ("resolution", "cast"): ("1", "1"),
    ("resolution", "withdraw"): ("1",),
    ("sharing", "slot-rows"): ("1888888", "--scheme", "1"),
    ("join", "request"): (),
    ("join", "status"): ("alice",),
    ("join", "terms"): (),
    ("attestation", "list"): ("alice",),
    ("attestation", "attesters"): (),
    ("attestation", "revoke"): ("1",),
    ("vote", "set-attester"): ("bob", "registrar"),
    ("vote", "admit-application"): ("1",),
    ("vote", "dismiss-applications"): ("1", "2"),
    ("sharing", "archive"): ("--scheme", "1"),
    ("agent", "authorise"): ("bob", "--type", "place_order"),
    ("agent", "list"): ("alice",),
    ("household",): ("alice",),
    ("memo", "publish"): (),
    ("memo", "unpublish"): (),
    ("memo", "key"): ("alice",),
    ("memo", "read"): ("ab" * 32,),
    ("memo", "list"): ("alice",),
    ("agent", "owners"): ("alice",),
    ("agent", "references"): ("alice",),
    ("agent", "revoke"): ("bob",),
    ("agent", "show"): ("bob", "alice"),
    ("agent", "sweep"): ("bob",),
    ("fund", "show"): (),
    ("fund", "budget"): (),
    ("fund", "spends"): (),
    ("fund", "statement"): (),
    ("fund", "give"): ("1",),
    ("fund", "sponsor"): ("bob", "1"),
    ("fund", "sponsors"): ("alice",),
    ("vote", "spend-fund"): ("bob", "1", "--purpose", "repairs", "--reference", "1"),
    ("vote", "fund-budget"): ("repairs", "1", "month"),
    ("vote", "fee-split"): ("--fund", "10%"),
    ("vote", "commission"): ("1%",),
    ("vote", "newcomer-terms"): ("--admission-fee", "1"),
    ("vote", "mint"): ("bob", "1", "--reference", "1"),
    ("vote", "burn"): ("1", "--reference", "1"),
    ("vote", "return-withdrawal"): ("bob", "1"),
    ("vote", "remove-banker"): ("bob",),
    ("generators",): (),
    ("certificate", "issue"): ("2026-11-01",),
    ("certificate", "save"): ("bob", "2026-11-01", "--baseline", "2", "--measured", "1", "--report", __file__),
    ("certificate", "list"): ("alice",),
    ("certificate", "show"): ("1",),
    ("certificate", "transfer"): ("1", "1", "bob"),
    ("certificate", "offer"): ("1", "1", "1"),
    ("certificate", "offers"): (),
    ("certificate", "take"): ("1", "bob", "1"),
    ("certificate", "withdraw"): ("1",),
    ("certificate", "retire"): ("1", "1", "2026", "--purpose", "x"),
    ("certificate", "days"): ("alice",),
    ("certificate", "report"): ("2026", "alice"),
    ("vote", "describe-generator"): ("bob", "--source", "pv", "--power", "1", "--since", "2024-01-01"),
    ("vote", "hold-back-energy"): ("bob", "1", "--report", __file__),
    ("deal", "open"): ("bob", "1", "--arbiter", "alice"),
    ("deal", "list"): ("alice",),
    ("deal", "show"): ("1",),
    ("deal", "release"): ("1",),
    ("deal", "cancel"): ("1",),
    ("deal", "dispute"): ("1",),
    ("deal", "rule"): ("1", "0"),
    ("swap", "offer"): ("1", "ENT", "1", "eEuro"),
    ("swap", "list"): (),
    ("swap", "take"): ("1",),
    ("swap", "cancel"): ("1",),
    ("group", "list"): (),
    ("group", "show"): ("1",),
    ("group", "mine"): ("alice",),
    ("group", "preview"): ("1", "alice"),
    ("group", "distribute"): ("1",),
    ("group", "pay"): ("1", "bob", "1"),
    ("group", "sell"): ("1", "1", "0.1"),
    ("group", "buy"): ("1", "1", "0.1"),
    ("group", "cancel"): ("1", "7"),
    ("group", "join"): ("1", "bob", "--share", "10 %"),
    ("group", "leave"): ("1",),
    ("vote", "group-pay"): ("1", "bob", "1"),
    ("vote", "group-point"): (
        "1",
        "--direction",
        "injection",
        "--operator-id",
        "AT1",
        "--salt",
        "00",
        "--from-slot",
        "1888888",
    ),
    ("vote", "dissolve-group"): ("1",),
    ("vote", "change-point"): ("1", "--zone", "south"),
    ("vote", "remove-point"): ("1",),
    ("vote", "set-custodian"): ("bob",),
    ("vote", "extend-zone"): ("--holiday", "2041-01-01"),
    ("vote", "set-treasurer"): ("bob",),
    ("grid", "show"): (),
    ("grid", "tariffs"): (),
    ("grid", "tariff"): ("1",),
    ("grid", "account"): ("alice",),
    ("grid", "owed"): (),
    ("grid", "sums"): (),
    ("grid", "assign"): ("1", "1", "--from-slot", "9999999"),
    ("vote", "set-grid"): ("bob",),
    ("vote", "set-point-tariff"): ("1", "1", "--from-slot", "9999999"),
}
OPENERS = ("alice", "bob", "m1", "v1")
NONSENSE: dict[str, Any] = {
    "list": [],
    "null": b"null",
    "object": {},
    "text": "hello",
    "number": b"1" * 400,
    "float": b"1e400",
    "html": b"<html>It works!</html>",
    "nothing": b"",
    "nested": b"[" * 100_000,
    "binary": bytes(range(256)),
    "wrong types": {name: [{}] for name in ("height", "chain_id", "units", "votes", "next", "balances", "header")},
}


class Place:
    """A home that holds keys and is tied to a chain, with commands that run in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = folder / "home"
        self._capsys = capsys
        store = Keystore(self.home / "keys", cost=COST_LIGHT)
        kinds = {"m1": KeyKind.METER, "v1": KeyKind.VALIDATOR}
        self.keys = {name: store.create(name, kinds.get(name, KeyKind.ACCOUNT), "word") for name in OPENERS}
        self.set("genesis_hash", OURS.genesis_hash.hex())
        (folder / "password").write_text("word\n")
        monkeypatch.setenv("NODECHAIN_HOME", str(self.home))
        monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(folder / "password"))

    def set(self, name: str, value: str) -> None:
        """The only setting of the home."""
        (self.home / "config.toml").write_text(f'{name} = "{value}"\n')

    def run(self, *arguments: str) -> tuple[int, Any]:
        """The exit code, and the JSON envelope that is all that stands on stdout."""
        self._capsys.readouterr()
        code = run(cli.nodechain, [*arguments, "-o", "json"])
        return code, json.loads(self._capsys.readouterr().out)

    def code(self, *arguments: str) -> str:
        """The code of a command that must fail."""
        exit_code, envelope = self.run(*arguments)
        (error,) = envelope["errors"]
        assert (exit_code, envelope["success"]) == (error["exit_code"], False)
        return str(error["code"])

    def sender(self, name: str = "alice") -> dict[str, Any]:
        """What a node says of an account before it can send."""
        address = format_address(self.keys[name].address)
        return {f"GET /v1/accounts/{address}": sample(AccountView, address=address, next_nonce=1)}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(tmp_path, monkeypatch, capsys)


def _leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from _leaves(child, (*path, name))


ASKS_NO_NODE = {
    "keys", "init", "validate", "node", "dev", "demo", "testnet", "config", "completion", "audit", "export", "import",
    "meter", "doctor", "light", "proof", "tls", "account", "notify",
}  # fmt: skip
"""Groups without a node, or (light, proof) with one that is never believed, or (notify) after their settings, and
a test of their own."""
NO_NODE = {("tx", "decode"), ("tx", "sign"), ("tx", "send"), ("unit", "consent"), ("unit", "bind"), ("unit", "replace"),
           ("unit", "run"), ("unit", "reports"), ("unit", "archive"), ("snapshot", "make"),
           ("snapshot", "fetch"), ("peers", "card"), ("peers", "add"), ("peers", "remove"),
           ("peers", "cards"), ("peers", "rotate"),
           ("sharing", "check"), ("sharing", "compute"), ("sharing", "points"), ("sharing", "export", "at-shares"),
           ("sharing", "export", "es-fixed"), ("sharing", "export", "es-hourly"), ("sharing", "export", "fr-keys"),
           ("bill", "verify"), ("bill", "list"), ("bill", "show"), ("bill", "export"), ("bill", "member", "set"),
           ("bill", "member", "list"), ("bill", "member", "export"), ("bill", "member", "delete"),
           ("bill", "bank", "debits"), ("bill", "bank", "transfers"), ("bank", "reference"),
           ("certificate", "check"), ("certificate", "export")}  # fmt: skip
BY_FILES = {("bill", "member", "expire"), ("vote", "set-tariff"), ("bill", "preview"),
            ("bill", "final"), ("bill", "correct"), ("bill", "bank", "import"), ("bank", "import"), ("bank", "pay"),
            ("bill", "receive"), ("bill", "remind"),
            ("point", "consent"), ("point", "register"), ("sharing", "rows"),
            ("vote", "register-point"), ("vote", "set-scheme"),
            ("group", "open"), ("group", "consent"), ("group", "transfer"), ("vote", "open-group"),
            ("feed", "watch"), ("vote", "register-feed"), ("vote", "change-feed"),
            ("vote", "change-group"), ("vote", "group-shares"), ("resolution", "open"), ("resolution", "verify"),
            ("attestation", "issue"), ("attestation", "check"),
            ("sharing", "open"), ("sharing", "change"), ("sharing", "import"), ("sharing", "correct")}  # fmt: skip
"""They read a file or the settings of bills first, and ask by the same client; each has tests of its own."""


def test_c4_every_command_that_asks_a_node_is_walked() -> None:
    asking = {path for path, _command in _leaves(cli.nodechain) if path[0] not in ASKS_NO_NODE and path not in NO_NODE}
    assert asking - BY_FILES == set(ARGUMENTS)


@pytest.mark.parametrize("what", NONSENSE)
def test_c4_nonsense_is_a_bad_answer_in_every_command(place: Place, what: str) -> None:
    with fake_node({}) as fake:
        fake.otherwise = (200, NONSENSE[what])
        for path, arguments in ARGUMENTS.items():
            asked = len(fake.asked)
            sender = ("--from", "alice") if _sends(path) else ()
            exit_code, envelope = place.run(*path, *arguments, *sender, "--node", fake.url)
            assert len(fake.asked) > asked, path
            assert (exit_code, envelope["errors"][0]["code"]) == (5, "bad_answer"), (path, envelope)


@cache
def _senders() -> frozenset[tuple[str, ...]]:
    return frozenset(
        path
        for path, command in _leaves(cli.nodechain)
        if any("--from" in parameter.opts for parameter in command.params)
    )


def _sends(path: tuple[str, ...]) -> bool:
    return path in _senders()


@pytest.mark.parametrize("what", NONSENSE)
def test_c4_nonsense_after_a_good_status_too(place: Place, what: str) -> None:
    with fake_node({"GET /v1/status": status_of(OURS.id, OURS.genesis_hash.hex())}) as fake:
        fake.otherwise = (200, NONSENSE[what])
        for path in (("transfer",), ("unit", "produced"), ("vote", "admit"), ("market", "buy"), ("balance",)):
            sender = ("--from", "alice") if _sends(path) else ()
            assert place.code(*path, *ARGUMENTS[path], *sender, "--node", fake.url) == "bad_answer"
        fake.answers |= place.sender()
        assert place.code("transfer", "ent", "bob", "1", "--from", "alice", "--node", fake.url) == "bad_answer"
        assert "POST /v1/transactions" in fake.asked


def test_c4_a_cursor_that_comes_again_ends_the_list(place: Place) -> None:
    with fake_node({"GET /v1/units": sample(Units, next="a")}) as fake:
        assert place.code("units", "--node", fake.url) == "bad_answer"
        assert fake.asked.count("GET /v1/units") == 2


def test_c4_the_clients_types_are_those_of_the_interface() -> None:
    wanted = make_client_answers.texts()
    written = {file: file.read_text(encoding="utf-8") for file in make_client_answers.ANSWERS.glob("[!_]*.py")}
    assert written == wanted, "python -m tests.makers.make_client_answers"


def test_c4_what_nobody_foresaw_is_an_envelope_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr("nodechain.client.node_client.RestClient.energy", broken)
    exit_code, envelope = place.run("energy")
    (error,) = envelope["errors"]
    assert (exit_code, error["code"]) == (1, "unexpected")
    assert "nobody thought of it" in error["detail"]


# --- C1: a home signs for its own chain ----------------------------------------------------------------------------

SIGNING = [
    ("transfer", "ent", "bob", "1", "--from", "alice"),
    ("transfer", "ent", "bob", "1", "--from", "alice", "--sign-only", "file.json"),
    ("vote", "possession", "v1", "bob"),
    ("vote", "validator-alive", "v1", "--from", "alice"),
]


def _node_of(fake: FakeNode, place: Place, chain: ChainIdentity) -> None:
    fake.answers |= {"GET /v1/status": status_of(chain.id, chain.genesis_hash.hex()), **place.sender()}


@pytest.mark.parametrize("arguments", SIGNING, ids=" ".join)
def test_c1_nothing_is_signed_for_another_genesis(
    place: Place, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for other in (SAME_ID, ChainIdentity.of("other", bytes(32))):
        with fake_node({}) as fake:
            _node_of(fake, place, other)
            exit_code, envelope = place.run(*arguments, "--node", fake.url)
            assert (exit_code, envelope["errors"][0]["code"]) == (2, "wrong_chain")
            assert "POST /v1/transactions" not in fake.asked
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "password"]


def test_c1_a_home_without_a_chain_is_tied_once_and_remembers(place: Place) -> None:
    pay = ("transfer", "ent", "bob", "1", "--from", "alice", "--no-wait")
    sent = (202, sample(TransactionAnswer, id=ID, status="waiting"))
    (place.home / "config.toml").unlink()
    with fake_node({"POST /v1/transactions": sent}) as fake:
        _node_of(fake, place, OURS)
        node = ("--node", fake.url)
        assert place.code(*pay, *node) == "unknown_chain"
        assert place.code(*pay, *node, "--genesis", "00" * 32) == "wrong_chain"
        assert "POST /v1/transactions" not in fake.asked
        assert place.run(*pay, *node, "--genesis", OURS.genesis_hash.hex())[0] == 0
        assert place.run(*pay, *node)[0] == 0
        _node_of(fake, place, SAME_ID)
        assert place.code(*pay, *node) == "wrong_chain"
        assert place.code(*pay, *node, "--trust") == "wrong_chain"
        (place.home / "config.toml").unlink()
        assert place.run(*pay, *node, "--trust")[0] == 0


def test_c1_the_node_is_the_homes_own(place: Place) -> None:
    with fake_node({"GET /v1/energy": sample(EnergyView)}) as fake:
        (place.home / "config.toml").write_text(f"api_port = {fake.url.rpartition(':')[2]}\n")
        assert place.run("energy")[0] == 0
        assert fake.asked == ["GET /v1/energy"]
        settings = place.run("config", "show", "--origin")[1]["data"]["settings"]
        (node,) = [entry for entry in settings if entry["name"] == "node"]
        assert node["value"] == fake.url
        assert node["origin"].startswith("api_port")


# --- C5: nobody signs blind ----------------------------------------------------------------------------------------


def test_c5_an_unsent_transaction_is_shown_and_asked_about(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "payment.json")
    assert place.run("keys", "multisig", "fund", "2", "alice", "bob")[0] == 0
    fund = place.run("keys", "book", "list")[1]["data"]["entries"][0]["address"]
    with fake_node({}) as fake:
        _node_of(fake, place, OURS)
        fake.answers[f"GET /v1/accounts/{fund}"] = sample(AccountView, address=fund, next_nonce=4)
        pay = ("transfer", "ent", "bob", "2.5", "--from", "fund", "--valid-until", "99", "--sign-only", file)
        assert place.run(*pay, "--node", fake.url)[0] == 0
    held = json.loads(Path(file).read_text())
    Path(file).write_text(json.dumps({**held, "signatures": held["signatures"][:1]}))
    data = place.run("tx", "show", file)[1]["data"]
    assert (data["type"], data["sender"], data["nonce"], data["valid_until_height"]) == ("transfer", fund, 4, 99)
    assert (data["chain_id"], data["genesis_hash"]) == (OURS.id, OURS.genesis_hash.hex())
    assert data["payload"]["amount"]["tokens"] == "2.5"
    assert sorted(signer["signed"] for signer in data["signers"]) == ["no", "yes"]
    capsys.readouterr()
    assert run(cli.nodechain, ["tx", "show", file]) == 0
    text = capsys.readouterr().out
    assert "recipient:" in text
    assert "bob" in text
    assert "not yet" in text
    # Without a terminal nobody can be asked, and without an answer nothing is signed.
    assert place.code("tx", "sign", file, "--from", "fund") == "not_confirmed"
    assert len(json.loads(Path(file).read_text())["signatures"]) == 1
    assert place.run("tx", "sign", file, "--from", "fund", "--yes")[1]["data"]["missing"] == 0
    place.set("genesis_hash", "00" * 32)
    assert place.code("tx", "sign", file, "--from", "fund", "--yes") == "wrong_chain"
    assert place.code("tx", "send", file) == "wrong_chain"


# --- C7: a server's text moves no cursor ---------------------------------------------------------------------------

FORGED = "\x1b[2J\x1b]0;x\x07done\nTransferred 5 to bob.\r\u202egnp.exe\u2066\x9b"


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_c7_what_a_node_says_is_shown_with_escapes(place: Place, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    unit = sample(UnitView, address=FORGED, owner=FORGED, status=FORGED)
    problem = (404, {"code": FORGED, "detail": FORGED, "advice": FORGED})
    with fake_node({"GET /v1/units": sample(Units, units=[unit]), "GET /v1/energy": problem}) as fake:
        for command in ("units", "energy"):
            capsys.readouterr()
            run(cli.nodechain, [command, "--node", fake.url, "-o", form])
            shown = "".join(capsys.readouterr())
            assert "x1b[2J" in shown
            assert not set(shown) & set("\x1b\x07\r\u202e\u2066\x9b")
            assert "\nTransferred" not in shown
