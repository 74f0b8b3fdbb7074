"""Memos on the command line, against a running node: the examples of `docs/memos.md`, in their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.chain import address
from harness.node import PASSWORD, HomeFixture
from ledger.chain.protocol import context_at
from nodechain.api.http.rights import MEMBERS
from nodechain.api.memos import RIGHTS, read_memo_key
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState, reads_of
from nodechain.modules import REGISTRY
from tests.support.live_commands import LiveCommands, beside_node, console_of
from tests.support.memo_chain import MemoChain, memo_key_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "memos.md").read_text(encoding="utf-8")
RENT = "Rent for March, the cellar too"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    """The development chain with the page's table; the page's files lie where the test stands."""
    dev = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    table = PAGE.split("```toml\n")[1].partition("```")[0]
    (tmp_path / "template.toml").write_text(f"{dev}\n{table}[deals]\n")
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "rent.txt").write_text(f"{RENT}\n")
    (tmp_path / "car.txt").write_text("for the car 🚗")
    (tmp_path / "long.txt").write_text("x" * 256)
    (tmp_path / "no text").write_bytes(b"\xff")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"))


def test_the_memos_of_the_page(home: HomeFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def lived(run: LiveCommands, node: Any) -> None:
        publish_alice, publish_bob, key = console_of(PAGE, 1)
        transfer, listing, statement, buying = console_of(PAGE, 2)
        assert run.refused(*transfer) == "no_memo_key"
        assert "Memos to you are sealed for alice from now on." in run.text(*publish_alice)
        assert run.refused(*publish_alice) == "same_memo_key"
        run(*publish_bob)
        assert run(*key)["longest"] == 256

        sent = run(*transfer)
        kinds = [event["kind"] for event in sent["receipt"]["events"]]
        assert kinds == ["memo_sent", "transferred"]
        said = PAGE.split("```text\n")[1].partition("```")[0].split()
        assert said == run.text(*listing).splitlines()[-1].split()[-len(said) :]
        (row,) = run(*listing)["memos"]
        assert (row["id"], row["memo"]) == (sent["id"], RENT)
        assert RENT in run.text(*statement)
        assert RENT not in run.text("statement", "alice")
        assert RENT in run.text("memo", "read", sent["id"])
        shown = run.text("tx", "show", sent["id"])
        assert "content=(transfer " in shown, "nobody reads, or signs, bytes"
        assert "sealed=(80 bytes)" in shown

        assert "for the car" in run("memo", "read", run(*buying)["id"])["memo"]
        with node.app.store.snapshot() as snapshot:
            figures = figures_of(reads_of(node, snapshot, 0), frozenset({"memos"}))
            assert [(name, value) for name, _kind, _text, value in figures] == [("memo_keys", 2)]

        bad = ("transfer", "EEURO", "bob", "1", "--from", "alice", "--memo")
        assert run.refused(*bad, "long.txt") == "memo_too_long"
        assert run.refused(*bad, "no text") == "bad_memo"
        assert run.refused(*bad, "absent") == "file_not_found"
        assert run.refused(*bad, "rent.txt", "--for", "bob") == "memo_for_owner"
        assert run.refused(*bad[:-1], "--memo-to", "bob") == "bad_usage"
        assert run.refused("market", "buy", "1", "0.2", "--memo", "car.txt", "--from", "alice") == "no_memo_reader"
        assert run.refused(*bad, "rent.txt", "--memo-to", "carol") == "no_memo_key"

        for payload in (
            ("bank", "lock", "1"),
            ("market", "replace", "1", "2", "0.19"),
            ("deal", "open", "bob", "1", "--arbiter", "carol"),
            ("swap", "offer", "1", "EEURO", "1", "ENT"),
        ):
            note = run(*payload, "--memo", "car.txt", "--memo-to", "alice", "--from", "alice")
            assert "for the car" in run.text("memo", "read", note["id"]), "a note for oneself"

        plain = run("transfer", "EEURO", "bob", "1", "--from", "alice")
        assert run.refused("memo", "read", plain["id"]) == "no_memo"
        elsewhere = run("transfer", "EEURO", "bob", "1", "--memo", "rent.txt", "--from", "alice")
        for name in ("alice", "bob"):
            (home.path / "keys" / f"{name}.json").rename(tmp_path / f"{name}.json")
        assert run.refused("memo", "read", elsewhere["id"]) == "memo_not_yours"
        listed = run("memo", "list", row["reader"])["memos"]
        assert {each["memo"] for each in listed} == {"(sealed for a key that is not here)"}
        (tmp_path / "bob.json").rename(home.path / "keys" / "bob.json")
        assert "You take no memos any more." in run.text("memo", "unpublish", "--from", "bob")
        assert "It takes no memos." in run.text("memo", "key", "bob")
        assert RENT in run.text("memo", "list", "bob"), "old ones stay readable"

    beside_node(home, capsys, lived)


def test_keys_for_memos_are_shown_to_members() -> None:
    chain = MemoChain(longest=64)
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    at = CommittedState(chain.reader, height, view)
    found = read_memo_key(at, address("A"))
    assert (found.key, found.longest) == (memo_key_of("A").hex(), 64)
    assert read_memo_key(at, address("C")).key is None
    assert list(RIGHTS.values()) == [MEMBERS]
