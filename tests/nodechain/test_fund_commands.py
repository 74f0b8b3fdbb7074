"""The fund on the command line, against a running node: the examples of `docs/fund.md`, in their order."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.chain import ENT, address
from harness.node import PASSWORD, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.bank.schema import BALANCES
from ledger.chain.protocol import context_at
from ledger.errors import InvalidInput
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.genesis import FUND_SECTION
from ledger.fund.payloads import SponsorAdmission
from ledger.keys.address import format_address
from nodechain.api.access import require_entry
from nodechain.api.fund import RIGHTS, read_fund, read_fund_spends, read_sponsorships
from nodechain.api.http.rights import MEMBERS, STRANGER, Visitor, own
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState, reads_of
from nodechain.commands.terminal.section_file import read_section
from nodechain.errors import LoginNeeded, NotYours
from nodechain.modules import REGISTRY
from tests.support.fund_chain import FundChain
from tests.support.live_commands import LiveCommands, beside_node, console_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "fund.md").read_text(encoding="utf-8")
TABLE = PAGE.split("```toml\n")[1].partition("```")[0]


def home_with(folder: Path, table: str) -> HomeFixture:
    dev = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    (folder / "template.toml").write_text(f"{dev}\n{table}")
    return HomeFixture(folder / "home", str(folder / "template.toml"))


def held(run: LiveCommands, name: str) -> Decimal:
    """What an account may spend of the currency."""
    found = next(each for each in run("balance", name)["balances"] if each["asset"] == "EEURO")
    return Decimal(found["available"]["tokens"])


def test_the_page_as_it_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))

    def lived(run: LiveCommands, node: Any) -> None:
        giving, showing = console_of(PAGE, 1)
        assert "has nothing yet" in run.text(*showing)
        assert "Gave 100 eEuro to the fund." in run.text(*giving)
        assert PAGE.split("```text\n")[1].partition("```")[0] in run.text(*showing)
        book = next(each for each in run(*showing)["books"] if each["asset"] == "EEURO")
        assert (book["available"]["tokens"], book["gifts"]["tokens"]) == ("100", "100")

        *budget, listing, first, second, spends, third = console_of(PAGE, 2)
        for line in budget:
            assert "Voted yes" in run.text(*line)
        assert "60 eEuro" in run.text(*listing)
        assert "It passed." not in run.text(*first)
        assert "It passed." in run.text(*second)
        assert "invoice 2026-117" in run.text(*spends)
        (paid,) = run(*spends)["spends"]
        assert (paid["vote"], paid["amount"]["tokens"], int(held(run, "dave"))) == (2, "40", 1040)
        assert run.refused(*third) == "over_fund_budget"
        assert run.refused(*second) == "reference_used"
        assert "the fund" in run.text("fund", "statement")
        assert run("fund", "statement")["address"] == format_address(FUND_ACCOUNT)

        agreeing, agreed, *votes, showing = console_of(PAGE, 3)
        assert "up to 10 eEuro" in run.text(*agreeing)
        assert run(*agreed)["sponsorships"][0]["most"]["tokens"] == "10"
        for line in votes:
            run(*line)
        # The operator is a member by its role already and is admitted none the less: it is a newcomer.
        book = next(each for each in run(*showing)["books"] if each["asset"] == "EEURO")
        assert [book[name]["tokens"] for name in ("admissions", "rewards", "grants", "spent")] == ["10", "2", "3", "40"]
        assert [int(held(run, name)) for name in ("dave", "carol", "operator")] == [1030, 902, 3]
        assert "agreed to pay for nobody" in run.text(*agreed)

        run("vote", "fee-split", "--fund", "100%", "--from", "alice")
        assert "fund 100%" in run.text("vote", "list")
        assert run.refused("vote", "fee-split", "--fund", "80%", "--committee", "30%", "--from", "alice") == "bad_share"
        assert run.refused("vote", "commission", "11%", "--from", "alice") == "bad_share"
        assert run.refused("vote", "mint", "carol", "1", "--reference", "x", "--from", "alice") == "voters_do_not_issue"
        run("vote", "newcomer-terms", "--admission-fee", "1", "--from", "alice")
        assert "admission cost 1 eEuro" in run.text("vote", "list")
        with node.app.store.snapshot() as snapshot:
            figures = figures_of(reads_of(node, snapshot, 0), frozenset({"fund"}))
            found = {name: value for name, _kind, _text, value in figures}
        assert (found["fund_held"], found["fund_spent_total"], found["fund_payments_total"]) == (65, 40, 1)
        assert (found["fund_admissions_total"], found["fund_rewards_total"]) == (10, 5)

    beside_node(home_with(tmp_path, TABLE), capsys, lived)


def test_currency_by_vote(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))

    def lived(run: LiveCommands, _node: Any) -> None:
        for line in console_of(PAGE, 4):
            run(*line)
        assert held(run, "carol") == 1021
        assert "by vote" in run.text("fund", "show")

    beside_node(home_with(tmp_path, "[fund]\nvoters_issue = true\n"), capsys, lived)


def test_the_section_of_a_vote_says_the_same_as_the_table(tmp_path: Path) -> None:
    (tmp_path / "fund.toml").write_text(PAGE.split("```ini\n")[1].partition("```")[0])
    voted = FUND_SECTION.codec.decode(read_section(FUND_SECTION, tmp_path / "fund.toml", str.encode))
    assert voted == FUND_SECTION.of(home_with(tmp_path, TABLE).genesis)


@pytest.mark.parametrize("table", ['fees_to_fund = "101%"', 'commission = "11%"', 'commission = "0.00000001"'])
def test_a_table_that_cannot_be_is_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises((InvalidInput, Exception), match=r"10\^6|all of the fees|tenth|100"):
        home_with(tmp_path, f"[fund]\n{table}\n")


def test_every_member_reads_the_fund_and_only_a_sponsor_for_whom_it_pays() -> None:
    chain = FundChain()
    assert chain.try_("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, ENT)).applied
    assert chain.decide(chain.spend(1)).applied
    assert chain.try_("D", SponsorAdmission(address("X"), CURRENCY_ASSET, 5)).applied
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    at = CommittedState(chain.reader, height, view)
    assert read_fund(at).books[CURRENCY_ASSET - 1].available.base == ENT - 1
    assert [spend.vote for spend in read_fund_spends(at, None, 10).spends] == [1]
    assert read_sponsorships(at, address("D"), None, 10).sponsorships[0].candidate == format_address(address("X"))
    assert {
        "/v1/fund": MEMBERS, "/v1/fund/spends": MEMBERS, "/v1/fund/sponsors/{address}": own("address"),
    } == RIGHTS  # fmt: skip
    member = Visitor(address("A"), frozenset({address("A")}), is_member=True)
    entry = BALANCES.full_key(FUND_ACCOUNT + bytes((CURRENCY_ASSET,)))
    require_entry(member, entry)
    with pytest.raises(LoginNeeded):
        require_entry(STRANGER, entry)
    with pytest.raises(NotYours):
        require_entry(member, BALANCES.full_key(address("B") + bytes((CURRENCY_ASSET,))))
