"""What a vote on a scheme would have changed (SR20): in the ledger's reads, the interface and the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import cli
from harness.chain import ENT, address
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.errors import Refused
from ledger.governance.payloads import AddVoter
from ledger.keys.address import format_address
from ledger.sharing.allocation_rules import AllocationRule, Pairs, PairShare, Static
from ledger.sharing.payloads import SetScheme
from ledger.sharing.preview import OwnContract
from ledger.sharing.price_rules import FixedByProducer, FixedPrice, MidMarket, ProducerPrice
from ledger.sharing.proposal import previewed
from ledger.sharing.scheme_terms import SchemeTerms, SourceOrder
from ledger.slots.schema import POINTS, ValueSource
from ledger.state.table import big_endian
from nodechain.api.http.rights import EVERYTHING_READER, Visitor
from nodechain.api.reading import CommittedState
from nodechain.api.sharing_preview import MAX_PREVIEWED_VALUES, PREVIEW, RIGHTS, SharingPreview, read_preview
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.commands.terminal.errors import run
from nodechain.errors import NotFound, NotYours, UsageError
from nodechain.modules import REGISTRY
from tests.support.answers import sample, status_of
from tests.support.fake_node import fake_node
from tests.support.sharing_chain import FIRST_SLOT, KWH, SharingChain, participants, terms

MEMBERS = participants(p1=(1,), p2=(3,), p3=())
DAY = date(2023, 11, 15)
OWN = OwnContract(300_000_000, 100_000_000)
B = Visitor(address("B"), frozenset((address("B"),)), is_member=True)
STATIC = terms(MEMBERS, rule=AllocationRule(Static()), prices=MidMarket(3 * ENT // 10, ENT // 10), fee=ENT // 100)
STATIC = replace(STATIC, fee_account=address("A"))


@pytest.fixture(scope="module")
def chain() -> SharingChain:
    """Of three voters one is for static keys. In two slots of a local day B takes 2 and 1 kWh, C 1 and 3, D injects 2
    and 4; the rest of the day has no values."""
    found = SharingChain(voters=tuple(sorted(address(name) for name in ("A", "B", "C"))))
    found.vote(SetScheme(0, FIRST_SLOT, terms(MEMBERS)), "A", "B")
    found.until(FIRST_SLOT + 1)
    found.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 2 * KWH})
    found.values(FIRST_SLOT + 1, {1: KWH, 2: 3 * KWH, 3: 4 * KWH})
    found.until(FIRST_SLOT + 96)
    found.vote(SetScheme(1, FIRST_SLOT + 960, STATIC), "A")
    found.vote(AddVoter(address("D")), "A")
    return found


def at(chain: SharingChain) -> CommittedState:
    height = chain.blocks[-1].header.height
    view = context_at(REGISTRY, chain.state, chain.genesis, height + 1, chain.time_ms)
    return CommittedState(chain.reader, height, view)


def ask(
    chain: SharingChain, *, vote: int = 0, made: SchemeTerms | None = None, visitor: Visitor = EVERYTHING_READER,
    scheme: int = 1, days: tuple[date | None, date | None] = (DAY, DAY), contract: OwnContract | None = OWN,
) -> SharingPreview:  # fmt: skip
    action = None if made is None else SetScheme(scheme, 1, made)
    return read_preview(at(chain), visitor, vote, action, days, contract)


def shown_to(visitor: Visitor, answer: SharingPreview) -> SharingPreview:
    narrow = RIGHTS[PREVIEW].shown
    assert narrow is not None
    found = narrow(visitor, answer)
    assert isinstance(found, SharingPreview)
    return found


VOTE = 2
"""The open one on a scheme; the one after it is on a voter."""


def test_an_open_vote_is_computed_over_the_slots_that_have_all_values(chain: SharingChain) -> None:
    found = ask(chain, vote=VOTE)
    assert (found.slots, found.missing_slots, found.scheme, found.next_day) == (2, 94, 1, None)
    b, c, d = found.points
    # Dynamic: B 4/3 and 1 kWh; static by 1:3: at most half a kWh of the first and one of the second slot.
    assert (b.before.shared_mwh, b.after.shared_mwh) == (1_333_333 + KWH, KWH // 2 + KWH)
    assert (c.before.shared_mwh, c.after.shared_mwh) == (666_667 + 3 * KWH, KWH + 3 * KWH)
    assert (d.before.shared_mwh, d.after.shared_mwh) == (6 * KWH, 5 * KWH + KWH // 2)
    assert (b.before.amount.tokens, b.before.fee.tokens, b.before.rest_amount.tokens) == ("0.2333333", "0", "0.2000001")
    assert (b.after.amount.tokens, b.after.fee.tokens, b.after.rest_amount.tokens) == ("0.3", "0.015", "0.45")
    assert b.gain.tokens == "-0.3316666"
    assert (found.before.shared_mwh, found.before.paid.tokens) == (6 * KWH, "0.6")
    assert (found.after.shared_mwh, found.after.paid.tokens, found.after.fees.tokens) == (5_500_000, "1.1", "0.055")
    assert d.after.balance.tokens == "1.15"


def test_the_terms_in_force_proposed_again_change_nothing_and_are_what_was_booked(chain: SharingChain) -> None:
    found = ask(chain, made=terms(MEMBERS))
    assert [point.gain.base for point in found.points] == [0, 0, 0]
    assert [point.before.amount.base for point in found.points[:2]] == [
        100 * ENT - chain.has(name) for name in ("B", "C")
    ]


def test_a_member_sees_its_own_points_and_the_schemes_sums(chain: SharingChain) -> None:
    whole = ask(chain, vote=VOTE, visitor=B)
    mine = shown_to(B, whole)
    assert [point.point for point in mine.points] == [1]
    assert (mine.before, mine.after) == (whole.before, whole.after)
    assert shown_to(EVERYTHING_READER, whole) == whole


@pytest.mark.parametrize(
    "made",
    [
        terms(participants(p1=(1,), p3=())),
        terms(participants(p1=(9,), p2=(3,), p3=())),
        terms(MEMBERS, rule=AllocationRule(Pairs((PairShare(3, 1, 10**9),)))),
        terms(MEMBERS, rule=AllocationRule(Static(), no_self_share=True)),
        terms(MEMBERS, prices=FixedByProducer((ProducerPrice(3, 7),))),
    ],
)
def test_terms_made_up_to_single_out_a_neighbour_are_for_who_reads_everything(
    chain: SharingChain, made: SchemeTerms
) -> None:
    with pytest.raises(NotYours):
        ask(chain, made=made, visitor=B)
    assert ask(chain, made=made).slots == 2


def test_a_member_may_try_other_prices_and_rules(chain: SharingChain) -> None:
    assert ask(chain, made=replace(STATIC, prices=FixedPrice(ENT // 5)), visitor=B).after.paid.tokens == "1.1"


def test_a_new_scheme_is_compared_with_having_all_from_the_grid(chain: SharingChain) -> None:
    """Points that are wholly in another scheme have no share left; a half is as much as they give."""
    with pytest.raises(UsageError) as error:
        ask(chain, made=terms(MEMBERS), scheme=0)
    assert error.value.code == "point_shares"
    alone = SharingChain()
    alone.until(FIRST_SLOT)
    alone.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 4 * KWH})
    alone.until(FIRST_SLOT + 96)
    found = ask(alone, made=terms(MEMBERS), scheme=0)
    b = found.points[0]
    assert (b.before.shared_mwh, b.before.energy_mwh, b.before.balance.tokens) == (0, 2 * KWH, "-0.6")
    assert (b.after.shared_mwh, b.after.balance.tokens, b.gain.tokens) == (2 * KWH, "-0.2", "0.4")
    half = tuple(replace(member, factor=500_000_000) for member in MEMBERS)
    part = ask(alone, made=terms(half), scheme=0).points[0]
    assert (part.after.energy_mwh, part.after.shared_mwh, part.gain.tokens) == (2 * KWH, KWH, "0.2")


def test_another_source_counts_only_where_its_values_are(chain: SharingChain) -> None:
    assert ask(chain, made=terms(MEMBERS, sources=SourceOrder.OPERATOR)).slots == 0
    both = SharingChain()
    both.open(terms(MEMBERS))
    both.until(FIRST_SLOT)
    both.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 6 * KWH})
    both.values(FIRST_SLOT, {1: KWH, 2: KWH, 3: 6 * KWH}, source=ValueSource.OPERATOR)
    both.until(FIRST_SLOT + 96)
    found = ask(both, made=terms(MEMBERS, sources=SourceOrder.OPERATOR))
    assert (found.slots, found.points[0].before.energy_mwh, found.points[0].after.energy_mwh) == (1, 2 * KWH, KWH)


def test_slots_in_which_no_point_is_open_are_not_counted(chain: SharingChain) -> None:
    """B's point begins a slot after the others, which end two slots later: one with its value, one without."""
    view = at(chain).view
    for number, begins in ((1, 1), (2, 0), (3, 0)):
        key = big_endian(number)
        point = view.get(POINTS, key)
        changed = replace(point, from_slot=FIRST_SLOT + begins, until_slot=FIRST_SLOT + 3)
        view.state.put(POINTS, key, changed)

    def counted(action: SetScheme, first: int, end: int) -> tuple[int, int]:
        found = previewed(view, action, OWN, FIRST_SLOT + first, FIRST_SLOT + end)
        return found.slots, found.missing_slots

    same = SetScheme(1, 1, terms(MEMBERS))
    assert counted(same, -96, 0) == counted(same, 3, 96) == (0, 0)
    assert counted(same, -96, 96) == (2, 1)
    alone = SetScheme(1, 1, terms(participants(p1=(1,), p3=())))
    assert counted(alone, -96, 1) == (1, 0), "the side in force has an open point in the first slot"


