"""Schemes by the month by API, on the command line, on bills and in monitoring; a scheme of the docs' page."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

import cli
from harness.chain import ENT, START_MS, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.errors import Refused
from ledger.sharing.allocation_rules import Credit
from ledger.sharing.completeness import unsettled_slots, waiting_slots
from ledger.sharing.credit_queries import settled_month
from ledger.sharing.payloads import SetScheme
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.proposal import previewed
from ledger.sharing.scheme_terms import Settlement, check_terms
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EVERYTHING_READER, Visitor
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState
from nodechain.api.sharing import read_scheme
from nodechain.api.sharing_months import RIGHTS, month_number, read_claims, read_credits, read_month, read_months
from nodechain.billing.canonical import canonical_json, read_canonical
from nodechain.billing.csv_form import csv_form
from nodechain.billing.document import Bill, BillTerms, Period, TaxRule
from nodechain.billing.making import NOTHING_BEFORE, Heading, make_bill
from nodechain.billing.receipts import PlacedReceipt
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.client.answers.sharing_months import MonthShareRow
from nodechain.commands.sharing_months import check_month_row, month_replayed
from nodechain.commands.terminal.errors import run
from nodechain.errors import BadAnswer, NotFound, UsageError
from nodechain.home.community_table import CommunityTable, keep_community, usual_terms
from nodechain.home.scheme_file import read_scheme_file
from nodechain.modules import REGISTRY
from tests.support.answers import sample, status_of
from tests.support.credit_chain import STREET, CreditChain, monthly
from tests.support.fake_node import fake_node
from tests.support.sharing_chain import KWH, SharingChain

TERMS = BillTerms("A community", "private", "en", True, 14, (TaxRule("*", "*", "E", 0, "exempt"),), ())
MARKET = MidMarket(3 * ENT // 10, ENT // 10)
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def chain() -> CreditChain:
    """B has three quarters of the plant, C one: 80, 20 and 0 kWh a month; claims live for two months."""
    found = CreditChain()
    found.begin(monthly(STREET, prices=MARKET, settlement=Settlement.PERIOD, fee=ENT // 100, fee_account=address("A")))
    for month, (b, c, d) in enumerate(((30, 10, 80), (10, 50, 20), (5, 0, 0))):
        found.bring(month, {1: b * KWH, 2: c * KWH, 3: d * KWH})
    return found


def at(chain: SharingChain) -> CommittedState:
    height = chain.blocks[-1].header.height
    return CommittedState(
        chain.reader, height, context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    )


def shown(answer: ApiModel) -> Any:
    return json.loads(answer.model_dump_json())


def test_months_and_claims_are_shown_and_every_row_is_proven(chain: CreditChain) -> None:
    months = shown(read_months(at(chain), 1, None, 10))
    assert [(each["month"], each["run"], each["final"]) for each in months["months"]] == [
        ("2023-12", 1, True), ("2024-01", 1, False), ("2024-02", 1, False),
    ]  # fmt: skip
    assert months["next_month"] == "2024-03"
    for each in months["months"]:
        delivered = each["delivered_mwh"] + each["carried_mwh"]
        assert delivered == each["shared_mwh"] + each["claims_mwh"] + each["expired_mwh"] - each["late_mwh"]
    view = read_month(at(chain), 1, month_number("2024-02"))
    rows = shown(view)["rows"]
    for row in rows:
        check_month_row(shown(view)["month"], row)
    with pytest.raises(BadAnswer):
        check_month_row(shown(view)["month"], cast("MonthShareRow", {**rows[0], "row": rows[1]["row"]}))
    assert (rows[0]["expired_mwh"], rows[0]["expired_amount"]["tokens"]) == (15 * KWH, "1.5")
    claims = shown(read_claims(at(chain), 1, None, 10))
    assert [(each["point"], each["claims"]) for each in claims["points"]] == [
        (1, [{"until": "2024-03", "energy_mwh": 15 * KWH}])
    ]
    assert claims["open_mwh"] == 15 * KWH
    with pytest.raises(NotFound) as error:
        read_month(at(chain), 1, month_number("2024-03"))
    assert error.value.code == "month_not_settled"
    with pytest.raises(UsageError):
        month_number("2024-13")


def test_a_member_sees_its_own_rows_and_claims(chain: CreditChain) -> None:
    visitor = Visitor(address("C"), frozenset((address("C"),)), is_member=True)
    view, claims = read_month(at(chain), 1, month_number("2024-01")), read_claims(at(chain), 1, None, 10)
    rows = RIGHTS["/v1/sharing/schemes/{number}/months/{month}"].shown
    some = RIGHTS["/v1/sharing/schemes/{number}/claims"].shown
    assert rows is not None
    assert some is not None
    assert [row["point"] for row in shown(rows(visitor, view))["rows"]] == [2]
    assert shown(some(visitor, claims))["points"] == []
    assert rows(EVERYTHING_READER, view) == view
    found = shown(read_credits(at(chain), address("B")))
    assert found["claims"] == [
        {"scheme": 1, "point": 1, "claims": [{"until": "2024-03", "energy_mwh": 15 * KWH}], "owed_mwh": 0}
    ]
    mine = found["months"]
    assert [(each["month"], each["credited_mwh"], each["claims_mwh"], each["expired_mwh"]) for each in mine] == [
        ("2023-12", 60 * KWH, 30 * KWH, 0), ("2024-01", 15 * KWH, 5 * KWH, 0), ("2024-02", 0, -20 * KWH, 15 * KWH),
    ]  # fmt: skip


def told(chain: CreditChain, home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints of the chain's own answers."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f'genesis_hash = "{chain.genesis.hash.hex()}"\n')
    identity = (chain.genesis.chain_id, chain.genesis.hash.hex())
    answers = {
        "GET /v1/status": status_of(*identity),
        "GET /v1/genesis": sample(
            GenesisAnswer, chain_id=identity[0], hash=identity[1], genesis=encode(chain.genesis).hex()
        ),
        "GET /v1/sharing/schemes/1": shown(read_scheme(at(chain), 1)),
        "GET /v1/sharing/schemes/1/months": shown(read_months(at(chain), 1, None, 10)),
        "GET /v1/sharing/schemes/1/months/2024-02": shown(read_month(at(chain), 1, month_number("2024-02"))),
        "GET /v1/sharing/schemes/1/claims": shown(read_claims(at(chain), 1, None, 10)),
    }
    with fake_node(answers) as fake:
        assert run(cli.nodechain, ["sharing", *arguments, "--node", fake.url, "--home", str(home)]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_the_command_line_says_months_claims_and_why(
    chain: CreditChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    text = told(chain, home, capsys, "months")
    assert "2024-02 1 open 0 kWh 35 kWh 5 kWh 15 kWh 15 kWh 1" in text
    assert "2024-03 is settled next." in text
    assert "1 15 kWh 2024-03" in told(chain, home, capsys, "claims")
    why = told(chain, home, capsys, "why", "2024-02")
    page = (DOCS / "sharing.md").read_text(encoding="utf-8")
    said = next(block.partition("```")[0] for block in page.split("```text\n")[1:] if "2024-02" in block)
    assert " ".join(said.split()) in why


def test_a_replay_notices_another_input_row_or_sum(chain: CreditChain) -> None:
    month = month_number("2024-02")
    found = settled_month(chain.context(), 1, month)
    assert found is not None
    inputs, entry = [one.input for one in found.entries], found.month
    assert "3 rows computed anew" in month_replayed(found.version, found.members, month, entry, inputs)
    other = [replace(inputs[0], energy_mwh=1), *inputs[1:]]
    wrong = [(entry, other), (replace(entry, rows_root=bytes(32)), inputs), (entry, inputs[1:])]
    wrong.append((replace(entry, sums=replace(entry.sums, shared_mwh=1)), inputs))
    for posted, used in wrong:
        with pytest.raises(BadAnswer):
            month_replayed(found.version, found.members, month, posted, used)


def bill_of(chain: CreditChain, name: str) -> Bill:
    receipts = [
        PlacedReceipt(block.header.height, index, block.header.time_ms, receipt)
        for block in chain.blocks
        for index, receipt in enumerate(block.executed.receipts)
    ]
    period = Period(START_MS, chain.time_ms + 1, "UTC", "2023-11-14", "2024-03-01")
    heading = Heading(7, "EG/7", 0, address(name), period, "2024-03-02")
    made = make_bill(chain.genesis, heading, NOTHING_BEFORE, TERMS, receipts)
    assert read_canonical(canonical_json(made), Bill) == made
    return made


def test_bills_show_each_month_with_claims_before_and_after_and_what_expired(chain: CreditChain) -> None:
    bills = {name: bill_of(chain, name) for name in "ABCD"}
    lines = [
        (
            line.month, line.by_period, int(line.carried_mwh) // KWH, int(line.credited_mwh) // KWH,
            int(line.bought_mwh) // KWH, int(line.claims_mwh) // KWH, int(line.expired_mwh) // KWH, line.expired_cost,
        )
        for line in bills["B"].shared
    ]  # fmt: skip
    assert lines == [
        ("2023-12", True, 0, 60, 30, 30, 0, "0"),
        ("2024-01", True, 30, 15, 10, 5, 0, "0"),
        ("2024-02", True, 35, 0, 5, -20, 15, str(3 * ENT // 2)),
    ]
    # 45 kWh at 0.2 and a fee of 0.01, and 15 at feed-in.
    assert bills["B"].due_cents == 945 + 150
    assert bills["D"].payout_cents == 70 * 20 + 150
    assert (bills["A"].payout_cents, bills["C"].due_cents) == (70, 25 * 21)
    assert "carried,scheme 1 2024-02,35" in csv_form(bills["B"]).decode()


def test_slots_of_a_month_wait_until_it_is_settled_and_claims_are_monitored(chain: CreditChain) -> None:
    context = chain.context()
    first = chain.slots(2).start
    end = chain.clock.slot_of(chain.time_ms)
    assert [found.first_slot for found in unsettled_slots(context, first, end)] in ([], [chain.slots(3).start])
    assert waiting_slots(context).count == 0
    found = {name: value for name, _kind, _meaning, value in figures_of(at(chain), frozenset({"sharing"}))}
    assert found["sharing_claims_kwh"] == 15
    late = CreditChain()
    late.begin(monthly(STREET))
    late.month_over(0)
    assert waiting_slots(late.context()).count == len(late.slots(0))
    waiting = list(unsettled_slots(late.context(), late.slots(0).start, late.slots(0).stop))
    assert sum(found.count for found in waiting) == len(late.slots(0))
    assert {found.cut_off_ms for found in waiting} == {
        late.clock.start_ms(late.slots(0).stop) + monthly(STREET).cut_off_ms
    }


def test_a_preview_of_slots_is_refused_for_a_scheme_by_the_month(chain: CreditChain) -> None:
    action = SetScheme(1, chain.slots(5).start, monthly(STREET, prices=MARKET))
    with pytest.raises(Refused) as error:
        previewed(chain.context(), action, None, chain.slots(2).start, chain.slots(2).start + 4)
    assert error.value.code == "settled_by_month"


def test_the_scheme_by_the_month_of_the_page_is_one(tmp_path: Path) -> None:
    page = (DOCS / "sharing.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    file = tmp_path / "farm.toml"
    file.write_text(next(block for block in blocks if 'rule = "credit"' in block))
    found = read_scheme_file(file, CURRENCY_ASSET, 9, address)
    check_terms(found)
    assert found.rule.method == Credit((), 12)
    template = tomllib.loads((DOCS.parent / "genesis" / "us-vnm.toml").read_text(encoding="utf-8"))
    keep_community(tmp_path, CommunityTable(**template["community"]))
    file.write_text('name = "farm"\npoints = [{point = 1, keys = [7]}, {point = 3}]\n')
    usual = read_scheme_file(file, CURRENCY_ASSET, 9, address, usual_terms(tmp_path))
    check_terms(usual)
    assert (usual.rule.method, usual.cut_off_ms) == (Credit((), 12), 10 * 86_400_000)
    file.write_text('name = "farm"\nrule = "credit"\nlifetime = 37\npoints = []\n')
    with pytest.raises(UsageError) as error:
        read_scheme_file(file, CURRENCY_ASSET, 9, address)
    assert error.value.code == "bad_scheme_file"
