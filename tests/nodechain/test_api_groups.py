"""What the interface and the command line say of groups: of a chain with one, in numbers and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cli
from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.parameters import PARTS
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.groups.payloads import AdmitGroup, OpenGroup, PayFromGroup
from ledger.groups.queries import operated_accounts
from ledger.groups.terms import Division, OperatorRight, Rhythm, ShareTransfers
from ledger.keys.address import format_address
from nodechain.api.groups import (
    read_group,
    read_groups,
    read_member_groups,
    read_members,
    read_preview,
)
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EVERYTHING_READER, STRANGER, Visitor
from nodechain.api.module_figures import figures_of
from nodechain.api.reading import CommittedState
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.commands.terminal.errors import run
from nodechain.errors import LoginNeeded, NotFound, UsageError
from nodechain.home.group_file import ReadGroup, read_group_file
from nodechain.modules import REGISTRY
from tests.support.answers import sample, status_of
from tests.support.fake_node import fake_node
from tests.support.group_chain import HALF, GroupChain, row
from tests.support.sharing_chain import FIRST_SLOT

NAMES = {"bert": "B", "carla": "C", "dora": "D"}
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "groups.md").read_text(encoding="utf-8")


def file_of_page(folder: Path) -> ReadGroup:
    blocks = [block.partition("```")[0] for block in PAGE.split("```toml\n")[1:]]
    file = folder / "roof.toml"
    file.write_text(next(block for block in blocks if "[[members]]" in block))
    return read_group_file(file, CURRENCY_ASSET, 9, lambda name: address(NAMES[name]))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> GroupChain:
    """The group of the page, with 3 of the currency of which 2 are its reserve; D has spent 1 of its limit."""
    found = GroupChain()
    made = file_of_page(tmp_path_factory.mktemp("page"))
    found.vote(AdmitGroup(OpenGroup(made.terms, FIRST_SLOT, made.rows)))
    found.pay_in("B", 4 * ENT)
    found.do("D", PayFromGroup(1, address("C"), CURRENCY_ASSET, ENT, 0, "fuse"))
    found.to_slot(FIRST_SLOT + 1)
    return found


def at(chain: GroupChain) -> CommittedState:
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    return CommittedState(chain.reader, height, view)


def shown(answer: ApiModel) -> Any:
    return json.loads(answer.model_dump_json())


def visitor(name: str) -> Visitor:
    return Visitor(address(name), frozenset((address(name),)), is_member=True)


def test_the_file_of_the_page_says_all_terms(tmp_path: Path) -> None:
    found = file_of_page(tmp_path)
    terms = found.terms
    assert (terms.operator, terms.rights) == (address("D"), tuple(OperatorRight))
    assert (terms.monthly_limit, terms.reserve) == (10 * ENT, 2 * ENT)
    assert (terms.division, terms.rhythm, terms.transfers) == (Division.SHARE, Rhythm.DEMAND, ShareTransfers.MEMBERS)
    assert [row.share for row in found.rows] == [HALF, 333_333_333]
    for wrong in ("", 'name = "x"\nrights = ["fly"]', 'name = "x"\nwait = 3'):
        (tmp_path / "wrong.toml").write_text(f'operator = "D"\n{wrong}')
        with pytest.raises(UsageError):
            read_group_file(tmp_path / "wrong.toml", CURRENCY_ASSET, 9, address)


def test_a_group_is_shown_with_what_it_has_and_what_its_operator_spent(chain: GroupChain) -> None:
    group = shown(read_group(at(chain), 1))["group"]
    assert [each["amount"]["tokens"] for each in group["balances"]] == ["3"]
    assert (group["spent"]["tokens"], group["members"], group["dividing"]) == ("1", 2, False)
    assert group["terms"]["reserve"]["tokens"] == "2"
    assert shown(read_groups(at(chain), None, 10))["groups"] == [group]
    with pytest.raises(NotFound):
        read_group(at(chain), 2)


def test_who_is_in_a_group_and_its_operator_see_all_shares_and_others_the_own_part(chain: GroupChain) -> None:
    def seen(who: Visitor) -> set[str]:
        return {each["account"] for each in shown(read_members(at(chain), who, 1, None, 10))["members"]}

    own, all_of_it = format_address(chain.account), {format_address(address(name)) for name in "BC"}
    assert seen(visitor("B")) == seen(visitor("D")) == seen(EVERYTHING_READER) == {own, *all_of_it}
    assert seen(visitor("A")) == {own}
    with pytest.raises(LoginNeeded):
        seen(STRANGER)


def test_a_member_sees_its_groups_and_what_it_would_get(chain: GroupChain) -> None:
    mine = shown(read_member_groups(at(chain), address("C")))["groups"]
    assert [(each["group"], each["changes"][0]["share"]) for each in mine] == [(1, 333_333_333)]
    assert shown(read_member_groups(at(chain), address("A")))["groups"] == []
    found = shown(read_preview(at(chain), 1, address("B"), 0))
    assert [each["amount"]["tokens"] for each in found["gets"]] == ["0.5"]
    assert (found["weight"], found["all_weights"]) == (HALF, PARTS)
    more = shown(read_preview(at(chain), 1, address("B"), 100 * ENT))
    assert [each["amount"]["tokens"] for each in more["gets"]] == ["50"]


def test_monitoring_is_told_of_groups_and_of_a_period_that_waits(chain: GroupChain) -> None:
    now = at(chain)

    def figures(found: CommittedState) -> dict[str, float]:
        return {name: value for name, _kind, _meaning, value in figures_of(found, frozenset({"groups"}))}

    assert figures(now) == {
        "groups": 1, "groups_dissolved": 0, "groups_memberships": 2, "groups_dividing": 0,
        "groups_distributions_total": 0, "groups_oldest_due_seconds": 0, "groups_held": 3,
    }  # fmt: skip
    daily = GroupChain()
    daily.found(row("B", HALF), rhythm=Rhythm.DAY)
    due_ms = daily.group().due_ms
    view = context_at(REGISTRY, daily.state, daily.genesis, len(daily.blocks), due_ms + 7_000)
    late = figures(CommittedState(daily.reader, len(daily.blocks) - 1, view))
    assert (late["groups_oldest_due_seconds"], late["groups_held"]) == (7, 0)


def test_an_operator_reads_what_is_its_groups(chain: GroupChain) -> None:
    assert operated_accounts(chain.state, address("D")) == {chain.account}
    assert operated_accounts(chain.state, address("B")) == frozenset()


def told(chain: GroupChain, home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints of the chain's own answers."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f'genesis_hash = "{chain.genesis.hash.hex()}"\n')
    entries = {name: {"address": format_address(address(of))} for name, of in NAMES.items()}
    (home / "addresses.json").write_text(json.dumps({"version": 1, "entries": entries}))
    identity, bob = (chain.genesis.chain_id, chain.genesis.hash.hex()), format_address(address("B"))
    answers = {
        "GET /v1/status": status_of(*identity),
        "GET /v1/genesis": sample(
            GenesisAnswer, chain_id=identity[0], hash=identity[1], genesis=encode(chain.genesis).hex()
        ),
        "GET /v1/groups": shown(read_groups(at(chain), None, 10)),
        "GET /v1/groups/1": shown(read_group(at(chain), 1)),
        "GET /v1/groups/1/members": shown(read_members(at(chain), visitor("B"), 1, None, 10)),
        f"GET /v1/groups/accounts/{bob}": shown(read_member_groups(at(chain), address("B"))),
        f"GET /v1/groups/1/preview/{bob}": shown(read_preview(at(chain), 1, address("B"), 0)),
    }
    with fake_node(answers) as fake:
        assert run(cli.nodechain, ["group", *arguments, "--node", fake.url, "--home", str(home)]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_the_answers_of_the_page_are_what_is_said(
    chain: GroupChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show, preview = (block.partition("```")[0] for block in PAGE.split("```text\n")[1:])
    text = told(chain, tmp_path / "home", capsys, "show", "1")
    assert " ".join(show.split()) in text
    assert "has: 3 eEuro spent this month: 1 eEuro" in text
    assert f"{FIRST_SLOT} 50% 0 bert" in text
    assert f"{FIRST_SLOT} 16.6666667% 0 the group itself" in text
    assert told(chain, tmp_path / "home", capsys, "preview", "1", "bert") == " ".join(preview.split())
    assert "1 roof of house 7 2 dora share demand 3 eEuro open" in told(chain, tmp_path / "home", capsys, "list")
    assert "1 roof of house 7 2023-11-14 23:00:00 1888892 50%" in told(chain, tmp_path / "home", capsys, "mine", "bert")
