"""Consumption sessions (rules C1 to C8, E6, E7): opening, drawing, excess, deadline, shortfall."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import actual, closed, consume, events, produce
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.energy.events import BooksExceeded, EnergyDrawn, ExcessDrawn, SessionOpened
from ledger.energy.genesis import GenesisUnit, SurplusRule
from ledger.energy.limits import MAX_OPEN_SESSIONS
from ledger.energy.payloads import CloseSession, EnergyProduced, OpenSession, RemoveUnit
from ledger.energy.schema import Gap, SessionEnd
from ledger.governance.payloads import SetParameter

USED_UP, CLOSED, EXPIRED, EXCEEDED, SHORTFALL = (int(SessionEnd(number)) for number in range(1, 6))


def chain_with(parameters: dict[str, int] | None = None, **genesis: Any) -> ChainFixture:
    """A, B and D have ENT and U1 the energy; no provider's share; a close returns at once."""
    chosen = {"F": 0, "close_notice": 0, **(parameters or {})}
    chain = ChainFixture(make_genesis(parameters=tuple(chosen.items()), **genesis))
    for who in ("A", "B", "D"):
        assert produce(chain, "U1", who, 10_000).applied
    return chain


def in_deficit() -> ChainFixture:
    """3 ENT of 30 without energy behind them: a rate of 0.15."""
    chain = chain_with()
    assert actual(chain, "U1", 27_000).applied
    assert chain.rate == 15 * ENT // 100
    return chain


def in_surplus(**genesis: Any) -> ChainFixture:
    """3 kWh more than tokens: a rate of 0.15."""
    chain = chain_with(**genesis)
    assert actual(chain, "U1", 33_000).applied
    assert chain.rate == 15 * ENT // 100
    return chain


def open_at(chain: ChainFixture, who: str, amount: int, unit: str = "U1", overdraft: int = 0) -> str:
    return chain.try_(who, OpenSession(address(unit), amount, overdraft)).code


# --- opening ---------------------------------------------------------------------------------------------------------


def test_opening_locks_tokens_and_energy_and_says_so() -> None:
    chain = chain_with()
    receipt = chain.do("A", OpenSession(address("U1"), 2 * ENT, 7))
    session = chain.session("A", "U1")
    assert session is not None
    assert (session.locked, session.energy_wh, session.rate, session.gap) == (2 * ENT, 2_000, 0, Gap.NONE)
    assert (session.opened_ms, session.deadline_ms) == (chain.time_ms, chain.time_ms + 2 * HOUR_MS)
    assert session.overdraft == 7
    assert (chain.balance("A").available, chain.balance("A").session) == (8 * ENT, 2 * ENT)
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (28_000, 2_000)
    assert events(receipt, SessionOpened) == [
        SessionOpened(address("U1"), address("A"), 1, 2 * ENT, 2_000, 0, Gap.NONE, session.deadline_ms)
    ]


def test_the_grant_is_rounded_down_at_the_rate_of_a_deficit() -> None:
    chain = in_deficit()
    assert open_at(chain, "A", 2 * ENT) == ""
    session = chain.session("A", "U1")
    assert session is not None
    assert session.energy_wh == 2 * ENT * 1000 // (ENT + chain.rate) == 1_739
    assert (session.rate, session.gap) == (chain.rate, Gap.DEFICIT)


def test_the_grant_of_a_shared_surplus_is_at_par() -> None:
    chain = in_surplus()
    assert open_at(chain, "A", 1_999_999) == ""
    session = chain.session("A", "U1")
    assert session is not None
    assert session.energy_wh == 1
    assert (session.rate, session.gap) == (chain.rate, Gap.SURPLUS)


def test_the_grant_of_a_charged_surplus_pays_the_rate() -> None:
    chain = in_surplus(surplus=int(SurplusRule.CHARGE))
    assert open_at(chain, "A", 2 * ENT) == ""
    session = chain.session("A", "U1")
    assert session is not None
    assert session.energy_wh == 1_739


