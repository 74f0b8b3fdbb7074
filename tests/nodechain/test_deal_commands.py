"""Deals and swaps on the command line, against a running node: the examples of `docs/deals.md`, in their order."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.chain import address
from harness.node import PASSWORD, HomeFixture
from ledger.chain.protocol import context_at
from nodechain.api.deals import RIGHTS, read_deal, read_swap, read_swaps
from nodechain.api.http.rights import EXAMINED, STRANGER, Visitor, own
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState, reads_of
from nodechain.errors import LoginNeeded, NotFound
from nodechain.modules import REGISTRY
from tests.support.deal_chain import DealChain
from tests.support.live_commands import LiveCommands, beside_node, console_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "deals.md").read_text(encoding="utf-8")
ASSETS = """
[[assets]]
name = "ENT"
decimals = 9
supply = "meters"

[[assets]]
name = "EEURO"
symbol = "eEuro"
code = "EUR"
decimals = 9

[[assets]]
name = "CHF"
code = "CHF"
decimals = 9

"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    """The development chain with the page's table and a third asset; the page's files lie where the test stands."""
    dev = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    table = PAGE.split("```toml\n")[1].partition("```")[0]
    (tmp_path / "template.toml").write_text(dev.replace("[[validators]]", f"{ASSETS}[[validators]]", 1) + f"\n{table}")
    (tmp_path / "password").write_text(PASSWORD)
    for name in ("agreement.txt", "note.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"))


def held(run: LiveCommands, name: str, asset: str = "EEURO") -> Decimal:
    """What an account may spend of an asset."""
    found = next(each for each in run("balance", name)["balances"] if each["asset"] == asset)
    return Decimal(found["available"]["tokens"])


def test_the_deals_of_the_page(home: HomeFixture, capsys: pytest.CaptureFixture[str]) -> None:
    def lived(run: LiveCommands, node: Any) -> None:
        opening, listing, showing, release = console_of(PAGE, 1)
        assert "Opened deal 1; you have it back at" in run.text(*opening)
        (found,) = run(*listing)["deals"]
        assert found["terms_hash"] == hashlib.sha256(b"agreement.txt").hexdigest()
        assert "seller" in run.text(*listing)
        said = PAGE.split("```text\n")[1].partition("```")[0]
        assert said in run.text(*showing)
        with node.app.store.snapshot() as snapshot:
            figures = figures_of(reads_of(node, snapshot, 0), frozenset({"deals"}))
            assert {name: value for name, _kind, _text, value in figures} == {
                "deals_open": 1, "deals_disputed": 0, "swaps_open": 0,
            }  # fmt: skip
        assert "The seller has what deal 1 held." in run.text(*release)
        assert [held(run, name) for name in ("alice", "bob", "carol")] == [950, 1050, 1000]
        assert run.refused(*showing) == "unknown_deal"
        assert run("deal", "list", "bob")["deals"] == []
        assert any("deal" in line for line in run.text("statement", "bob").splitlines())

        opening, disputing, ruling = console_of(PAGE, 2)
        run(*opening)
        assert run.refused("deal", "cancel", "2", "--from", "alice") == "not_in_deal"
        assert "its arbiter rules within 14 days" in run.text(*disputing)
        shown = run.text("deal", "show", "2")
        assert "disputed by:" in shown
        assert hashlib.sha256(b"note.txt").hexdigest() in shown
        assert "no document" in shown
        assert run.refused("deal", "rule", "2", "49", "--from", "carol") == "ruling_too_high"
        assert "30 eEuro to the seller, the rest to the buyer" in run.text(*ruling)
        assert [held(run, name) for name in ("alice", "bob", "carol")] == [918, 1080, 1002]
        run("deal", "open", "bob", "1", "--arbiter", "carol", "--asset", "CHF", "--from", "alice", "--sign-only", "x")
        assert run.refused("deal", "open", "bob", "1", "--arbiter", "bob", "--from", "alice") == "bad_deal"
        assert run.refused(
            "deal", "open", "bob", "9", "--arbiter", "carol", "--arbiter-fee", "1", "--from", "alice"
        ) == ("arbiter_fee_too_high")

    beside_node(home, capsys, lived)


def test_the_swaps_of_the_page(home: HomeFixture, capsys: pytest.CaptureFixture[str]) -> None:
    def lived(run: LiveCommands, _node: Any) -> None:
        run("bank", "mint", "bob", "100", "--asset", "CHF", "--from", "bank")
        offer, listing, taking, cancelling, to_bob, take_all = console_of(PAGE, 3)
        assert "Offered swap 1 until" in run.text(*offer)
        (found,) = run(*listing)["swaps"]
        assert (found["lot"]["base"], found["lot_price"]["base"]) == (3, 2)
        assert "everybody" in run.text(*listing)
        assert run.refused("swap", "take", "1", "0.000000001", "--from", "bob") == "swap_not_exact"
        assert "Took 15 eEuro of swap 1." in run.text(*taking)
        assert [held(run, "bob"), held(run, "bob", "CHF"), held(run, "alice", "CHF")] == [1015, 90, 10]
        run(*cancelling)
        assert held(run, "alice") == 985
        run(*to_bob)
        assert run.refused("swap", "take", "2", "--from", "carol") == "not_your_swap"
        assert [each["number"] for each in run("swap", "list", "bob")["swaps"]] == [2]
        assert "Took 3 eEuro of swap 2." in run.text(*take_all)
        assert [held(run, "bob"), held(run, "bob", "CHF")] == [1018, 88]
        assert "No swap is open." in run.text(*listing)

    beside_node(home, capsys, lived)


def test_deals_are_read_by_who_is_in_them_and_named_swaps_too() -> None:
    chain = DealChain()
    assert chain.open().applied
    assert chain.offer().applied
    assert chain.offer(taker=address("C")).applied
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    at = CommittedState(chain.reader, height, view)

    def visitor(name: str) -> Visitor:
        return Visitor(address(name), frozenset({address(name)}), is_member=True)

    for name in "BCD":
        assert read_deal(at, visitor(name), 1).deal.number == 1
    for number in (1, 2):
        with pytest.raises(NotFound) as refused:
            read_deal(at, visitor("A"), number)
        assert (refused.value.code, str(number) in refused.value.detail) == ("unknown_deal", True)
    for number in (1, 2):
        with pytest.raises(LoginNeeded):
            read_deal(at, STRANGER, number)
    for name, seen in (("A", [1]), ("B", [1, 2]), ("C", [1, 2]), ("D", [1])):
        assert [swap.number for swap in read_swaps(at, visitor(name), None, 10).swaps] == seen
        if 2 not in seen:
            with pytest.raises(NotFound) as refused:
                read_swap(at, visitor(name), 2)
            assert refused.value.code == "unknown_swap"
    with pytest.raises(LoginNeeded):
        read_swaps(at, STRANGER, None, 10)
    assert {path for path, right in RIGHTS.items() if right == own("address")} == {
        "/v1/deals/accounts/{address}", "/v1/swaps/accounts/{address}", "/v1/swaps/named/{address}",
    }  # fmt: skip
    assert set(RIGHTS.values()) == {EXAMINED, own("address")}