def test_a_large_scheme_comes_a_day_at_a_time(chain: SharingChain, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_PREVIEWED_VALUES >= 96
    monkeypatch.setattr("nodechain.api.sharing_preview.MAX_PREVIEWED_VALUES", 96)
    first = ask(chain, vote=VOTE, days=(date(2023, 11, 14), DAY))
    assert (first.first_day, first.last_day, first.next_day, first.slots) == (
        "2023-11-14",
        "2023-11-14",
        "2023-11-15",
        0,
    )
    assert ask(chain, vote=VOTE, days=(DAY, DAY)).slots == 2


def test_prices_of_the_rest_come_from_the_asker_else_from_the_terms(chain: SharingChain) -> None:
    found = ask(chain, vote=VOTE, contract=None)
    assert (found.prices_from, found.retail.tokens, found.feed_in.tokens) == ("proposed", "0.3", "0.1")
    found = ask(chain, made=terms(MEMBERS), contract=None)
    assert (found.prices_from, found.retail.base, found.points[0].after.rest_amount.base) == ("none", 0, 0)
    assert ask(chain, made=terms(MEMBERS)).prices_from == "asked"


def test_what_cannot_be_previewed_says_why(chain: SharingChain) -> None:
    with pytest.raises(NotFound) as error:
        ask(chain, vote=99)
    assert error.value.code == "no_such_vote"
    with pytest.raises(UsageError) as wrong:
        ask(chain, vote=VOTE + 1)
    assert wrong.value.code == "not_a_scheme"
    for days in ((date(2023, 11, 16), DAY), (DAY, date(2023, 11, 16)), (date(2023, 9, 1), DAY)):
        with pytest.raises(UsageError) as wrong:
            ask(chain, vote=VOTE, days=days)
        assert wrong.value.code == "bad_parameter"
    for made, code in (
        (terms(participants(p1=(), p3=())), "bad_scheme"),
        (terms(participants(p1=(1,), p77=())), "unknown_point"),
    ):
        with pytest.raises(UsageError) as wrong:
            ask(chain, made=made)
        assert wrong.value.code == code


def test_by_default_the_last_28_whole_days_are_taken(chain: SharingChain) -> None:
    found = ask(chain, vote=VOTE, days=(None, None))
    assert (found.first_day, found.last_day) == ("2023-10-19", "2023-11-15")


def told(chain: SharingChain, home: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What the command prints of the chain's own answer to B."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f'genesis_hash = "{chain.genesis.hash.hex()}"\n')
    identity = (chain.genesis.chain_id, chain.genesis.hash.hex())
    answer = shown_to(B, ask(chain, vote=VOTE, visitor=B))
    answers: dict[str, Any] = {
        "GET /v1/status": status_of(*identity),
        "GET /v1/genesis": sample(
            GenesisAnswer, chain_id=identity[0], hash=identity[1], genesis=encode(chain.genesis).hex()
        ),
        "GET /v1/sharing/preview": json.loads(answer.model_dump_json()),
    }
    with fake_node(answers) as fake:
        command = ["vote", "preview", *arguments, "--node", fake.url, "--home", str(home)]
        assert run(cli.nodechain, command) == code
    found = capsys.readouterr()
    return " ".join((found.out + found.err).split())


def test_the_command_says_kwh_and_money_before_and_after(
    chain: SharingChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    me = format_address(address("B"))
    text = told(chain, tmp_path / "home", capsys, "2", "--account", me)
    assert "What vote 2 for scheme 1 would have changed from 2023-11-15 to 2023-11-15 (2 slots; 94 are left out" in text
    assert f"1 {me} 3 kWh 2.333333 kWh 1.5 kWh -0.4333334 eEuro -0.765 eEuro -0.3316666 eEuro" in text
    assert "Together: 2.333333 kWh shared before, 1.5 kWh after; -0.4333334 eEuro before, -0.765 eEuro after" in text
    assert "The whole scheme: 6 kWh shared before, 5.5 kWh after; 0.6 eEuro paid for it before, 1.1 eEuro after" in text
    assert "What is not shared costs 0.3 eEuro/kWh and brings 0.1 eEuro/kWh on both sides (as you said)." in text
    assert "None of your points" in told(
        chain, tmp_path / "home", capsys, "2", "--account", format_address(address("C"))
    )


def test_the_command_wants_a_vote_or_a_file_and_both_prices(
    chain: SharingChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "bad_preview" in told(chain, tmp_path / "home", capsys, code=2)
    assert "bad_preview" in told(chain, tmp_path / "home", capsys, "2", "--retail", "0.3", code=2)
    file = tmp_path / "large.toml"
    rows = ", ".join(f"{{point = {number}, keys = [1000000]}}" for number in range(1, 400))
    file.write_text(f'name = "street"\nrule = "dynamic"\npoints = [{rows}]\n')
    assert "proposal_too_long" in told(chain, tmp_path / "home", capsys, "--file", str(file), "--all", code=2)
    file.write_text('name = "street"\nrule = "dynamic"\npoints = [{point = 1, keys = [1]}]\n')
    assert "scheme 1" in told(chain, tmp_path / "home", capsys, "--file", str(file), "--all")


def test_past_shares_above_the_whole_are_refused(chain: SharingChain) -> None:
    """Of a point that was wholly in scheme 1, another scheme can have had nothing."""
    with pytest.raises(Refused):
        previewed(at(chain).view, SetScheme(0, 1, terms(MEMBERS)), OWN, FIRST_SLOT, FIRST_SLOT + 2)