def test_what_cannot_be_opened() -> None:
    chain = chain_with()
    assert open_at(chain, "A", 999_999) == "session_too_small"
    assert open_at(chain, "A", ENT, "U2") == "unit_short_of_energy"
    assert open_at(chain, "A", ENT, "nobody") == "unknown_unit"
    assert open_at(chain, "A", 11 * ENT) == "insufficient_balance"
    assert open_at(chain, "U1", ENT) == "own_unit"
    assert open_at(chain, "A", ENT) == ""
    assert open_at(chain, "A", ENT) == "session_open"
    chain.do("A", Transfer(ENERGY_ASSET, address("U2"), ENT))
    assert open_at(chain, "U2", ENT) == ""


def test_the_whole_free_energy_can_be_granted_and_no_more() -> None:
    chain = chain_with()
    assert open_at(chain, "A", 10 * ENT) == ""
    assert open_at(chain, "B", 10 * ENT) == ""
    assert produce(chain, "U2", "D", 1).applied
    assert open_at(chain, "D", 10 * ENT + 10**6) == "unit_short_of_energy"
    assert chain.session("D", "U1") is None
    assert chain.balance("D").session == 0
    assert open_at(chain, "D", 10 * ENT) == ""
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (0, 30_000)


def test_inactive_units_open_no_session() -> None:
    chain = chain_with(units=tuple(GenesisUnit(address(name), address("C"), 40_000, 0) for name in ("U1", "U2")))
    assert actual(chain, "U1", 21_999).applied
    assert open_at(chain, "A", ENT) == "unit_inactive"
    chain.vote(RemoveUnit(address("U2")))
    assert open_at(chain, "A", ENT, "U2") == "unit_inactive"


