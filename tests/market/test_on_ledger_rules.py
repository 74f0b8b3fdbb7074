"""Orders on the ledger, rule by rule (docs/protocol/market.md); every block is checked against all invariants."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET, THESIS_ASSETS
from ledger.bank.payloads import LockWithdrawal, SetBanker, Transfer
from ledger.chain import weights
from ledger.chain.parameter_text import parse_parameter
from ledger.encoding.amounts import parse_amount
from ledger.energy.payloads import OpenSession
from ledger.errors import GenesisError, InclusionError, Refused
from ledger.governance.payloads import AddVoter, CastVote, ExpelMember, RemoveVoter, SetParameter
from market import weights as market_weights
from market.cda.types import ExecutionPrice, SelfTrade
from market.events import OrderCancelled, OrderExpired, OrderPlaced, OrderReplaced, Traded
from market.genesis import GenesisProduct
from market.schema import LAST_TRADE, LastTrade, product_key
from market.terms import DEFAULT_TICK
from market.transactions import PlaceOrder, ReplaceOrder
from market.types import BUY, SELL, OrderKind, Reason
from tests.market.on_ledger import (
    NAMES,
    balances,
    buy,
    cancel,
    eeuro,
    ent,
    find,
    listing,
    market_chain,
    number_of,
    only,
    replace,
    retired,
    sell,
    statement,
    traded,
)

FULL = 1_000 * ENT


@pytest.fixture
def chain() -> ChainFixture:
    return market_chain()


# --- terms (Y3) --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "quantity", "code"),
    [
        (ENT + 1, ENT, "bad_price"),
        (ENT, ENT + 1, "bad_quantity"),
        (2**63 // 1000 * 1000 - 1000, 10**18, "order_too_large"),
        (5 * ENT, 999 * ENT, "insufficient_balance"),
    ],
)
def test_terms_that_are_refused(chain: ChainFixture, price: int, quantity: int, code: str) -> None:
    assert chain.try_("A", PlaceOrder(1, BUY, OrderKind.LIMIT, price, quantity, 0)).code == code
    assert eeuro(chain, "A") == (FULL, 0)


def test_a_refused_order_takes_no_number(chain: ChainFixture) -> None:
    first = number_of(chain.do("A", sell("1", "1")))
    chain.try_("A", sell("1001", "1"))
    assert number_of(chain.do("A", sell("1", "1"))) == first + 1


def test_an_expiry_must_be_later_than_the_block(chain: ChainFixture) -> None:
    due = chain.time_ms + 1000
    assert chain.try_("A", sell("1", "1", expires_ms=due)).code == "order_expired"
    chain.do("A", sell("1", "1", expires_ms=due + 1001))


def test_energy_may_be_given_away(chain: ChainFixture) -> None:
    chain.do("A", sell("1", "0"))
    chain.do("B", buy("1", "0"))
    assert ent(chain, "B") == (FULL + ENT, 0)
    assert eeuro(chain, "B") == (FULL, 0)


def test_a_genesis_with_another_market_is_refused() -> None:
    with pytest.raises(GenesisError, match="no market mechanism is named tdda"):
        market_chain(products=(GenesisProduct("tdda", ENERGY_ASSET, CURRENCY_ASSET),))


SMALLEST = ENT // 10
DEFAULTS = (("F", 0),)


def test_l15e_no_order_is_smaller_than_the_smallest() -> None:
    chain = market_chain(parameters=DEFAULTS)
    dust = SMALLEST - ENT // 1000
    for kind in OrderKind:
        assert chain.try_("A", PlaceOrder(1, SELL, kind, ENT, dust, 0)).code == "order_too_small"
    number = number_of(chain.do("A", PlaceOrder(1, SELL, OrderKind.LIMIT, ENT, SMALLEST, 0)))
    assert chain.try_("A", ReplaceOrder(1, number, ENT, dust, 0)).code == "order_too_small"


def test_l15e_no_rest_of_an_incoming_order_is_smaller() -> None:
    chain = market_chain(parameters=DEFAULTS)
    first = number_of(chain.do("A", sell("0.25", "1")))
    receipt = chain.do("B", buy("0.3", "1"))
    (ended,) = only(receipt, OrderCancelled)
    assert (ended.remaining, ended.reason) == (ENT // 20, Reason.REST_TOO_SMALL)
    assert listing(chain) == []
    assert eeuro(chain, "B") == (FULL - ENT // 4, 0)
    assert find(chain, first) is None


def test_break_14_what_a_trade_leaves_of_a_resting_order_is_not_smaller_either() -> None:
    chain = market_chain(parameters=DEFAULTS)
    for side, other, rest in ((sell, buy, "0.05"), (buy, sell, "0.099")):
        number = number_of(chain.do("A", side("0.2", "1")))
        receipt = chain.do("B", other(str(Decimal("0.2") - Decimal(rest)), "1"))
        (ended,) = only(receipt, OrderCancelled)
        assert (ended.number, ended.owner, ended.remaining) == (number, address("A"), parse_amount(rest))
        assert ended.reason == Reason.REST_TOO_SMALL
        assert find(chain, number) is None
        assert listing(chain) == []
    assert (ent(chain, "A")[1], eeuro(chain, "A")[1]) == (0, 0)


def test_break_14_what_is_left_that_is_not_smaller_rests() -> None:
    chain = market_chain(parameters=DEFAULTS)
    number = number_of(chain.do("A", sell("0.35", "1")))
    assert not only(chain.do("B", buy("0.25", "1")), OrderCancelled)
    left = find(chain, number)
    assert left is not None
    assert left.quantity == SMALLEST


def test_break_14_dust_that_is_left_over_stops_no_order() -> None:
    """256 orders of 0.101 ENT of which an accomplice took 0.1 took the 256 trades of an order of 50 ENT."""
    chain = market_chain(parameters=DEFAULTS)
    for number in range(12):
        price = str(1 - Decimal(number + 1) / 1000)
        chain.do("A", sell("0.101", price))
        chain.do("D", buy("0.1", price, kind=OrderKind.IOC))
    chain.do("C", sell("50", "1"))
    assert len(only(chain.do("B", buy("50", "1")), Traded)) == 1


def test_l15e_dust_stops_no_order_any_more() -> None:
    """256 orders of 0.001 ENT took the 256 trades that an order of 50 ENT may make."""
    chain = market_chain(parameters=DEFAULTS)
    for _ in range(4):
        dust = [chain.tx("A", PlaceOrder(1, SELL, OrderKind.LIMIT, ENT, ENT // 1000, 0)) for _ in range(64)]
        assert {receipt.code for receipt in chain.block(dust).executed.receipts[1:]} == {"order_too_small"}
    chain.do("C", sell("50", "1"))
    chain.do("B", buy("50", "1"))
    assert ent(chain, "B") == (FULL + 50 * ENT, 0)


def test_l15e_the_thesis_has_no_smallest_order() -> None:
    chain = market_chain(parameters=(("F", 0), ("minimum_order", 0)))
    chain.do("A", PlaceOrder(1, SELL, OrderKind.LIMIT, ENT, ENT // 1000, 0))


# --- escrow and settlement (Y4-Y7) -------------------------------------------------------------------------------


def test_a_resting_order_locks_what_it_may_cost(chain: ChainFixture) -> None:
    bid = chain.do("A", buy("2", "3"))
    ask = chain.do("B", sell("2", "4"))
    assert eeuro(chain, "A") == (FULL - 6 * ENT, 6 * ENT)
    assert ent(chain, "B") == (FULL - 2 * ENT, 2 * ENT)
    assert [only(each, OrderPlaced)[0].locked for each in (bid, ask)] == [6 * ENT, 2 * ENT]


@pytest.mark.parametrize(
    ("rule", "price"),
    [(ExecutionPrice.RESTING, 6), (ExecutionPrice.BID, 6), (ExecutionPrice.ASK, 4), (ExecutionPrice.AVERAGE, 5)],
)
def test_a_better_price_is_released_to_a_resting_buyer(rule: ExecutionPrice, price: int) -> None:
    chain = market_chain(parameters=(("F", 0), ("execution_price", int(rule))))
    chain.do("A", buy("3", "6"))
    (trade,) = only(chain.do("B", sell("2", "4")), Traded)
    assert (trade.price, trade.payment, trade.released) == (price * ENT, 2 * price * ENT, 2 * (6 - price) * ENT)
    assert eeuro(chain, "A") == (FULL - 18 * ENT + 2 * (6 - price) * ENT, 6 * ENT)
    assert eeuro(chain, "B") == (FULL + 2 * price * ENT, 0)
    assert ent(chain, "A") == (FULL + 2 * ENT, 0)
    assert ent(chain, "B") == (FULL - 2 * ENT, 0)


def test_the_limit_must_be_covered_even_where_the_price_is_better(chain: ChainFixture) -> None:
    chain.do("A", sell("1", "1"))
    assert chain.try_("B", buy("1", "1001")).code == "insufficient_balance"
    chain.do("B", buy("1", "1000"))
    assert eeuro(chain, "B") == (FULL - ENT, 0)


def test_the_last_trade_is_kept(chain: ChainFixture) -> None:
    assert chain.state.get(LAST_TRADE, product_key(1)) is None
    chain.do("A", sell("1", "2"))
    chain.do("A", sell("2", "3"))
    chain.do("B", buy("2", "3"))
    assert chain.state.get(LAST_TRADE, product_key(1)) == LastTrade(3 * ENT, ENT, chain.time_ms, 2)


def test_no_purpose_spends_the_lock_of_an_order(chain: ChainFixture) -> None:
    chain.do("A", buy("100", "10"))
    chain.do("B", sell("1000", "20"))
    assert eeuro(chain, "A") == (0, FULL)
    assert ent(chain, "B") == (0, FULL)
    assert chain.try_("A", LockWithdrawal(CURRENCY_ASSET, 1)).code == "insufficient_balance"
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("B"), 1)).code == "insufficient_balance"
    assert chain.try_("A", buy("0.001", "1")).code == "insufficient_balance"
    assert chain.try_("B", OpenSession(address("U1"), 10**6, 0)).code == "insufficient_balance"
    with pytest.raises(InclusionError, match="cannot_pay_fee"):
        chain.try_("A", cancel(1), fee=1)


def test_an_order_does_not_spend_the_lock_of_another_purpose(chain: ChainFixture) -> None:
    chain.do("A", LockWithdrawal(CURRENCY_ASSET, FULL))
    chain.do("B", OpenSession(address("U1"), FULL, 0))
    assert chain.try_("A", buy("0.001", "1")).code == "insufficient_balance"
    assert chain.try_("B", sell("0.001", "1")).code == "insufficient_balance"


def test_the_fee_is_paid_before_the_order_locks() -> None:
    chain = market_chain(eeuro=10)
    assert chain.try_("A", buy("1", "10"), fee=1).code == "insufficient_balance"
    assert eeuro(chain, "A") == (10 * ENT - 1, 0)
    chain.do("A", buy("1", "9.999999"), fee=999)
    assert eeuro(chain, "A") == (0, 9_999_999_000)
    assert eeuro(chain, "V") == (1_000, 0)
    assert statement(chain) == balances(chain, [*NAMES, "V"])


def test_the_proposer_may_be_the_other_party(chain: ChainFixture) -> None:
    rich = market_chain(["A", "V"])
    rich.do("V", sell("1", "5"))
    rich.do("A", buy("1", "5"), fee=7)
    assert eeuro(rich, "V") == (FULL + 5 * ENT + 7, 0)
    assert eeuro(rich, "A") == (FULL - 5 * ENT - 7, 0)


# --- kinds and own orders (Y5, Y6) -------------------------------------------------------------------------------


def test_immediate_or_cancel_never_rests(chain: ChainFixture) -> None:
    chain.do("A", sell("1", "2"))
    receipt = chain.do("B", buy("3", "5", kind=OrderKind.IOC))
    number = number_of(receipt)
    (ended,) = only(receipt, OrderCancelled)
    assert ended == OrderCancelled(1, number, address("B"), BUY, 2 * ENT, CURRENCY_ASSET, 10 * ENT, Reason.IOC_UNFILLED)
    assert eeuro(chain, "B") == (FULL - 2 * ENT, 0)
    assert find(chain, number) is None


def test_fill_or_kill_trades_whole_or_not_at_all(chain: ChainFixture) -> None:
    chain.do("A", sell("1", "2"))
    receipt = chain.do("B", buy("3", "5", kind=OrderKind.FOK))
    assert [event.reason for event in only(receipt, OrderCancelled)] == [Reason.FOK_UNFILLABLE]
    assert eeuro(chain, "B") == (FULL, 0)
    chain.do("C", sell("2", "3"))
    assert len(only(chain.do("B", buy("3", "5", kind=OrderKind.FOK)), Traded)) == 2


def test_post_only_is_refused_where_it_would_trade(chain: ChainFixture) -> None:
    chain.do("A", sell("1", "2"))
    assert chain.try_("B", buy("1", "2", kind=OrderKind.POST_ONLY)).code == "post_only_crosses"
    number = number_of(chain.do("B", buy("1", "1.999999", kind=OrderKind.POST_ONLY)))
    assert chain.try_("B", replace(number, "1", "2")).code == "post_only_crosses"
    assert find(chain, number) is not None
    assert eeuro(chain, "B") == (FULL - 1_999_999_000, 1_999_999_000)


def test_own_orders_do_not_trade_and_the_newest_ends(chain: ChainFixture) -> None:
    chain.do("B", sell("1", "1"))
    own = number_of(chain.do("A", sell("1", "2")))
    receipt = chain.do("A", buy("3", "5"))
    assert len(only(receipt, Traded)) == 1
    (ended,) = only(receipt, OrderCancelled)
    assert (ended.remaining, ended.unlocked, ended.reason) == (2 * ENT, 10 * ENT, Reason.SELF_TRADE)
    assert find(chain, own) is not None
    assert eeuro(chain, "A") == (FULL - ENT, 0)


def test_own_orders_do_not_trade_and_the_oldest_ends() -> None:
    chain = market_chain(parameters=(("F", 0), ("self_trade", int(SelfTrade.CANCEL_OLDEST))))
    own = number_of(chain.do("A", sell("1", "2")))
    chain.do("B", sell("1", "3"))
    receipt = chain.do("A", buy("3", "5"))
    (ended,) = only(receipt, OrderCancelled)
    assert (ended.number, ended.unlocked, ended.reason) == (own, ENT, Reason.SELF_TRADE)
    assert ent(chain, "A") == (FULL + ENT, 0)
    assert eeuro(chain, "A") == (FULL - 3 * ENT - 10 * ENT, 10 * ENT)
    assert statement(chain) == balances(chain, [*NAMES, "V"])


# --- cancelling and replacing (Y9, Y10) --------------------------------------------------------------------------


def test_cancelling_gives_back_what_is_left(chain: ChainFixture) -> None:
    number = number_of(chain.do("A", buy("3", "2")))
    chain.do("B", sell("1", "2"))
    assert chain.try_("B", cancel(number)).code == "not_your_order"
    (ended,) = only(chain.do("A", cancel(number)), OrderCancelled)
    assert ended == OrderCancelled(1, number, address("A"), BUY, 2 * ENT, CURRENCY_ASSET, 4 * ENT, Reason.CANCELLED)
    assert eeuro(chain, "A") == (FULL - 2 * ENT, 0)
    assert chain.try_("A", cancel(number)).code == "unknown_order"
    assert chain.try_("A", replace(number, "1", "1")).code == "unknown_order"


def test_less_at_the_same_price_keeps_the_place(chain: ChainFixture) -> None:
    first, second = number_of(chain.do("A", sell("3", "2"))), number_of(chain.do("B", sell("3", "2")))
    (event,) = only(chain.do("A", replace(first, "2", "2")), OrderReplaced)
    assert (event.previous, event.number, event.unlocked, event.locked) == (first, first, 3 * ENT, 2 * ENT)
    assert traded(chain.do("C", buy("3", "2")))[0][1] == first
    rest = find(chain, second)
    assert rest is not None
    assert rest.quantity == 2 * ENT


@pytest.mark.parametrize(("quantity", "price"), [("4", "2"), ("2", "2.5"), ("2", "1.5")])
def test_everything_else_goes_to_the_end(chain: ChainFixture, quantity: str, price: str) -> None:
    first = number_of(chain.do("A", sell("3", "2")))
    (event,) = only(chain.do("A", replace(first, quantity, price)), OrderReplaced)
    assert event.previous == first
    assert event.number == first + 1
    assert find(chain, first) is None
    assert find(chain, first + 1) is not None


def test_another_expiry_goes_to_the_end_and_the_old_one_is_forgotten(chain: ChainFixture) -> None:
    first = number_of(chain.do("A", sell("3", "2", expires_ms=chain.time_ms + 5_000)))
    (event,) = only(chain.do("A", replace(first, "3", "2", expires_ms=chain.time_ms + 60_000)), OrderReplaced)
    chain.block(after_ms=10_000)
    assert find(chain, event.number) is not None


def test_a_replacement_may_trade_and_must_be_covered(chain: ChainFixture) -> None:
    number = number_of(chain.do("A", buy("100", "9")))
    assert chain.try_("A", replace(number, "100", "10.1")).code == "insufficient_balance"
    chain.do("B", sell("1", "10"))
    assert len(only(chain.do("A", replace(number, "100", "10")), Traded)) == 1
    assert eeuro(chain, "A") == (0, 990 * ENT)


# --- limits and weight (Y8) --------------------------------------------------------------------------------------


def test_an_account_has_at_most_200_open_orders(chain: ChainFixture) -> None:
    numbers: list[int] = []
    for size in (64, 64, 64, 8):
        block = chain.block([chain.tx("A", sell("0.001", "9")) for _ in range(size)])
        numbers += [number_of(receipt) for receipt in block.executed.receipts[1:]]
    assert chain.try_("A", sell("0.001", "9")).code == "too_many_orders"
    assert chain.try_("A", buy("1", "1", kind=OrderKind.POST_ONLY)).code == "too_many_orders"
    assert chain.do("A", buy("1", "1", kind=OrderKind.IOC)).applied
    chain.do("A", replace(numbers[0], "0.001", "8"))
    chain.do("A", cancel(numbers[1]))
    chain.do("A", sell("0.001", "9"))
    assert chain.try_("A", sell("0.001", "9")).code == "too_many_orders"


def test_an_order_makes_at_most_256_trades(chain: ChainFixture) -> None:
    for _ in range(3):
        chain.block([chain.tx(name, sell("0.001", "2")) for name in "AB" for _ in range(43)])
    assert not only(chain.do("C", buy("0.258", "2", kind=OrderKind.FOK)), Traded)
    receipt = chain.do("C", buy("1", "2"))
    assert len(only(receipt, Traded)) == 256
    (ended,) = only(receipt, OrderCancelled)
    assert ended.reason == Reason.TOO_MANY_TRADES
    assert (ended.remaining, ended.unlocked) == (744 * 10**6, 1_488 * 10**6)
    assert receipt.weight == weights.TRANSACTION + 256 * market_weights.TRADE + market_weights.ORDER_VISIT
    assert eeuro(chain, "C") == (FULL - 512 * 10**6, 0)


def test_an_order_that_does_not_fit_into_the_block_waits() -> None:
    chain = market_chain(block_weight=7_300)
    for _ in range(2):
        chain.block([chain.tx(name, sell("0.001", "2")) for name in "ABD" for _ in range(43)])
    order = chain.tx("C", buy("0.256", "2"))
    transfers = [chain.tx(name, Transfer(ENERGY_ASSET, address("B"), 1)) for name in "ABD" for _ in range(64)]
    with pytest.raises(InclusionError, match="block_full"):
        chain.block([*transfers, order])
    assert eeuro(chain, "C") == (FULL, 0)
    receipt = chain.block([order]).executed.receipts[1]
    assert len(only(receipt, Traded)) == 256
    assert receipt.weight == weights.TRANSACTION + 256 * market_weights.TRADE


# --- expiry, expulsion, votes (Y11-Y15) --------------------------------------------------------------------------


def test_an_order_expires_at_its_time(chain: ChainFixture) -> None:
    due = chain.time_ms + 5_000
    number = number_of(chain.do("A", buy("1", "2", expires_ms=due)))
    chain.block(after_ms=due - 1 - chain.time_ms)
    assert find(chain, number) is not None
    own = chain.block(after_ms=1).executed.receipts[0]
    assert own.events == (OrderExpired(1, number, address("A"), BUY, ENT, CURRENCY_ASSET, 2 * ENT),)
    assert find(chain, number) is None
    assert eeuro(chain, "A") == (FULL, 0)


def test_an_expired_order_is_dead_before_it_is_worked_off(chain: ChainFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", 0)
    due = chain.time_ms + 10_000
    names = ("A", "B", "C")
    numbers = [
        number_of(chain.do(name, sell("1", price, expires_ms=due))) for name, price in zip(names, "123", strict=True)
    ]
    chain.block(after_ms=10_000)
    assert chain.try_("C", replace(numbers[2], "0.5", "3")).code == "unknown_order"
    assert not only(chain.do("D", buy("1", "1", kind=OrderKind.FOK)), Traded)
    assert find(chain, numbers[0]) is None
    receipt = chain.do("D", buy("1", "2"))
    assert [event.number for event in only(receipt, OrderExpired)] == [numbers[1]]
    assert find(chain, number_of(receipt)) is not None
    assert only(chain.do("C", cancel(numbers[2])), OrderExpired)
    for name in names:
        assert ent(chain, name) == (FULL, 0)
    assert statement(chain) == balances(chain, [*NAMES, "V"])


def test_expulsion_cancels_the_members_orders(chain: ChainFixture) -> None:
    chain.do("D", sell("1", "5", expires_ms=chain.time_ms + 100_000))
    chain.do("D", buy("1", "2"))
    rest = number_of(chain.do("B", sell("1", "6")))
    receipt = chain.vote(ExpelMember(address("D")))
    ended = only(receipt, OrderCancelled)
    assert [(event.side, event.reason) for event in ended] == [(SELL, Reason.EXPELLED), (BUY, Reason.EXPELLED)]
    assert ent(chain, "D") == eeuro(chain, "D") == (FULL, 0)
    assert find(chain, rest) is not None
    with pytest.raises(InclusionError, match="expelled"):
        chain.do("D", sell("1", "5"))


def test_a_vote_for_an_inexact_grid_is_refused(chain: ChainFixture) -> None:
    for name, value in (("lot", 10**5), ("tick", 1), ("lot", 10**6 + 1)):
        assert chain.try_("A", _vote(name, value)).code == "inexact_grid"
    assert chain.try_("A", _vote("tick", 10**13)).code == "parameter_out_of_bounds"
    assert chain.try_("A", _vote("execution_price", 4)).code == "parameter_out_of_bounds"


@pytest.mark.parametrize(("decimals", "most"), [(9, 10**12), (2, 10**5), (0, 10**3)])
def test_a_tick_is_at_most_a_thousand_of_the_currency(decimals: int, most: int) -> None:
    """It was 10,000,000,000 EUR per ENT where the currency counts cents: a bound made for nine decimals."""
    currency = msgspec.structs.replace(THESIS_ASSETS[1], decimals=decimals)
    chain = market_chain(assets=(THESIS_ASSETS[0], currency), parameters=(("lot", 10**9),))
    assert chain.try_("A", _vote("tick", most + 1)).code == "parameter_out_of_bounds"
    if most != DEFAULT_TICK:
        chain.do("A", _vote("tick", most))
    tick = chain.registry.parameters["tick"]
    with pytest.raises(Refused, match=r"tick must lie between .* and 1000$"):
        parse_parameter(tick, "1001", decimals)
    assert parse_parameter(tick, "1000", decimals) == most


def _vote(name: str, value: int) -> CastVote:
    return CastVote(SetParameter(name, value), True)


def test_a_vote_changes_how_trades_are_priced(chain: ChainFixture) -> None:
    chain.do("A", sell("2", "2"))
    assert traded(chain.do("B", buy("1", "4")))[0][3] == 2 * ENT
    chain.vote(SetParameter("execution_price", int(ExecutionPrice.AVERAGE)))
    assert traded(chain.do("B", buy("1", "4")))[0][3] == 3 * ENT


def test_a_finer_grid_keeps_what_rests(chain: ChainFixture) -> None:
    number = number_of(chain.do("A", sell("1", "2")))
    chain.vote(SetParameter("tick", 10**6))
    chain.block()
    assert find(chain, number) is None
    number = number_of(chain.do("A", sell("1", "2")))
    chain.vote(SetParameter("lot", 10**3))
    chain.block()
    assert find(chain, number) is not None
    assert len(only(chain.do("B", buy("0.000001", "2")), Traded)) == 1


def test_a_coarser_grid_retires_what_rests_a_bounded_number_a_block(
    chain: ChainFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", 3)
    due = chain.time_ms + 1_000_000
    chain.block([chain.tx("A", sell("1", "5", expires_ms=due)) for _ in range(4)])
    chain.block([chain.tx("B", buy("1", "2")) for _ in range(4)])
    chain.vote(SetParameter("tick", 10**6))
    assert retired(chain) == 8
    assert len(listing(chain)) == 8
    # 3 are worked off before; then the dead that the new order meets are removed, and it rests.
    late = replace(4, "0.5", "5")
    block = chain.block([chain.tx("C", sell("1", "2")), chain.tx("C", sell("1", "0.000001")), chain.tx("A", late)])
    own, placed, off_grid, replaced = block.executed.receipts
    assert (off_grid.code, replaced.code) == ("bad_price", "unknown_order")
    assert [event.number for event in only(own, OrderCancelled)] == [1, 2, 3]
    assert [event.number for event in only(placed, OrderCancelled)] == [5, 6, 7, 8]
    assert {event.reason for receipt in (own, placed) for event in only(receipt, OrderCancelled)} == {
        Reason.GRID_CHANGED
    }
    assert not only(placed, Traded)
    assert [order.number for order in listing(chain)] == [9, 4]
    chain.block()
    assert [order.number for order in listing(chain)] == [9]
    for name in "AB":
        assert ent(chain, name) == eeuro(chain, name) == (FULL, 0)
    assert statement(chain) == balances(chain, [*NAMES, "V"])


def test_two_changes_of_the_grid_retire_everything_once(chain: ChainFixture) -> None:
    chain.do("A", sell("1", "5"))
    votes = [chain.tx("A", _vote("tick", 10**6)), chain.tx("A", _vote("lot", 2 * 10**6))]
    chain.block([*votes, chain.tx("B", sell("1", "6"))])
    assert retired(chain) == 1
    chain.block()
    assert [order.owner for order in listing(chain)] == [address("B")]
    chain.vote(SetParameter("lot", 10**6))
    chain.block()
    assert [order.owner for order in listing(chain)] == [address("B")]


def test_an_owner_may_cancel_a_retired_order_before_its_turn(
    chain: ChainFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", 0)
    number = number_of(chain.do("A", sell("1", "5")))
    chain.vote(SetParameter("tick", 10**6))
    (ended,) = only(chain.do("A", cancel(number)), OrderCancelled)
    assert ended.reason == Reason.GRID_CHANGED
    assert ent(chain, "A") == (FULL, 0)


def test_a_genesis_may_choose_another_grid_but_no_inexact_one() -> None:
    chain = market_chain(parameters=(("F", 0), ("lot", 1), ("tick", 10**9), ("minimum_order", 0)))
    chain.do("A", PlaceOrder(1, SELL, OrderKind.LIMIT, ENT, 1, 0))
    chain.do("B", PlaceOrder(1, BUY, OrderKind.LIMIT, ENT, 1, 0))
    assert ent(chain, "B") == (FULL + 1, 0)
    with pytest.raises(GenesisError, match="lot x tick"):
        market_chain(parameters=(("lot", 1), ("tick", 10**8)))


# --- leaving (N5) -------------------------------------------------------------------------------------------------


def test_l5g_who_lost_its_role_cancels_its_order_and_takes_the_money() -> None:
    chain = market_chain(members=(address("A"), address("B")))
    chain.vote(AddVoter(address("X")))
    chain.do("A", Transfer(CURRENCY_ASSET, address("X"), 10 * ENT))
    number = number_of(chain.do("X", buy("10", "1")))
    chain.vote(RemoveVoter(address("X")), "A", "X")
    with pytest.raises(InclusionError) as refusal:
        chain.try_("X", buy("1", "1"))
    assert refusal.value.code == "sender_not_a_member"
    chain.do("X", cancel(number))
    chain.do("X", Transfer(CURRENCY_ASSET, address("A"), 10 * ENT))
    assert eeuro(chain, "X") == (0, 0)


def test_break_10_who_lost_its_role_and_cannot_pay_a_fee_takes_its_orders_back_for_nothing() -> None:
    chain = market_chain(("A", "bank"), ent=0, minimum_fee=1_000, members=(address("A"),))
    number = number_of(chain.do("bank", buy("999", "1"), fee=1_000))
    chain.do("bank", Transfer(CURRENCY_ASSET, address("A"), ENT - 2_000), fee=1_000)
    for payload in (cancel(number), cancel(number + 1)):
        with pytest.raises(InclusionError) as refusal:
            chain.try_("bank", payload)
        assert refusal.value.code == "fee_too_low", "the banker is a member"
    chain.do("A", CastVote(SetBanker(address("A")), True), fee=1_000)
    others = number_of(chain.do("A", buy("1", "1"), fee=1_000))
    with pytest.raises(InclusionError) as refusal:
        chain.try_("bank", cancel(others))
    assert refusal.value.code == "fee_too_low", "only its own"
    assert chain.do("bank", cancel(number)).fee == 0
    assert eeuro(chain, "bank") == (999 * ENT, 0)
