"""Feeds: who reports, what is in force, what is known of it later (rules FE1 to FE9)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from harness.chain import START_MS, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, GenesisError, InclusionError
from ledger.feeds.events import FeedChanged, FeedEnded, FeedReported, FeedSilent, FeedValueChanged
from ledger.feeds.genesis import FEEDS_SECTION, FeedsSection
from ledger.feeds.history import record, values_at
from ledger.feeds.invariants import check_feed_days, check_feeds
from ledger.feeds.limits import KEPT_FEED_DAYS, MAX_AHEAD_MS, MIN_REPORT_GAP_MS
from ledger.feeds.payloads import ChangeFeed, EndFeed, FeedKind, RegisterFeed, ReportFeed
from ledger.feeds.queries import feed_history, feed_of, open_feeds
from ledger.feeds.schema import FEED_DAYS, FEEDS
from ledger.governance.members import is_member
from ledger.governance.payloads import CastVote, ExpelMember
from ledger.state.table import big_endian
from ledger.upgrades.payloads import PlanUpgrade
from tests.support.feed_chain import AGE_MS, STEP_MS, FeedChain, feed_terms
from tests.support.replay import export, replay

FIVE = b"h" * 32


def agreed(chain: FeedChain, *values: int) -> None:
    """So many reporters report, one after the other."""
    for name, value in zip("BCDEF", values, strict=False):
        assert chain.report(name, value).code == ""


def refused(chain: FeedChain, action: Any) -> str:
    return chain.try_("A", CastVote(action, True)).code


# --- FE1, FE2: by vote -----------------------------------------------------------------------------------------------


def test_fe1_voters_register_a_feed_and_its_reporters_are_members_by_that() -> None:
    chain = FeedChain()
    assert not is_member(chain.context(), address("R"))
    receipt = chain.register(reporters=(address("R"),), quorum=1)
    assert FeedChanged(2, "spot") in receipt.events
    assert is_member(chain.context(), address("R"))
    assert chain.try_("R", ReportFeed(2, 5, chain.time_ms, b"")).code == ""
    assert refused(chain, ExpelMember(address("R"))) == "holds_a_role"


@pytest.mark.parametrize(
    "changes",
    [
        {"reporters": (address("B"), address("B"), address("C"))},
        {"quorum": 6},
        {"least": 2, "most": 1},
        {"asset": 1},
        {"asset": 0},
        {"asset": 9},
        {"decimals": 2},
        {"name": " "},
        {"unit": " "},
        {"kind": FeedKind.CO2},
        {"oldest_age_ms": 59_999},
    ],
)
def test_fe2_terms_that_contradict_themselves_are_refused_by_vote_and_genesis(changes: dict[str, Any]) -> None:
    terms = feed_terms(**changes)
    assert refused(FeedChain(), RegisterFeed(terms)) == "bad_feed"
    with pytest.raises(GenesisError, match="the feed"):
        FeedChain(terms)


def test_fe2_a_change_drops_reports_that_the_new_terms_would_refuse() -> None:
    chain = FeedChain()
    agreed(chain, 10, 20, 30, 40, 50)
    assert chain.value() == 30
    receipt = chain.vote(ChangeFeed(1, feed_terms(least=20)))
    assert [event for event in receipt.events if isinstance(event, FeedValueChanged)] == []
    assert (chain.value(), chain.standing().counting) == (30, 4)
    chain.vote(ChangeFeed(1, feed_terms(least=20, reporters=tuple(address(name) for name in "BDEF"))))
    assert (chain.value(), chain.standing().counting) == (40, 3), "C reports no more"
    assert chain.report("C", 10).code == "not_a_reporter"
    chain.vote(ChangeFeed(1, feed_terms(quorum=4, least=20)))
    assert chain.value() is None
    chain.vote(ChangeFeed(1, feed_terms(quorum=2, least=20)))
    assert chain.value() == 40


def test_fe2_what_a_feed_counts_stays() -> None:
    chain = FeedChain()
    assert refused(chain, ChangeFeed(1, feed_terms(kind=FeedKind.OTHER, asset=0))) == "feed_kind_fixed"
    assert refused(chain, ChangeFeed(1, feed_terms())) == "unchanged"
    assert refused(chain, ChangeFeed(2, feed_terms())) == "unknown_feed"


# --- FE3: reports ----------------------------------------------------------------------------------------------------


def test_fe3_a_reporter_reports_and_its_latest_report_stands() -> None:
    chain = FeedChain()
    payload = ReportFeed(1, 7, chain.time_ms + 500, FIVE)
    assert chain.do("B", payload).events == (FeedReported(1, address("B"), 7, payload.time_ms, FIVE),)
    assert chain.try_("B", payload, after_ms=MIN_REPORT_GAP_MS).code == "report_not_newer"
    assert chain.report("B", 8, after_ms=MIN_REPORT_GAP_MS).code == ""
    assert [each.report.value for each in chain.standing().reporters if each.report] == [8]


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("A", {}, "not_a_reporter"),
        ("B", {"feed": 2}, "unknown_feed"),
        ("B", {"document": b"h" * 31}, "bad_document"),
        ("B", {"value": -(10**9) - 1}, "feed_out_of_bounds"),
        ("B", {"value": 10**10 + 1}, "feed_out_of_bounds"),
        ("B", {"time_ms": START_MS + 1_000 + MAX_AHEAD_MS + 1}, "report_ahead"),
        ("B", {"time_ms": START_MS + 1_000 - AGE_MS - 1}, "report_too_old"),
    ],
)
def test_fe3_what_a_report_is_refused_for(name: str, changes: dict[str, Any], code: str) -> None:
    chain = FeedChain()
    assert chain.try_(name, replace(ReportFeed(1, 7, START_MS, b""), **changes)).code == code
    assert chain.standing().counting == 0


def test_fe3_a_time_ahead_counts_as_the_blocks() -> None:
    chain = FeedChain()
    chain.do("B", ReportFeed(1, 7, START_MS + 1_000 + MAX_AHEAD_MS, b""))
    assert chain.standing().oldest_ms == chain.time_ms


def test_fe3_reports_cost_a_fee() -> None:
    chain = FeedChain(minimum_fee=5, balances=(GenesisBalance(address("B"), CURRENCY_ASSET, 100),))
    with pytest.raises(InclusionError) as error:
        chain.report("B", 7)
    assert error.value.code == "fee_too_low"
    assert chain.try_("B", ReportFeed(1, 7, chain.time_ms, b""), fee=5).code == ""
    assert chain.balance("B", CURRENCY_ASSET).available == 95


# --- FE4 to FE6: the value in force ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "median"),
    [((10, 20), None), ((30, 10, 20), 20), ((10, 40, 30, 20), 20), ((5, 4, 3, 2, 1), 3), ((-3, -1, -2), -2)],
)
def test_fe5_the_value_is_the_median_of_at_least_a_quorum_the_lower_one_of_two(
    values: tuple[int, ...], median: int | None
) -> None:
    chain = FeedChain()
    agreed(chain, *values)
    assert chain.value() == median


def test_fe5_events_tell_only_what_changes() -> None:
    chain = FeedChain()
    agreed(chain, 10, 20)
    receipt = chain.report("D", 30)
    assert receipt.events[1:] == (FeedValueChanged(1, 20, chain.time_ms, 3),)
    assert len(chain.report("E", 20).events) == 1, "the value is the same"


def test_fe6_a_feed_too_old_has_no_value_and_has_one_again_each_with_an_event() -> None:
    chain = FeedChain()
    agreed(chain, 10, 20, 30)
    oldest = chain.standing().oldest_ms
    chain.block(after_ms=oldest + AGE_MS - chain.time_ms)
    assert chain.own_events() == []
    assert chain.value() == 20
    chain.block(after_ms=1)
    assert chain.own_events() == [FeedSilent(1, oldest + AGE_MS + 1, 2)]
    assert chain.value() is None
    receipt = chain.report("B", 40, after_ms=1)
    assert receipt.events[1:] == (FeedValueChanged(1, 30, chain.time_ms, 3),)


def test_fe6_the_value_follows_when_one_report_of_several_gets_too_old() -> None:
    chain = FeedChain()
    agreed(chain, 10)
    chain.block(after_ms=60_000)
    for name, value in (("C", 20), ("D", 30), ("E", 40)):
        chain.report(name, value)
    assert chain.value() == 20
    chain.block(after_ms=AGE_MS - 60_000)
    assert chain.own_events() == [FeedValueChanged(1, 30, chain.feed().since_ms, 3)]
    assert chain.value() == 30


def test_fe6_what_waits_to_be_handled_is_taken_as_handled() -> None:
    """The node shows, and rules use, what holds at a time, also before a block has come."""
    chain = FeedChain()
    agreed(chain, 10, 20, 30)
    later = chain.time_ms + AGE_MS + 10 * STEP_MS
    assert chain.standing(time_ms=later).value is None
    assert chain.standing(time_ms=later).since_ms == chain.feed().due_ms
    after = later - later % STEP_MS
    assert values_at(chain.state, 1, (after,)) == [None]
    assert values_at(chain.state, 1, (after - AGE_MS,)) == [20]


def test_fe6_a_report_after_a_long_silence_settles_first_what_got_too_old() -> None:
    chain = FeedChain()
    agreed(chain, 10, 20, 30)
    state, context = chain.state, chain.context(chain.time_ms + 2 * AGE_MS)
    context.sender = address("B")
    number = next(kind for kind in chain.registry.types.values() if kind.name == "report_feed")
    number.handler(context, ReportFeed(1, 99, context.time_ms, b""))
    kinds = [type(event) for event in context.events]
    assert kinds == [FeedSilent, FeedReported], "silence comes first, at its time"
    assert context.events[0] == FeedSilent(1, chain.feed().due_ms, 2)
    assert state.get(FEEDS, big_endian(1)) is not None


# --- FE7, FE8: what was in force -------------------------------------------------------------------------------------


def test_fe7_the_history_says_what_was_in_force_at_each_five_minutes() -> None:
    chain = FeedChain()
    begin = chain.time_ms - chain.time_ms % STEP_MS + STEP_MS
    chain.block(after_ms=begin - chain.time_ms)
    agreed(chain, 10, 20, 30)
    chain.block(after_ms=begin + STEP_MS - chain.time_ms)
    chain.report("B", 25)
    chain.report("C", 26, after_ms=MIN_REPORT_GAP_MS)
    chain.block(after_ms=begin + 30 * STEP_MS - chain.time_ms)
    found = values_at(chain.state, 1, [begin + number * STEP_MS for number in range(-1, 16)])
    assert found == [None, None, 20, *[26] * 11, None, None, None]
    assert feed_history(chain.context(), 1, begin, begin + 30 * STEP_MS) == [
        (begin, None), (begin + STEP_MS, 20), (begin + 2 * STEP_MS, 26), (begin + 13 * STEP_MS, None),
    ]  # fmt: skip


def test_fe7_a_value_that_stands_for_days_is_found() -> None:
    chain = FeedChain(feed_terms(oldest_age_ms=30 * DAY_MS))
    agreed(chain, 10, 20, 30)
    chain.block(after_ms=10 * DAY_MS)
    now = chain.time_ms - chain.time_ms % STEP_MS
    assert values_at(chain.state, 1, (now - 5 * DAY_MS, now)) == [20, 20]
    agreed(chain, 50, 60, 70)
    chain.block(after_ms=DAY_MS)
    assert values_at(chain.state, 1, (now - 9 * DAY_MS, now, now + STEP_MS)) == [20, 20, 60]
    assert values_at(chain.state, 2, (now,)) == [None], "no such feed"


def test_fe7_days_are_kept_as_long_as_slots_may_be_corrected() -> None:
    chain = FeedChain()
    context, first = chain.context(), 19_000 * DAY_MS
    for number in range(6):
        record(context, 7, first + number * DAY_MS, number)
    for number in range(6):
        record(context, 7, first + (KEPT_FEED_DAYS + number) * DAY_MS, 100 + number)
        before = values_at(context.state, 7, (first + number * DAY_MS,))
        assert before == [number], "what held at the horizon is known"
    kept = len(context.state.keys(FEED_DAYS, big_endian(7)))
    assert kept == 8, "four days beyond the horizon went"


def test_fe8_an_ended_feed_has_no_value_and_keeps_its_history() -> None:
    chain = FeedChain()
    agreed(chain, 10, 20, 30)
    held = chain.time_ms - chain.time_ms % STEP_MS + STEP_MS
    chain.block(after_ms=held - chain.time_ms + 1)
    receipt = chain.vote(EndFeed(1))
    assert receipt.events[-2:] == (FeedEnded(1), receipt.events[-1])
    assert FeedSilent(1, chain.time_ms, 0) in receipt.events
    assert chain.value() is None
    assert list(open_feeds(chain.context())) == []
    assert chain.report("B", 10).code == "unknown_feed"
    assert refused(chain, EndFeed(1)) == "unknown_feed"
    chain.block(after_ms=STEP_MS)
    assert values_at(chain.state, 1, (held, held + STEP_MS)) == [20, None]
    chain.block(after_ms=chain.feed().ended_ms + KEPT_FEED_DAYS * DAY_MS - chain.time_ms)
    assert feed_of(chain.state, 1) is None
    chain.block()
    assert chain.entries(FEED_DAYS) == {}
    assert FeedChanged(2, "spot") in chain.register().events, "a number is given once"


def test_fe1_a_module_that_is_off_has_no_feeds() -> None:
    chain = ChainFixture(make_genesis())
    with pytest.raises(InclusionError) as error:
        chain.do("B", ReportFeed(1, 7, START_MS, b""))
    assert error.value.code == "module_off"


def test_fe1_a_vote_switches_feeds_on() -> None:
    chain = ChainFixture(make_genesis())
    section = encode(FeedsSection((feed_terms(quorum=1),)))
    chain.vote(PlanUpgrade(chain.blocks[-1].header.height + 3, 1, "feeds", section, ""))
    for _ in range(3):
        chain.block()
    assert chain.do("B", ReportFeed(1, 7, chain.time_ms, b"")).events[1:] == (FeedValueChanged(1, 7, chain.time_ms, 1),)


def test_fe5_a_chain_with_feeds_replays_to_the_same_roots() -> None:
    chain = FeedChain()
    agreed(chain, 10, 40, 30)
    chain.block(after_ms=AGE_MS)
    chain.vote(ChangeFeed(1, feed_terms(quorum=2)))
    agreed(chain, 50, 60)
    chain.vote(EndFeed(1))
    roots = [(each.header.state_root.hex(), each.header.receipts_root.hex()) for each in chain.blocks]
    assert replay(export(chain.genesis, chain.blocks)) == roots


def test_fe1_a_section_may_have_no_feed() -> None:
    made = make_genesis()
    section = FEEDS_SECTION.holding(FeedsSection(()))
    chain = ChainFixture(msgspec.structs.replace(made, sections=tuple(sorted((*made.sections, section)))))
    assert chain.entries(FEEDS) == {}


# --- FE9: invariants -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"value": 21}, "not what its reports come to"),
        ({"known": False, "value": 0}, "not what its reports come to"),
        ({"due_ms": 5}, "does not wait|another report"),
        ({"ended_ms": 5}, "has a value"),
    ],
)
def test_fe9_a_feed_that_says_another_value_than_its_reports_breaks_the_invariant(
    changes: dict[str, Any], fault: str
) -> None:
    chain = FeedChain()
    agreed(chain, 10, 20, 30)
    state = chain.state
    state.put(FEEDS, big_endian(1), replace(chain.feed(), **changes))
    chain.reader.apply(state.changes())
    with pytest.raises(BrokenInvariant, match=fault):
        check_feeds(chain.reader)


def test_fe9_a_history_that_ends_with_another_value_breaks_the_invariant() -> None:
    chain = FeedChain()
    agreed(chain, 10, 20, 30)
    state = chain.state
    context = context_at(chain.registry, state, chain.genesis, 99, chain.time_ms)
    record(context, 1, chain.time_ms, 21)
    chain.reader.apply(state.changes())
    with pytest.raises(BrokenInvariant, match="ends with another value"):
        check_feed_days(chain.reader)