def test_sixteen_sessions_of_one_account() -> None:
    names = [f"unit {number}" for number in range(MAX_OPEN_SESSIONS + 1)]
    chain = ChainFixture(make_genesis(units=tuple(GenesisUnit(address(name), address("C"), 0, 0) for name in names)))
    chain.block([chain.tx(name, EnergyProduced(1, address("A"), 10_000)) for name in names])
    chain.block([chain.tx("A", OpenSession(address(name), ENT, 0)) for name in names[1:]])
    assert open_at(chain, "A", ENT, names[0]) == "too_many_sessions"
    chain.do("A", CloseSession(address(names[1])))
    assert open_at(chain, "A", ENT, names[0]) == ""


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_drawing_burns_from_the_lock_at_the_rate_of_the_opening() -> None:
    chain = in_deficit()
    rate = chain.rate
    assert open_at(chain, "A", 5 * ENT) == ""
    assert actual(chain, "U1", 25_000).applied
    assert chain.rate > rate
    (drawn,) = events(consume(chain, "U1", "A", 1_001), EnergyDrawn)
    assert drawn.cost == -(-1_001 * rate // 1000)
    assert drawn.burned == 1_001 * 10**6 + drawn.cost
    assert chain.balance("A").session == 5 * ENT - drawn.burned


def test_the_rate_acts_only_while_the_gap_has_the_sign_of_the_opening() -> None:
    chain = in_deficit()
    assert open_at(chain, "A", 5 * ENT) == ""
    assert actual(chain, "U1", 31_000).applied
    assert chain.gap < 0
    assert events(consume(chain, "U1", "A", 1_000), EnergyDrawn)[0].cost == 0
    assert actual(chain, "U1", 29_000).applied
    assert chain.gap == 0
    assert events(consume(chain, "U1", "A", 1_000), EnergyDrawn)[0].cost == 0
    assert actual(chain, "U1", 27_000).applied
    assert chain.gap > 0
    assert events(consume(chain, "U1", "A", 1_000), EnergyDrawn)[0].cost == 15 * ENT // 100


def test_the_cost_of_a_draw_stops_at_equilibrium() -> None:
    chain = in_deficit()
    assert open_at(chain, "A", 10 * ENT) == ""
    assert produce(chain, "U1", "B", 19_000).applied
    assert chain.gap == 15 * ENT // 100
    assert events(consume(chain, "U1", "A", 3_000), EnergyDrawn)[0].cost == 15 * ENT // 100
    assert (chain.gap, chain.rate) == (0, 0)


def test_an_opening_in_balance_pays_par_in_a_deficit() -> None:
    chain = chain_with()
    assert open_at(chain, "A", 2 * ENT) == ""
    assert actual(chain, "U1", 27_000).applied
    (drawn,) = events(consume(chain, "U1", "A", 2_000), EnergyDrawn)
    assert (drawn.burned, drawn.cost) == (2 * ENT, 0)


def test_an_opening_in_a_surplus_is_relieved_and_gets_the_rest_back() -> None:
    chain = in_surplus()
    rate = chain.rate
    assert open_at(chain, "A", 2 * ENT) == ""
    receipt = consume(chain, "U1", "A", 2_000)
    assert events(receipt, EnergyDrawn)[0].cost == -2 * rate
    assert closed(receipt) == [(1, USED_UP)]
    assert chain.balance("A").available == 8 * ENT + 2 * rate
    assert chain.balance("A").session == 0


def test_a_used_up_session_closes_and_the_rest_returns() -> None:
    chain = in_deficit()
    assert open_at(chain, "A", 2 * ENT) == ""
    assert closed(consume(chain, "U1", "A", 1_738)) == []
    receipt = consume(chain, "U1", "A", 1)
    assert closed(receipt) == [(1, USED_UP)]
    assert chain.balance("A").session == 0
    assert chain.balance("A").available == 10 * ENT - 1_739 * (ENT + 15 * ENT // 100) // 1000
    assert chain.session("A", "U1") is None


def test_the_consumer_closes_at_any_time() -> None:
    chain = chain_with()
    assert open_at(chain, "A", 2 * ENT) == ""
    assert consume(chain, "U1", "A", 500).applied
    assert chain.try_("B", CloseSession(address("U1"))).code == "no_session"
    assert closed(chain.do("A", CloseSession(address("U1")))) == [(1, CLOSED)]
    assert chain.balance("A").available == 10 * ENT - ENT // 2
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (29_500, 0)
    assert chain.try_("A", CloseSession(address("U1"))).code == "no_session"
    assert open_at(chain, "A", ENT) == ""


# --- more than was granted -------------------------------------------------------------------------------------------


def test_without_overdraft_the_excess_is_a_loss_that_names_the_consumer() -> None:
    chain = chain_with()
    assert open_at(chain, "A", ENT) == ""
    receipt = consume(chain, "U1", "A", 2_500)
    assert closed(receipt) == [(1, EXCEEDED)]
    assert events(receipt, ExcessDrawn) == [ExcessDrawn(address("U1"), address("A"), 1_500, 0, 0, 1_500, False)]
    assert chain.balance("A").available == 9 * ENT
    assert chain.gap == 1_500 * 10**6
    assert chain.rate == chain.gap // 20
    assert chain.unit("U1").available_wh == 27_500


@pytest.mark.parametrize("overdraft", [1, ENT - 1, ENT, 3 * ENT, 2**63 - 1])
def test_the_excess_is_burned_up_to_the_overdraft(overdraft: int) -> None:
    """Unpaid Wh: w - floor(A * 1000 / (10^9 + r)), A the overdraft as far as it is available."""
    chain = in_deficit()
    assert open_at(chain, "A", 4 * ENT, overdraft=overdraft) == ""
    session = chain.session("A", "U1")
    assert session is not None
    part, excess_wh = session.energy_wh, 6_000
    receipt = consume(chain, "U1", "A", part + excess_wh)
    (drawn,), (spent,) = events(receipt, EnergyDrawn), events(receipt, ExcessDrawn)
    rate = 15 * ENT // 100
    spendable = min(overdraft, 10 * ENT - drawn.burned)
    paid_wh = min(spendable * 1000 // (ENT + rate), excess_wh)
    assert spent.unpaid_wh == excess_wh - paid_wh
    assert spent.cost == -(-paid_wh * rate // 1000)
    assert spent.burned == paid_wh * 10**6 + spent.cost <= spendable
    assert chain.balance("A").available == 10 * ENT - drawn.burned - spent.burned
    assert chain.unit("U1").available_wh == 27_000 - part - excess_wh


def test_the_excess_is_an_operation_of_its_own_at_the_present_rate() -> None:
    """The session was opened at par; the excess pays the rate that a loss set since."""
    chain = chain_with()
    assert open_at(chain, "A", ENT, overdraft=ENT) == ""
    assert actual(chain, "U1", 27_000).applied
    receipt = consume(chain, "U1", "A", 1_500)
    assert events(receipt, EnergyDrawn)[0].cost == 0
    assert events(receipt, ExcessDrawn)[0].cost == 500 * (15 * ENT // 100) // 1000


def test_an_overdraft_in_a_shared_surplus_is_relieved() -> None:
    chain = in_surplus()
    assert open_at(chain, "A", ENT, overdraft=ENT) == ""
    (excess,) = events(consume(chain, "U1", "A", 2_000), ExcessDrawn)
    assert (excess.unpaid_wh, excess.cost) == (0, -15 * ENT // 100)
    assert excess.burned == ENT - 15 * ENT // 100


def test_the_refund_of_the_session_counts_as_available() -> None:
    """A locked all it has; what the relief leaves of the lock pays for the excess."""
    chain = in_surplus()
    assert open_at(chain, "A", 10 * ENT, overdraft=10 * ENT) == ""
    (excess,) = events(consume(chain, "U1", "A", 10_500), ExcessDrawn)
    assert excess.unpaid_wh == 0
    assert excess.burned == ENT // 2 - 75 * 10**6


def test_without_a_session_no_token_moves() -> None:
    chain = chain_with()
    assert open_at(chain, "B", ENT) == ""
    before = [chain.balance(name) for name in ("A", "B", "C", "D")]
    receipt = consume(chain, "U1", "A", 2_000)
    assert receipt.applied
    assert events(receipt, ExcessDrawn) == [ExcessDrawn(address("U1"), address("A"), 2_000, 0, 0, 2_000, True)]
    assert [chain.balance(name) for name in ("A", "B", "C", "D")] == before
    assert chain.unit("U1").available_wh == 27_000
    assert chain.gap == 2 * ENT


def test_a_session_at_another_unit_does_not_count() -> None:
    chain = chain_with()
    assert produce(chain, "U2", "D", 5_000).applied
    assert open_at(chain, "A", ENT, "U2", overdraft=ENT) == ""
    assert events(consume(chain, "U1", "A", 500), ExcessDrawn)[0].without_session
    assert chain.session("A", "U2") is not None


def test_the_books_never_fall_below_zero() -> None:
    chain = chain_with()
    receipt = consume(chain, "U1", "A", 30_001)
    assert events(receipt, BooksExceeded) == [BooksExceeded(address("U1"), 1)]
    assert chain.unit("U1").available_wh == 0
    assert chain.gap == 30 * ENT


def test_an_excess_closes_the_sessions_that_it_takes_the_energy_of() -> None:
    chain = chain_with()
    for who in ("A", "B", "D"):
        assert open_at(chain, who, 8 * ENT) == ""
    receipt = consume(chain, "U1", "A", 8_000 + 6_001)
    assert closed(receipt) == [(1, EXCEEDED), (3, SHORTFALL)]
    assert chain.balance("D").available == 10 * ENT
    assert chain.unit("U1").locked_wh == 8_000
    assert chain.unit("U1").available_wh == 30_000 - 8_000 - 6_001 - 8_000


# --- less than the books say -----------------------------------------------------------------------------------------


def test_a_shortfall_takes_free_energy_first() -> None:
    chain = chain_with()
    for who in ("A", "B", "D"):
        assert open_at(chain, who, 8 * ENT) == ""
    assert closed(actual(chain, "U1", 24_000)) == []
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (0, 24_000)


@pytest.mark.parametrize(
    ("left_wh", "ended"),
    [(23_999, [3]), (16_000, [3]), (15_999, [3, 2]), (8_000, [3, 2]), (7_999, [3, 2, 1]), (0, [3, 2, 1])],
)
def test_a_shortfall_closes_the_latest_sessions_and_as_few_as_needed(left_wh: int, ended: list[int]) -> None:
    chain = chain_with()
    for who in ("B", "A", "D"):
        assert open_at(chain, who, 8 * ENT) == ""
    receipt = actual(chain, "U1", left_wh)
    assert closed(receipt) == [(number, SHORTFALL) for number in ended]
    unit = chain.unit("U1")
    assert unit.available_wh + unit.locked_wh == left_wh
    for number, who in enumerate(("B", "A", "D"), 1):
        assert (chain.session(who, "U1") is None) == (number in ended)
        assert chain.balance(who).available == (10 * ENT if number in ended else 2 * ENT)


# --- deadline --------------------------------------------------------------------------------------------------------


def test_at_the_deadline_all_returns_without_anyone_calling() -> None:
    chain = chain_with({"H": MINUTE_MS})
    assert open_at(chain, "A", 2 * ENT) == ""
    assert consume(chain, "U1", "A", 500).applied
    session = chain.session("A", "U1")
    assert session is not None
    block = chain.block(after_ms=session.deadline_ms - chain.time_ms - 1)
    assert closed(block.executed.receipts[0]) == []
    block = chain.block(after_ms=1)
    assert closed(block.executed.receipts[0]) == [(1, EXPIRED)]
    assert block.executed.receipts[0].transaction_id == b""
    assert (chain.balance("A").available, chain.balance("A").session) == (10 * ENT - ENT // 2, 0)
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (29_500, 0)
    assert events(consume(chain, "U1", "A", 1), ExcessDrawn)[0].without_session


def test_the_last_millisecond_counts_and_the_deadline_does_not() -> None:
    for early_ms, drawn in ((1, True), (0, False)):
        chain = chain_with({"H": MINUTE_MS})
        assert open_at(chain, "A", 2 * ENT) == ""
        chain.block(after_ms=MINUTE_MS - 1000 - early_ms)
        assert bool(events(consume(chain, "U1", "A", 1), EnergyDrawn)) == drawn


def test_the_deadline_is_fixed_at_opening() -> None:
    chain = chain_with()
    assert open_at(chain, "A", ENT) == ""
    chain.vote(SetParameter("H", MINUTE_MS))
    assert open_at(chain, "B", ENT) == ""
    first, second = chain.session("A", "U1"), chain.session("B", "U1")
    assert first is not None
    assert second is not None
    assert first.deadline_ms - first.opened_ms == 2 * HOUR_MS
    assert second.deadline_ms - second.opened_ms == MINUTE_MS
    chain.block(after_ms=MINUTE_MS)
    assert chain.session("A", "U1") is not None
    assert chain.session("B", "U1") is None


def test_sessions_return_in_order_of_deadline_then_number() -> None:
    chain = chain_with()
    assert open_at(chain, "D", ENT) == ""
    chain.vote(SetParameter("H", MINUTE_MS))
    chain.block([chain.tx(who, OpenSession(address("U1"), ENT, 0)) for who in ("B", "A")])
    block = chain.block(after_ms=3 * HOUR_MS)
    assert closed(block.executed.receipts[0]) == [(2, EXPIRED), (3, EXPIRED), (1, EXPIRED)]


def test_a_closed_session_expires_no_more() -> None:
    chain = chain_with()
    assert open_at(chain, "A", ENT) == ""
    chain.do("A", CloseSession(address("U1")))
    assert open_at(chain, "A", ENT) == ""
    block = chain.block(after_ms=2 * HOUR_MS - 1)
    assert block.executed.receipts[0].events == ()
    assert chain.session("A", "U1") is not None
