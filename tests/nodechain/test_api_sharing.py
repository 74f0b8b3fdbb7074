"""What the interface and the command line say of sharing: of a chain that has settled a slot, in numbers and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

import cli
from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.keys.address import format_address
from ledger.sharing.allocation_rules import AllocationRule, Delivery, Dynamic, Pairs, PairShare, Static
from ledger.sharing.hours import Together
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.queries import settled_run
from ledger.sharing.scheme_terms import Participant, Settlement, SourceOrder, check_terms
from ledger.slots.schema import ValueSource
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EVERYTHING_READER, Visitor
from nodechain.api.reading import CommittedState
from nodechain.api.sharing import read_account, read_scheme, read_schemes
from nodechain.api.sharing_days import read_account_slots, read_sums, read_terms
from nodechain.api.sharing_slots import RIGHTS, read_runs, read_slot
from nodechain.api.sharing_sources import read_differences
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.client.answers.sharing_slots import SettledSlotView
from nodechain.commands.sharing_months import kwh
from nodechain.commands.sharing_schemes import replayed, together_of
from nodechain.commands.sharing_why import check_row
from nodechain.commands.terminal.errors import run
from nodechain.errors import BadAnswer, NotFound, UsageError
from nodechain.home.community_table import CommunityTable, keep_community, usual_terms
from nodechain.home.scheme_file import read_scheme_file
from nodechain.modules import REGISTRY
from tests.support.answers import sample, status_of
from tests.support.fake_node import fake_node
from tests.support.sharing_chain import FIRST_SLOT, KWH, SharingChain, participants, terms

MEMBERS = participants(p1=(1,), p2=(1,), p3=())
SLOT_PATH = "/v1/sharing/schemes/{number}/slots/{slot}"


@pytest.fixture(scope="module")
def chain() -> SharingChain:
    """B took 2 kWh, C 1, D injected 6; the operator says 1.9 of B; C cannot pay."""
    found = SharingChain()
    found.open(terms(MEMBERS, fee=ENT // 100, fee_account=address("A")))
    found.until(FIRST_SLOT)
    found.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 6 * KWH})
    found.values(FIRST_SLOT, {1: 2 * KWH - 100_000}, source=ValueSource.OPERATOR)
    return found


def at(chain: SharingChain) -> CommittedState:
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    return CommittedState(chain.reader, height, view)


def shown(answer: ApiModel) -> Any:
    return json.loads(answer.model_dump_json())


def test_schemes_and_their_versions_are_shown_with_prices_in_tokens(chain: SharingChain) -> None:
    listed = shown(read_schemes(at(chain)))["schemes"]
    assert [(each["scheme"], each["version"], each["points"]) for each in listed] == [(1, 1, 3)]
    assert listed[0]["terms"]["prices"]["price"]["tokens"] == "0.1"
    assert listed[0]["terms"]["rule"]["method"]["kind"] == "dynamic"
    assert shown(read_scheme(at(chain), 1))["versions"] == listed
    with pytest.raises(NotFound):
        read_scheme(at(chain), 2)


def test_a_settled_slot_is_computed_anew_and_a_member_sees_and_proves_its_own_rows(chain: SharingChain) -> None:
    answer = read_slot(at(chain), 1, FIRST_SLOT)
    whole = shown(answer)
    assert (whole["shared_mwh"], whole["paid"]["tokens"], whole["fees"]["tokens"]) == (3 * KWH, "0.3", "0.03")
    assert [row["amount"]["tokens"] for row in whole["rows"]] == ["0.2", "0.1", "0.3"]
    narrow = RIGHTS[SLOT_PATH].shown
    assert narrow is not None
    mine = narrow(Visitor(address("B"), frozenset((address("B"),)), is_member=True), answer)
    assert [row.point for row in mine.rows] == [1]
    assert narrow(EVERYTHING_READER, answer) == answer
    check_row(whole["run"], whole["rows"][0])
    with pytest.raises(BadAnswer):
        check_row(whole["run"], whole["rows"][0] | {"row": whole["rows"][1]["row"]})
    with pytest.raises(NotFound):
        read_slot(at(chain), 1, FIRST_SLOT + 1)


def test_runs_come_in_pages_of_the_slots_that_are_asked_for(chain: SharingChain) -> None:
    assert [each["slot"] for each in shown(read_runs(at(chain), 1, 0, 2**62, None, 10))["runs"]] == [FIRST_SLOT]
    assert shown(read_runs(at(chain), 1, FIRST_SLOT + 1, 2**62, None, 10))["runs"] == []
    assert shown(read_runs(at(chain), 1, FIRST_SLOT, FIRST_SLOT, None, 10))["runs"] == []


def test_an_account_sees_its_months_and_differences_between_the_sources(chain: SharingChain) -> None:
    months = shown(read_account(at(chain), address("B")))["months"]
    assert [(each["bought_mwh"], each["cost"]["tokens"], each["fee"]["tokens"]) for each in months] == [
        (2 * KWH, "0.2", "0.02")
    ]
    found = shown(read_differences(at(chain), 1, FIRST_SLOT, 4))["differences"]
    assert [(each["point"], each["own_mwh"], each["operator_mwh"]) for each in found] == [(1, 2 * KWH, 1_900_000)]


def test_a_day_is_told_by_slots_for_an_account_and_for_a_scheme(chain: SharingChain) -> None:
    span = range(FIRST_SLOT - 2, FIRST_SLOT + 2)
    (slot,) = shown(read_account_slots(at(chain), address("B"), span))["slots"]
    assert (slot["scheme"], slot["slot"], slot["final"]) == (1, FIRST_SLOT, False)
    (point,) = slot["points"]
    assert (point["energy_mwh"], point["shared_mwh"], point["amount"]["tokens"]) == (2 * KWH, 2 * KWH, "0.2")
    assert (point["direction"], point["state"], point["source"]) == ("offtake", "measured", "own")
    assert shown(read_account_slots(at(chain), address("A"), range(0)))["slots"] == []
    (sums,) = shown(read_sums(at(chain), 1, span))["slots"]
    assert (sums["injected_mwh"], sums["taken_mwh"], sums["shared_mwh"]) == (6 * KWH, 3 * KWH, 3 * KWH)
    assert (sums["paid"]["tokens"], sums["fees"]["tokens"]) == ("0.3", "0.03")
    with pytest.raises(NotFound):
        read_sums(at(chain), 2, span)
    assert shown(read_terms(at(chain)))["managers"] == [format_address(address("D"))]


def told(chain: SharingChain, home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints of the chain's own answers."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f'genesis_hash = "{chain.genesis.hash.hex()}"\n')
    identity = (chain.genesis.chain_id, chain.genesis.hash.hex())
    account = format_address(address("B"))
    answers = {
        "GET /v1/status": status_of(*identity),
        "GET /v1/genesis": sample(
            GenesisAnswer, chain_id=identity[0], hash=identity[1], genesis=encode(chain.genesis).hex()
        ),
        "GET /v1/sharing/schemes": shown(read_schemes(at(chain))),
        "GET /v1/sharing/schemes/1": shown(read_scheme(at(chain), 1)),
        **{
            f"GET /v1/sharing/schemes/1/slots/{slot}": shown(read_slot(at(chain), 1, slot))
            for slot in (FIRST_SLOT, FIRST_SLOT + 1)
            if chain.run(slot) is not None
        },
        f"GET /v1/sharing/accounts/{account}": shown(read_account(at(chain), address("B"))),
        "GET /v1/sharing/schemes/1/differences": shown(read_differences(at(chain), 1, FIRST_SLOT, 4)),
    }
    with fake_node(answers) as fake:
        assert run(cli.nodechain, ["sharing", *arguments, "--node", fake.url, "--home", str(home)]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_why_says_values_rule_and_arithmetic(
    chain: SharingChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(chain, tmp_path / "home", capsys, "why", str(FIRST_SLOT))
    assert "run 1 under version 1, provisional until its cut-off" in text
    assert "Injected 6 kWh, taken 3 kWh; by the rule 'dynamic' 3 kWh were shared, for 0.3 eEuro" in text
    assert "Point 1 took 2 kWh (measured, source own, key 1), of 3 kWh in all" in text
    assert "its part of what was shared is 2 kWh, 0 kWh came from the grid. For that it pays 0.2 eEuro and 0.02" in text
    assert "3 kWh went to the grid. For that it receives 0.3 eEuro" in text


def test_schemes_shares_and_differences_are_tables(
    chain: SharingChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert "1 street 3 dynamic slot own" in told(chain, home, capsys, "schemes")
    assert "version: 1, from slot" in told(chain, home, capsys, "scheme", "1")
    assert "2023-11 1 2 kWh 0 kWh 0.2 0.02 0" in told(chain, home, capsys, "share", format_address(address("B")))
    assert "2 kWh 1.9 kWh -0.1 kWh" in told(chain, home, capsys, "differences", str(FIRST_SLOT))


ONE = Together(range(FIRST_SLOT, FIRST_SLOT + 1), FIRST_SLOT)


def test_an_hour_is_told_proven_and_computed_anew_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = SharingChain()
    made.open(terms(MEMBERS, rule=AllocationRule(Dynamic(), hourly=True)))
    made.until(FIRST_SLOT + 3)
    for slot, (one, two, plant) in enumerate(((0, 0, 4), (1, 0, 0), (1, 1, 0), (0, 0, 0))):
        made.values(FIRST_SLOT + slot, {1: one * KWH, 2: two * KWH, 3: plant * KWH})
    view = shown(read_slot(at(made), 1, FIRST_SLOT + 1))
    assert view["hour"] == {
        "first_slot": FIRST_SLOT, "slots": 4, "injected_mwh": 4 * KWH, "taken_mwh": 3 * KWH, "shared_mwh": 3 * KWH,
    }  # fmt: skip
    assert [(row["shared_mwh"], row["hour_counted_mwh"], row["hour_shared_mwh"]) for row in view["rows"]] == [
        (KWH, 2 * KWH, 2 * KWH), (0, KWH, KWH), (0, 4 * KWH, 3 * KWH),
    ]  # fmt: skip
    for row in view["rows"]:
        check_row(view["run"], row)
    text = told(made, tmp_path / "home", capsys, "why", str(FIRST_SLOT + 1))
    assert (
        f"The rule works by the hour: in the 4 slots from {FIRST_SLOT} on 4 kWh were injected and 3 kWh taken" in text
    )
    assert (
        "of the hour's 2 kWh its part of what was shared is 2 kWh, in this slot 1 kWh, 0 kWh came from the grid" in text
    )
    runs = [settled_run(made.context(), 1, FIRST_SLOT + slot) for slot in range(4)]
    found = [run for run in runs if run is not None]
    entries, inputs, members = [run.entry for run in found], [run.inputs for run in found], found[0].members
    hour = together_of(view, 900_000)
    assert hour == Together(range(FIRST_SLOT, FIRST_SLOT + 4), FIRST_SLOT // 4)
    assert "12 rows computed anew" in replayed(found[0].version, members, hour, entries, inputs)
    alone = Together(range(FIRST_SLOT + 1, FIRST_SLOT + 2), FIRST_SLOT + 1)
    for posted, used, slots in (
        ([*entries[:3], replace(entries[3], rows_root=bytes(32))], inputs, hour),
        (entries, [*inputs[:3], inputs[0]], hour),
        (entries[1:2], inputs[1:2], alone),
    ):
        with pytest.raises(BadAnswer):
            replayed(found[0].version, members, slots, posted, used)


@pytest.mark.parametrize(("first", "slots", "slot_ms"), [(9, 4, 0), (9, 5, 900_000), (9, 0, 900_000), (11, 4, 900_000)])
def test_an_hour_that_is_none_is_no_answer(first: int, slots: int, slot_ms: int) -> None:
    hour = {"first_slot": first, "slots": slots}
    with pytest.raises(BadAnswer):
        together_of(cast("SettledSlotView", {"run": {"slot": 10}, "hour": hour}), slot_ms)


def test_a_replay_notices_another_input_or_row(chain: SharingChain) -> None:
    found = settled_run(chain.context(), 1, FIRST_SLOT)
    assert found is not None
    version, entry, inputs = found.version, found.entry, found.inputs
    assert "3 rows computed anew" in replayed(version, found.members, ONE, [entry], [inputs])
    other = (replace(inputs[0], part_mwh=1), *inputs[1:])
    sums = replace(entry.sums, paid=1)
    wrong = [(entry, other), (replace(entry, rows_root=bytes(32)), inputs), (replace(entry, sums=sums), inputs)]
    for posted, used in wrong:
        with pytest.raises(BadAnswer):
            replayed(version, found.members, ONE, [posted], [used])


def test_a_scheme_file_says_all_terms(tmp_path: Path) -> None:
    file = tmp_path / "scheme.toml"
    file.write_text(
        'name = "street"\nrule = "pairs"\ndelivery = "by-age"\nno_self_share = true\nfee = "0.01"\nfee_account = "A"\n'
        'sources = "own-then-operator"\nsettlement = "period"\ncut_off = "5d"\n'
        'price = {kind = "mid-market", retail = "0.3", feed_in = "0.08"}\n'
        'points = [{point = 3, share = "50%"}, {point = 1, keys = [7]}]\n'
        'pairs = [{producer = 3, consumer = 1, share = "25%"}]\n'
    )
    found = read_scheme_file(file, CURRENCY_ASSET, 9, address)
    assert found.participants == (Participant(1, (7,)), Participant(3, (), 500_000_000))
    assert found.rule == AllocationRule(Pairs((PairShare(3, 1, 250_000_000),)), Delivery.BY_AGE, True)
    assert (found.prices, found.fee_account, found.sources) == (
        MidMarket(300_000_000, 80_000_000), address("A"), SourceOrder.OWN_THEN_OPERATOR,
    )  # fmt: skip
    file.write_text('name = "street"\nrule = "static"\npoints = []\n')
    assert read_scheme_file(file, CURRENCY_ASSET, 9, address).rule.method == Static()


def test_a_file_need_not_repeat_what_the_template_of_the_home_says(tmp_path: Path) -> None:
    assert usual_terms(tmp_path) == {}
    table = CommunityTable(
        country="IT", language="it", rule="dynamic", delivery="by-age", sources="operator", cut_off="10d",
        texts={}, unverified=("all of it",),
    )  # fmt: skip
    keep_community(tmp_path, table)
    file = tmp_path / "scheme.toml"
    file.write_text('name = "cer"\nsettlement = "slot"\npoints = [{point = 1, keys = [7]}, {point = 3}]\n')
    found = read_scheme_file(file, CURRENCY_ASSET, 9, address, usual_terms(tmp_path))
    assert (found.rule, found.sources) == (AllocationRule(Dynamic(), Delivery.BY_AGE), SourceOrder.OPERATOR)
    assert (found.settlement, found.cut_off_ms) == (Settlement.SLOT, 10 * 86_400_000)
    with pytest.raises(UsageError) as error:
        read_scheme_file(file, CURRENCY_ASSET, 9, address)
    assert error.value.code == "bad_scheme_file"
    (tmp_path / "community.json").write_text('{"country": "Italy"}')
    with pytest.raises(UsageError) as error:
        usual_terms(tmp_path)
    assert error.value.code == "bad_community_file"


def test_the_scheme_of_the_page_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "sharing.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    file = tmp_path / "street.toml"
    file.write_text(next(block for block in blocks if "[[points]]" in block))
    found = read_scheme_file(file, CURRENCY_ASSET, 9, address)
    check_terms(found)
    assert [member.keys for member in found.participants] == [(3,), (1,), ()]


def test_the_answer_of_the_page_is_what_is_said(
    chain: SharingChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "sharing.md").read_text(encoding="utf-8")
    said = page.split("```text\n")[1].partition("```")[0]
    assert " ".join(said.split()) in told(chain, tmp_path / "home", capsys, "why", str(FIRST_SLOT))


@pytest.mark.parametrize(
    "text",
    ["name", 'name = "s"\nrule = "best"\npoints = []\n', 'name = "s"\nrule = "static"\npoints = []\nfee = "x"\n'],
)
def test_a_wrong_scheme_file_says_where(tmp_path: Path, text: str) -> None:
    file = tmp_path / "scheme.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        read_scheme_file(file, CURRENCY_ASSET, 9, address)
    assert error.value.code == "bad_scheme_file"


def test_energy_is_written_exactly() -> None:
    assert [kwh(1), kwh(1_500_000), kwh(-2_000_000), kwh(0)] == ["0.000001 kWh", "1.5 kWh", "-2 kWh", "0 kWh"]
