"""Points, the board, seasons and prizes (rules TG1 to TG7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.chain.header import Event
from ledger.chain.invariants import entries
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import ONLY
from ledger.chain.section import sections_of
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, GenesisError
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.queries import books_of_fund
from ledger.fund.terms import FundFlow
from ledger.governance.payloads import CastVote, ExpelMember
from ledger.metering.schema import MeterKind
from ledger.resolutions.limits import MIN_VOTING_MS
from ledger.resolutions.payloads import CastBallot, Majority, OpenResolution
from ledger.state.overlay import MemoryReader
from ledger.state.table import Table, newest_first
from ledger.together.earning import share_booked
from ledger.together.events import (
    BoardJoined,
    BoardLeft,
    PointsEarned,
    PrizePaid,
    PrizeUnpaid,
    SeasonClosed,
    TogetherTermsSet,
)
from ledger.together.genesis import TOGETHER_SECTION, TogetherSection, fault_of_terms
from ledger.together.invariants import check_board, check_seasons
from ledger.together.payloads import JoinBoard, LeaveBoard, SetTogetherTerms
from ledger.together.prizes import ranking
from ledger.together.queries import board, closed_seasons, participant_of
from ledger.together.queries import together_terms as terms_entry
from ledger.together.schema import (
    CLOSED_SEASONS,
    NICKNAMES,
    PARTICIPANTS,
    TOGETHER_TERMS_TABLE,
    ClosedSeason,
    SeasonCount,
)
from ledger.together.seasons import points_by_kind, terms_of_season
from ledger.together.terms import PointKind, Prize, points_of_kind
from ledger.upgrades.payloads import PlanUpgrade
from tests.support.replay import export, replay
from tests.support.sharing_chain import FIRST_SLOT, KWH, SharingChain
from tests.support.together_chain import NOVEMBER, TogetherChain, together_terms

E = TypeVar("E", bound=Event)
DAY = FIRST_SLOT // 96 + 1
"""The local day of the first slot."""


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


# --- TG1: who takes part ---------------------------------------------------------------------------------------------


def test_tg1_who_has_not_joined_earns_nothing_and_stands_nowhere() -> None:
    chain = TogetherChain()
    assert of(chain.join("B", "Sunny").events, BoardJoined) == [BoardJoined(address("B"), "Sunny")]
    chain.share()
    assert chain.points("B") == {PointKind.USED: 20}
    assert [account for account, _found in entries(chain.reader, PARTICIPANTS)] == [address("B")]
    assert chain.rows() == [(1, "Sunny", 20)]


def test_tg1_leaving_erases_nickname_and_points() -> None:
    chain = TogetherChain()
    chain.join("B", "Sunny")
    chain.share()
    assert of(chain.leave("B").events, BoardLeft) == [BoardLeft(address("B"))]
    assert not list(entries(chain.reader, PARTICIPANTS))
    assert not list(entries(chain.reader, NICKNAMES))
    assert chain.leave("B").code == "not_on_board"
    assert chain.join("C", "sunny").code == "", "the name is free again"
    chain.join("B")
    assert chain.points("B") == {}, "who comes back begins with nothing"


@pytest.mark.parametrize("nickname", [" Sunny", "Sunny ", "Sun\nny", "Sun\u202eny", " "])
def test_tg1_a_nickname_is_read_as_it_is_written(nickname: str) -> None:
    assert TogetherChain().join("B", nickname).code == "bad_nickname"


def test_tg1_a_nickname_is_one_account_s_and_an_account_has_one() -> None:
    chain = TogetherChain()
    chain.join("B", "Straße")
    assert chain.join("C", "STRASSE").code == "nickname_taken"
    assert chain.join("B", "Other").code == "on_board"


def test_tg1_who_is_expelled_is_on_the_board_no_longer() -> None:
    chain = TogetherChain()
    chain.join("B")
    chain.vote(ExpelMember(address("B")))
    assert not chain.is_on_board("B")


# --- TG3, TG4: what earns points -------------------------------------------------------------------------------------


def test_tg3_energy_used_and_given_in_the_slot_earns_points_and_a_correction_takes_them() -> None:
    chain = TogetherChain()
    for name in "BCD":
        chain.join(name)
    chain.share()
    assert [chain.points(name) for name in "BCD"] == [
        {PointKind.USED: 20}, {PointKind.USED: 10}, {PointKind.GIVEN: 15},
    ]  # fmt: skip
    events = of(chain.values(FIRST_SLOT, {1: KWH}), PointsEarned)
    assert PointsEarned(address("B"), NOVEMBER, PointKind.USED, 10) in events
    assert PointsEarned(address("D"), NOVEMBER, PointKind.GIVEN, 10) in events
    assert address("C") not in {event.account for event in events}, "whose points stay is not told of"


def test_tg3_a_day_counts_once_when_a_meter_told_its_readings_in_time() -> None:
    chain = TogetherChain()
    chain.join("A")
    first = MeterFixture(chain).bound()
    second = MeterFixture(chain, name="M2", kind=MeterKind.CONSUMPTION).bound()
    assert first.measure(1_000).applied
    assert chain.points("A") == {PointKind.ON_TIME: 3}
    assert second.measure(1_000, after_ms=60_000).applied
    assert chain.points("A") == {PointKind.ON_TIME: 3}, "the day counts already"
    late_ms = together_terms().on_time_ms + 1
    assert first.read((chain.time_ms + DAY_MS - late_ms, 2_000), after_ms=DAY_MS).applied
    assert chain.points("A") == {PointKind.ON_TIME: 3}, "a millisecond too late"
    assert first.read((chain.time_ms, 2_500), after_ms=late_ms - 1).applied
    assert chain.points("A") == {PointKind.ON_TIME: 6}


def test_tg3_the_first_ballot_in_a_question_counts_and_no_other() -> None:
    chain = TogetherChain()
    chain.join("B")
    chain.do(
        "A",
        OpenResolution("Roof?", bytes(32), ("yes", "no"), Majority.MOST, 0, chain.time_ms + 2 * MIN_VOTING_MS),
    )
    for option in (1, 2, 1, 1):
        assert chain.try_("B", CastBallot(1, option)).applied
    assert chain.try_("C", CastBallot(1, 1)).applied
    assert chain.points("B") == {PointKind.BALLOTS: 20}


def test_tg4_points_are_whole_bounded_and_never_below_none() -> None:
    found = together_terms(used=7, most=50)
    assert [points_of_kind(found, PointKind.USED, mwh) for mwh in (-KWH, 0, 142_857, 142_858, KWH, 9 * KWH)] == [
        0, 0, 0, 1, 7, 50,
    ]  # fmt: skip
    count = SeasonCount(NOVEMBER, KWH, -KWH, 2, 3, 0)
    assert points_by_kind(found, count) == {
        PointKind.USED: 7, PointKind.GIVEN: 0, PointKind.ON_TIME: 6, PointKind.BALLOTS: 50,
    }  # fmt: skip


def test_tg3_what_belongs_to_a_closed_season_or_one_to_come_counts_for_none() -> None:
    chain = TogetherChain()
    chain.join("B")
    context = chain.context()
    for day in (DAY - 31, DAY + 31):
        share_booked(context, address("B"), day, KWH, 0)
    found = participant_of(context, address("B"))
    assert found is not None
    assert found.seasons == ()
    share_booked(context, address("B"), DAY, 2**63 - 1, 2**63 - 1)
    share_booked(context, address("B"), DAY, 2**63 - 1, -(2**63 - 1))
    share_booked(context, address("B"), DAY, 1, -(2**63 - 1))
    found = participant_of(context, address("B"))
    assert found is not None
    assert found.seasons == (SeasonCount(NOVEMBER, 2**63 - 1, -(2**63 - 1), 0, 0, 0),)


def test_tg3_two_seasons_stand_beside_each_other_until_the_older_one_is_closed() -> None:
    chain = TogetherChain()
    chain.join("B")
    chain.share()
    chain.to_month(NOVEMBER + 1, 2)
    assert chain.season() == NOVEMBER + 1
    before = chain.points("B")[PointKind.USED]
    chain.values(FIRST_SLOT, {1: KWH})
    assert chain.points("B") == {PointKind.USED: before - 10}, "the month before still counts in its days of grace"
    assert chain.points("B", NOVEMBER + 1) == {}
    chain.close()
    chain.values(FIRST_SLOT, {1: 2 * KWH})
    assert of(chain.own_events(), PointsEarned) == []
    assert chain.rows(NOVEMBER + 1) == []


# --- TG5, TG6: the end of a season -----------------------------------------------------------------------------------


def closed_with(chain: TogetherChain, *names: str) -> list[Any]:
    for name in names:
        assert chain.join(name).applied
    chain.share()
    return chain.close()


def test_tg5_the_fund_pays_the_first_places() -> None:
    chain = TogetherChain()
    chain.give(10 * ENT)
    events = closed_with(chain, "C", "B", "D")
    assert of(events, SeasonClosed) == [SeasonClosed(NOVEMBER, 3, 2)]
    assert [(event.recipient, event.place, event.points, event.amount) for event in of(events, PrizePaid)] == [
        (address("B"), 1, 20, 3 * ENT), (address("D"), 2, 15, ENT),
    ]  # fmt: skip
    assert balance(chain.state, FUND_ACCOUNT, CURRENCY_ASSET).available == 6 * ENT
    book = books_of_fund(chain.context())[CURRENCY_ASSET - 1]
    assert (book.flows[FundFlow.PRIZE], book.gifts) == (4 * ENT, 10 * ENT)
    (closed,) = closed_seasons(chain.reader)
    assert [(place.points, place.amount) for place in closed.places] == [(20, 3 * ENT), (15, ENT)]


def test_tg6_what_the_fund_has_not_is_not_paid_and_the_next_place_may_be() -> None:
    chain = TogetherChain()
    chain.give(2 * ENT)
    events = closed_with(chain, "B", "D")
    assert [event.recipient for event in of(events, PrizeUnpaid)] == [address("B")]
    assert [event.recipient for event in of(events, PrizePaid)] == [address("D")]
    chain.give(10 * ENT)
    assert of(chain.close(NOVEMBER + 1), PrizePaid) == [], "now or later"


def test_tg5_equal_points_go_by_energy_used_then_by_who_joined_earlier() -> None:
    chain = TogetherChain(together_terms(used=1, given=3, most=2))
    for name in "DCB":
        chain.join(name)
    chain.share()
    assert [row[1:] for row in chain.rows()] == [("nick B", 2), ("nick D", 2), ("nick C", 1)]
    context = chain.context()
    for name in "CB":
        found = context.get(PARTICIPANTS, address(name))
        same = replace(found.seasons[0], used_mwh=KWH)
        context.state.put(PARTICIPANTS, address(name), replace(found, seasons=(same,)))
    ranked = ranking(context.state, terms_of_season(context, NOVEMBER), NOVEMBER)
    assert [each[3] for each in ranked] == [address("D"), address("C"), address("B")]
    assert [row.nickname for row in board(context, NOVEMBER)] == ["nick D", "nick C", "nick B"]


def test_tg5_seasons_follow_each_other_over_a_long_silence() -> None:
    chain = TogetherChain()
    chain.join("B")
    chain.to_month(NOVEMBER + 30, 10)
    assert [season.season for season in closed_seasons(chain.reader)] == list(range(NOVEMBER + 29, NOVEMBER + 5, -1))
    chain.block()
    check_seasons(chain.reader)


# --- TG2: rules by vote ----------------------------------------------------------------------------------------------


def set_by_vote(chain: TogetherChain, **changes: Any) -> list[Event]:
    return list(chain.vote(SetTogetherTerms(together_terms(**changes))).events)


def test_tg2_other_rules_hold_from_the_next_season_on() -> None:
    chain = TogetherChain()
    chain.join("B")
    assert of(set_by_vote(chain, used=100, prizes=()), TogetherTermsSet) == [TogetherTermsSet(NOVEMBER + 1, 0)]
    chain.share()
    assert chain.points("B") == {PointKind.USED: 20}
    set_by_vote(chain, used=50)
    entry = terms_entry(chain.context())
    assert (entry.before.used, entry.terms.used, entry.since) == (10, 50, NOVEMBER + 1)
    chain.to_month(NOVEMBER + 1, 2)
    refused = chain.try_("A", CastVote(SetTogetherTerms(together_terms(used=60)), True))
    assert refused.code == "season_open", "November is still counted by the rules before"
    chain.close()
    set_by_vote(chain, used=60)
    assert terms_of_season(chain.context(), NOVEMBER + 1).used == 50


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "unchanged"),
        ({"on_time_ms": 59_999}, "bad_together_terms"),
        ({"on_time_ms": DAY_MS + 1}, "bad_together_terms"),
        ({"prizes": (Prize(9, 1),)}, "bad_together_terms"),
    ],
)
def test_tg2_rules_that_cannot_be_are_refused(changes: dict[str, Any], code: str) -> None:
    assert TogetherChain().try_("A", CastVote(SetTogetherTerms(together_terms(**changes)), True)).code == code


def test_tg2_prizes_need_a_fund() -> None:
    made = make_genesis()
    assert "fund" in fault_of_terms(made, together_terms())
    assert fault_of_terms(made, together_terms(prizes=())) == ""
    section = TogetherSection(together_terms())
    with pytest.raises(GenesisError, match="fund"):
        TOGETHER_SECTION.check(replace(made, sections=sections_of(*made.sections)), section)


def test_tg2_a_vote_switches_points_on_in_the_middle_of_a_chain() -> None:
    chain = SharingChain()
    section = encode(TogetherSection(together_terms(prizes=())))
    chain.vote(PlanUpgrade(chain.blocks[-1].header.height + 3, 1, "together", section, ""))
    for _ in range(3):
        chain.block()
    assert chain.try_("B", JoinBoard("Sunny")).applied
    assert participant_of(chain.context(), address("B")) is not None


def test_tg5_a_chain_with_points_replays_to_the_same_roots() -> None:
    made = make_genesis()
    section = TOGETHER_SECTION.holding(TogetherSection(together_terms(prizes=())))
    chain = ChainFixture(replace(made, sections=sections_of(*made.sections, section)))
    for name in "ABC":
        assert chain.try_(name, JoinBoard(name)).applied
    MeterFixture(chain).bound().measure(1_000)
    chain.do("C", LeaveBoard())
    chain.block(after_ms=40 * DAY_MS)
    assert of(chain.blocks[-1].executed.receipts[0].events, SeasonClosed) == [SeasonClosed(NOVEMBER, 1, 0)]
    roots = [(each.header.state_root.hex(), each.header.receipts_root.hex()) for each in chain.blocks]
    assert replay(export(chain.genesis, chain.blocks)) == roots


# --- TG7: invariants -------------------------------------------------------------------------------------------------


def test_tg7_a_state_that_cannot_be_is_noticed() -> None:
    chain = TogetherChain()
    chain.join("B")
    chain.share()
    found = chain.state.get(PARTICIPANTS, address("B"))
    assert found is not None
    for wrong in (
        replace(found, nickname="Other"),
        replace(found, joined=7),
        replace(found, seasons=(*found.seasons, *found.seasons)),
    ):
        with pytest.raises(BrokenInvariant):
            check_board(with_entry(chain, PARTICIPANTS, address("B"), wrong))
    check_board(with_entry(chain, PARTICIPANTS, address("B"), found))
    entry = chain.state.get(TOGETHER_TERMS_TABLE, ONLY)
    assert entry is not None
    later = replace(entry, before=replace(entry.before, grace_days=9), since=entry.since + 1)
    with pytest.raises(BrokenInvariant, match="waits for its end"):
        check_seasons(with_entry(chain, TOGETHER_TERMS_TABLE, ONLY, later))
    closed = ClosedSeason(NOVEMBER, chain.time_ms, 0, ())
    with pytest.raises(BrokenInvariant, match="follow each other"):
        check_seasons(with_entry(chain, CLOSED_SEASONS, newest_first(NOVEMBER), closed))


def with_entry(chain: TogetherChain, table: Table[Any], key: bytes, value: Any) -> MemoryReader:
    """The chain's state with another entry; the chain's own has the one before again."""
    state = chain.state
    before = state.get(table, key)
    state.put(table, key, value)
    changed = MemoryReader()
    for each in chain.registry.tables.values():
        changed.apply({each.full_key(at): data for at, data in chain.reader.scan(each.number, b"", None)})
    changed.apply(state.changes())
    assert chain.state.get(table, key) == before
    return changed
