"""Whatever liars report, in whatever order and how late: too few of them move nothing (rules FE5, FE6, FE7).

The invariants of all modules are checked after each block (`harness.chain`); here a slow twin says beside them what is
in force, from all reports that ever came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harness.chain import ENT, address
from ledger.feeds.history import values_at
from ledger.feeds.limits import MIN_REPORT_GAP_MS
from ledger.feeds.median import evaluate, lower_median, tolerated_liars
from ledger.feeds.payloads import ChangeFeed, FeedTerms
from ledger.feeds.schema import FeedReport
from tests.support.feed_chain import AGE_MS, REPORTERS, STEP_MS, FeedChain, feed_terms

FIGURES = st.integers(-(10**12), 10**12)


@dataclass(frozen=True)
class Case:
    """Latest reports of honest reporters, and of liars; times before now."""

    quorum: int
    honest: tuple[tuple[int, int], ...]
    liars: tuple[tuple[int, int], ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    reports = st.tuples(FIGURES, st.integers(0, 2 * AGE_MS))
    honest = draw(st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 2 * AGE_MS)), max_size=8))
    liars = draw(st.lists(reports, max_size=8))
    return Case(draw(st.integers(1, 16)), tuple(honest), tuple(liars))


def _reports(given_: tuple[tuple[int, int], ...], now_ms: int) -> list[FeedReport]:
    return [FeedReport(value, now_ms - age, now_ms, b"") for value, age in given_]


@given(case=cases())
@settings(max_examples=100, deadline=None)
def test_liars_below_half_of_the_quorum_move_nothing_beyond_what_honest_reporters_say(case: Case) -> None:
    now, terms = 10 * AGE_MS, feed_terms(quorum=case.quorum)
    liars, honest = _reports(case.liars, now), _reports(case.honest, now)
    value = evaluate(terms, (*liars, *honest), now).value
    counted = [report.value for report in honest if now - report.time_ms <= AGE_MS]
    lies = sum(now - report.time_ms <= AGE_MS for report in liars)
    if len(counted) + lies < case.quorum:
        assert value is None
    elif 2 * lies < len(counted) + lies:
        assert value is not None
        assert min(counted) <= value <= max(counted)
    if len(liars) <= tolerated_liars(case.quorum) and value is not None:
        assert min(counted) <= value <= max(counted), "so many liars a quorum withstands, whoever is silent"


@given(case=cases())
@settings(max_examples=50, deadline=None)
def test_liars_below_the_quorum_give_no_value_alone(case: Case) -> None:
    now = 10 * AGE_MS
    value = evaluate(feed_terms(quorum=case.quorum), _reports(case.liars, now), now).value
    assert value is None or len(case.liars) >= case.quorum


@given(values=st.lists(FIGURES, min_size=1, max_size=16), data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_median_is_a_reported_value_and_no_order_changes_it(values: list[int], data: st.DataObject) -> None:
    value = lower_median(values)
    assert value in values
    assert lower_median(data.draw(st.permutations(values))) == value
    assert 2 * sum(each < value for each in values) < len(values)
    assert 2 * sum(each > value for each in values) <= len(values)


def _in_force(terms: FeedTerms, came: list[tuple[int, str, int, int]], instant: int) -> int | None:
    """From all reports that came until an instant, as a person would look them up."""
    latest: dict[str, tuple[int, int]] = {}
    for received_ms, name, value, time_ms in came:
        if received_ms <= instant and address(name) in terms.reporters:
            latest[name] = (value, time_ms)
    counted = sorted(value for value, time_ms in latest.values() if instant - time_ms <= terms.oldest_age_ms)
    return None if len(counted) < terms.quorum else counted[(len(counted) - 1) // 2]


LIARS: Final = "EF"


class Feeds(RuleBasedStateMachine):
    """Two of five reporters lie; the quorum is five, then three; reports come late, and blocks later still."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = FeedChain(feed_terms(quorum=5))
        self.terms = self.chain.feed().terms
        self.came: list[tuple[int, str, int, int]] = []
        self.said: dict[int, int | None] = {}
        self.at_ms = self.chain.time_ms

    @rule(name=st.sampled_from("BCD"), value=st.integers(100, 120), age_ms=st.integers(0, AGE_MS))
    def honest(self, name: str, value: int, age_ms: int) -> None:
        self._report(name, value, age_ms)

    @rule(name=st.sampled_from(LIARS), value=st.integers(-ENT, 10 * ENT), age_ms=st.integers(0, AGE_MS))
    def lie(self, name: str, value: int, age_ms: int) -> None:
        self._report(name, value, age_ms)

    def _report(self, name: str, value: int, age_ms: int) -> None:
        time_ms = self.chain.time_ms + MIN_REPORT_GAP_MS - age_ms
        last = max((time for _at, who, _value, time in self.came if who == name), default=-1)
        code = self.chain.report(name, value, age_ms=age_ms, after_ms=MIN_REPORT_GAP_MS).code
        assert code == ("" if time_ms > last else "report_not_newer")
        if not code:
            self.came.append((self.chain.time_ms, name, value, time_ms))

    @rule(minutes=st.integers(1, 100))
    def time_passes(self, minutes: int) -> None:
        self.chain.block(after_ms=minutes * 60_000)

    @rule(quorum=st.sampled_from([3, 5]))
    def vote(self, quorum: int) -> None:
        if quorum != self.terms.quorum:
            self._remember()
            self.chain.vote(ChangeFeed(1, feed_terms(quorum=quorum)))
            self.terms = self.chain.feed().terms
            self.at_ms = self.chain.time_ms

    def _remember(self) -> None:
        """What the twin says of the five minutes since the terms changed last."""
        first = -(-self.at_ms // STEP_MS) * STEP_MS
        for instant in range(first, self.chain.time_ms + 1, STEP_MS):
            self.said[instant] = _in_force(self.terms, self.came, instant)

    @invariant()
    def what_is_in_force_is_what_a_person_finds(self) -> None:
        value = _in_force(self.terms, self.came, self.chain.time_ms)
        assert self.chain.value() == value
        if self.terms.quorum == len(REPORTERS) and value is not None:
            assert 100 <= value <= 120, "two liars of five moved the value"

    @invariant()
    def the_past_never_changes(self) -> None:
        self._remember()
        instants = sorted(self.said)[-300:]
        assert values_at(self.chain.state, 1, instants) == [self.said[instant] for instant in instants]


Feeds.TestCase.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
TestFeeds = Feeds.TestCase
