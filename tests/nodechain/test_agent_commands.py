"""Agents on the command line, against a running node: the examples of `docs/agents.md`, in their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.chain import address
from harness.node import PASSWORD, HomeFixture
from ledger.agents.payloads import ActForOwner
from ledger.agents.terms import SweepTerms
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.protocol import context_at
from ledger.governance.payloads import AddVoter, CastVote
from market.types import Side
from nodechain.api.access import ReadMode, Visitors
from nodechain.api.agents import RIGHTS, read_agents, read_owners, read_references
from nodechain.api.http.rights import EXAMINED, STRANGER, Visitor, own
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState, reads_of
from nodechain.commands.sending.send import for_owner
from nodechain.errors import LoginNeeded, NotYours, UsageError
from nodechain.modules import REGISTRY
from tests.support.agent_chain import AgentChain, order
from tests.support.live_commands import LiveCommands, beside_node, console_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    """The development chain with the page's table."""
    dev = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    table = PAGE.split("```toml\n")[1].partition("```")[0]
    (tmp_path / "template.toml").write_text(f"{dev}\n{table}")
    (tmp_path / "password").write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"))


def test_the_agents_of_the_page(home: HomeFixture, capsys: pytest.CaptureFixture[str]) -> None:
    def lived(run: LiveCommands, node: Any) -> None:
        new_key, authorise, buying, too_much, showing = console_of(PAGE, 1)
        run(*new_key)
        assert "It may act for you until" in run.text(*authorise)
        assert "Placed an order to buy 4 ENT" in run.text(*buying)
        assert run.refused(*too_much) == "day_limit_reached"
        said = PAGE.split("```text\n")[1].partition("```")[0]
        assert said in run.text(*showing)
        assert run("agent", "show", "robot", "alice")["agent"]["types"] == ["place_order", "cancel_order"]
        assert [each["number"] for each in run("market", "orders", "--owner", "alice")["orders"]] == [1]
        assert "acted_for_owner" in run.text("statement", "alice")
        assert "acted_for_owner" in run.text("statement", "robot")
        assert run.refused("vote", "add-voter", "carol", "--for", "alice", "--from", "robot") == "not_delegable"
        assert run.refused("transfer", "EEURO", "bob", "1", "--for", "alice", "--from", "robot") == "type_not_granted"
        assert run.refused("market", "buy", "1", "0.2", "--for", "bob", "--from", "robot") == "not_an_agent"
        with node.app.store.snapshot() as snapshot:
            figures = figures_of(reads_of(node, snapshot, 0), frozenset({"agents"}))
            assert [(name, value) for name, _kind, _text, value in figures] == [("agents_authorised", 1)]
        assert run("agent", "owners", "robot")["agents"] == run("agent", "list", "alice")["agents"]

        visitors = Visitors(node, ReadMode.MEMBERS)
        robot = home.address("robot")
        assert visitors.is_known(robot), "it may sign in, to read what is its own"
        assert not visitors.of(robot).is_member
        listing, revoking, cancelling = console_of(PAGE, 2)
        assert "robot" in run.text(*listing)
        assert "robot acts for you no more." in run.text(*revoking)
        assert run.refused(*buying) == "not_an_agent"
        assert run.refused("agent", "show", "robot", "alice") == "unknown_agent"
        assert "Nobody acts for this account." in run.text(*listing)
        assert not visitors.is_known(robot)
        run(*cancelling)

        run("unit", "produced", "alice", "50 kWh", "--from", "battery")
        for line in console_of(PAGE, 3):
            assert run(*line)
        paid = [each for movement in run("statement", "carol")["movements"] for each in movement["events"]]
        (commission,) = [each for each in paid if each["kind"] == "agent_paid"]
        assert commission["amount"]["tokens"] == "0.012"

        authorise, sweeping, references = console_of(PAGE, 4)
        run(*authorise)
        assert "Asked the banker to pay out 980, with the reference Kd-Nr 4711." in run.text(*sweeping)
        assert run.refused(*sweeping) == "swept_today"
        assert "Kd-Nr 4711" in run.text(*references)
        assert "done today" in run.text("agent", "show", "carol", "dave")
        assert run.refused("agent", "authorise", "bob", "--price", "1", "up", "2", "--from", "dave") == "bad_usage"
        twice = ("--per-day", "1", "ENT", "--per-day", "2", "ENT", "--from", "dave")
        assert run.refused("agent", "authorise", "bob", *twice) == "said_twice"

    beside_node(home, capsys, lived)


def test_what_is_sent_for_an_owner_is_wrapped_and_nothing_else_is_sent() -> None:
    chain = AgentChain()
    payload = order(Side.BUY, 1000, 10**6)
    assert for_owner(address("A"), payload) == chain.wrapped(payload)
    for other in (CastVote(AddVoter(address("B")), True), ActForOwner(address("A"), 216, b"")):
        with pytest.raises(UsageError) as refused:
            for_owner(address("A"), other)
        assert refused.value.code == "not_delegable"


def test_an_authorisation_is_read_by_owner_and_agent_and_references_by_the_banker_too() -> None:
    chain = AgentChain()
    assert chain.authorise(sweeps=(SweepTerms(CURRENCY_ASSET, 0, "ref 1"),)).applied
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    at = CommittedState(chain.reader, height, view)

    def visitor(name: str) -> Visitor:
        return Visitor(address(name), frozenset({address(name)}), is_member=True, is_banker=name == "bank")

    (shown,) = read_agents(at, address("A"), None, 10).agents
    assert read_owners(at, address("R"), None, 10).agents == [shown]
    assert [bound.side for bound in shown.prices] == ["buy", "sell"]
    assert not shown.over
    for name in ("A", "bank"):
        assert [each.reference for each in read_references(at, visitor(name), address("A")).references] == ["ref 1"]
    for name in ("B", "R"):
        with pytest.raises(NotYours):
            read_references(at, visitor(name), address("A"))
    with pytest.raises(LoginNeeded):
        read_references(at, STRANGER, address("A"))
    assert list(RIGHTS.values()) == [own("address"), own("address"), EXAMINED]
