"""Joining and attestations on the command line, against a running node: the examples of `docs/joining.md` and
`docs/attestations.md`, in their order."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.chain import address, secret
from harness.node import PASSWORD, HomeFixture
from ledger.attestations.queries import attestation_of
from ledger.attestations.rules import salted_hash
from ledger.chain.identity import ChainIdentity
from ledger.chain.protocol import context_at
from ledger.joining.events import ApplicationMade
from ledger.metering.consent import BindingTerms, encode_terms_file
from ledger.metering.payloads import MeterTerms
from ledger.metering.schema import MeterKind
from nodechain.api.attestations import read_attestation
from nodechain.api.http.rights import STRANGER, Visitor
from nodechain.api.joining import read_application
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState
from nodechain.errors import LoginNeeded, NotFound, NotYours
from nodechain.modules import REGISTRY
from tests.support.joining_chain import JoiningChain
from tests.support.live_commands import LiveCommands, console_of, on_a_standing_clock

DOCS = Path(__file__).resolve().parents[2] / "docs"
JOINING, ATTESTATIONS = ((DOCS / name).read_text(encoding="utf-8") for name in ("joining.md", "attestations.md"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    """The development chain with the pages' tables."""
    dev = (DOCS.parent / "genesis" / "dev.toml").read_text()
    tables = "\n".join(page.split("```toml\n")[1].partition("```")[0] for page in (JOINING, ATTESTATIONS))
    (tmp_path / "template.toml").write_text(f"{dev}\n{tables}")
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "nora.json").write_text('{"name": "Nora Newcomer"}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"))


def meter_file(home: HomeFixture, account: bytes, clock_ms: int, name: str = "nora.meter") -> Path:
    """What `nodechain meter opening` writes of a meter of the account's at the battery."""
    key = secret("a meter")
    terms = MeterTerms(
        home.address("battery"), account, int(MeterKind.CONSUMPTION), key.public_key,
        hashlib.sha256(b"serial").digest(), hashlib.sha256(b"profile").digest(), bytes((1, 0, 1, 8, 0, 255)), 0, 1, 0,
        11_000, clock_ms, 1_500, 0,
    )  # fmt: skip
    chain = ChainIdentity(home.genesis.chain_id, home.genesis.hash)
    found = BindingTerms(chain, terms, key.sign(terms.message(chain.genesis_hash)))
    Path(name).write_bytes(encode_terms_file(found))
    return Path(name)


def test_the_page_of_joining(home: HomeFixture, capsys: pytest.CaptureFixture[str]) -> None:
    def lived(run: LiveCommands, clock: Any) -> None:
        new_key, terms, opening, asking, status = console_of(JOINING, 1)
        listing, admitting, showing, yes = console_of(JOINING, 2)
        (dismissing,) = console_of(JOINING, 3)
        run(*new_key, "--mnemonic-file", "nora.words")
        assert "room for 128 more, 16 of them this hour" in run.text(*terms)
        assert opening[:2] == ["meter", "opening"]
        nora = home.address("nora")
        assert run.refused(*status) == "unknown_application"
        meter_file(home, home.address("dave"), clock.wall_ms())
        assert run.refused(*asking) == "other_account"
        Path("broken.meter").write_text("{}")
        assert run.refused("join", "request", "--meter", "broken.meter", "--from", "nora") == "bad_terms_file"
        meter_file(home, nora, clock.wall_ms() - 2 * 3_600_000)
        assert run.refused(*asking) == "bad_wish"
        meter_file(home, nora, clock.wall_ms())
        assert "Asked: application 1." in run.text(*asking)
        shown = run.text(*status)
        assert [line.partition(":")[0] for line in shown.splitlines()] == [
            line.partition(":")[0] for line in JOINING.split("```text\n")[1].partition("```")[0].splitlines()
        ]
        assert "consumption at battery, up to 11000 W; showed 1.5 kWh" in shown
        listed = run.text(*listing)
        assert listed.splitlines()[0].split() == JOINING.split("```text\n")[2].splitlines()[0].split()
        assert "consumption meter, voter" in listed
        assert run.refused("join", "request", "--role", "storage", "--from", "nora") == "bad_role"
        assert run.refused("join", "request", "--attestation", "00ff", "--from", "nora") == "bad_hash"
        assert run.refused("join", "request", "--from", "alice") == "already_a_member"
        assert run.refused("vote", "admit-application", "9", "--from", "alice") == "unknown_application"
        run(*admitting)
        assert "brought by:" in run.text(*showing)
        assert "role:" in run.text(*showing)
        assert "It passed." in run.text(*yes)
        assert run.refused(*status) == "unknown_application"
        run("transfer", "eeuro", "nora", "1", "--from", "alice")
        run("keys", "new", "paul", "--mnemonic-file", "paul.words")
        asked = ("--role", "storage", "--unit", "dave", "--capacity", "10 kWh", "--efficiency", "90%")
        run("join", "request", *asked, "--from", "paul")
        run(*dismissing)
        run(*dismissing[:-1], "bob")
        assert run("join", "status", "paul")["application"]["status"] == "dismissed"
        assert run.refused("join", "request", "--from", "paul") == "application_dismissed"

    on_a_standing_clock(home, capsys, lived)


def test_the_page_of_attestations(home: HomeFixture, capsys: pytest.CaptureFixture[str]) -> None:
    def lived(run: LiveCommands, clock: Any) -> None:
        first, second, attesters = console_of(ATTESTATIONS, 1)
        issuing, about, checking, revoking, signed = console_of(ATTESTATIONS, 2)
        until = datetime.fromtimestamp(clock.wall_ms() // 1000, UTC) + timedelta(days=365)
        issuing[issuing.index("--until") + 1] = until.isoformat()
        (demanding,) = console_of(ATTESTATIONS, 3)
        run("keys", "new", "nora", "--mnemonic-file", "nora.words")
        run(*first)
        run(*second)
        offices = {(each["role"], each["standing"]) for each in run(*attesters)["attesters"]}
        assert offices == {("registrar", "appointed"), ("auditor", "appointed")}
        assert run.refused(*issuing[:-1], "carol") == "not_an_attester"
        run(*issuing)
        salt = bytes.fromhex(Path("nora.json.salt").read_text().strip())
        (found,) = run(*about)["attestations"]
        assert found["data_hash"] == salted_hash(salt, Path("nora.json").read_bytes()).hex()
        assert found["document_hash"] == ""
        said = ATTESTATIONS.split("```text\n")[1].partition("```")[0]
        assert said.replace("2030-01-01", str(until.date())).split() == run.text(*about).split()
        assert "is what attestation 1 was signed for: identity of nora, by alice" in run.text(*checking)
        Path("other.json").write_text("{}")
        assert run.refused("attestation", "check", "1", "other.json", "--salt", "nora.json.salt") == "wrong_data"
        assert run.refused("attestation", "check", "1", "nora.json", "--salt", "nora.json") == "bad_salt"
        run("vote", "admit", "nora", "--from", "alice")
        assert "identity of nora, by alice" in run.text("vote", "show", "2")
        assert run("vote", "show", "2")["attestations"] == [found]
        run(*revoking)
        assert run.refused(*revoking) == "already_revoked"
        assert run(*signed)["attestations"][0]["counts"] is False
        assert "revoked" in run.text("vote", "show", "2")
        run(*demanding)
        run(*demanding[:-1], "bob")
        assert run.refused("join", "request", "--from", "nora") == "attestation_missing"

    on_a_standing_clock(home, capsys, lived)


def test_who_reads_attestations_and_applications() -> None:
    chain = JoiningChain()
    chain.attest("N1")
    made = chain.ask("N1").events[0]
    assert isinstance(made, ApplicationMade)
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    at = CommittedState(chain.reader, height, view)

    def visitor(name: str, *, voter: bool = False) -> Visitor:
        return Visitor(address(name), frozenset({address(name)}), is_member=name != "N1", is_voter=voter)

    for seen_by in (visitor("N1"), visitor("R"), visitor("A", voter=True)):
        assert read_attestation(at, seen_by, 1).attestation.kind == "identity"
    for seen_by in (visitor("N1"), visitor("A", voter=True)):
        assert read_application(at, seen_by, 1).application.number == 1
    for read in (read_attestation, read_application):
        with pytest.raises(NotYours):
            read(at, visitor("B"), 1)
        with pytest.raises(LoginNeeded):
            read(at, STRANGER, 1)
        with pytest.raises(NotFound):
            read(at, visitor("A", voter=True), 9)
        with pytest.raises(NotYours):
            read(at, visitor("N1"), 9)
    assert attestation_of(chain.state, 9) is None
    figures = {name: figure for name, _kind, _meaning, figure in figures_of(at, frozenset({"attestations", "joining"}))}
    assert figures == {"attestations": 1, "applications_open": 1, "applications_room_this_hour": 15}
