"""The imbalance cost (rules I1 to I6, E5, E10, P2): the worked cases, and what must hold whatever is reported."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import actual, consume, events, produce
from ledger.bank.assets import ENERGY_ASSET
from ledger.chain.execution import Execution
from ledger.chain.header import Receipt
from ledger.chain.nonces import account
from ledger.chain.schema import ACCOUNTS
from ledger.encoding.codec import Value, encode
from ledger.energy.events import EnergyDrawn, EnergyStored, RateChanged
from ledger.energy.genesis import ENERGY_SECTION, SurplusRule
from ledger.energy.imbalance import BASE_PER_WH, difference
from ledger.energy.payloads import (
    ActualItem,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    OpenSession,
    ProducedItem,
    ReportItem,
)
from ledger.energy.schema import UNITS
from ledger.governance.payloads import SetParameter

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "market_vectors.json"
CHARGE = {"surplus": int(SurplusRule.CHARGE)}
C_ODD = 33_333_333


def vector(name: str) -> dict[str, Any]:
    found = [entry for entry in json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"] if entry["id"] == name]
    assert len(found) == 1
    return dict(found[0])


def tokens(text: str) -> int:
    value = Fraction(text) * ENT
    assert value.denominator == 1
    return value.numerator


def chain_with(parameters: dict[str, int] | None = None, **genesis: Any) -> ChainFixture:
    return ChainFixture(make_genesis(parameters=tuple((parameters or {}).items()), **genesis))


def in_deficit(produced_wh: int, lost_wh: int, parameters: dict[str, int] | None = None) -> ChainFixture:
    """A produced into U1, then U1 lost some of it."""
    chain = chain_with(parameters)
    assert produce(chain, "U1", "A", produced_wh).applied
    assert actual(chain, "U1", produced_wh - lost_wh).applied
    return chain


def in_surplus(
    produced_wh: int, gained_wh: int, parameters: dict[str, int] | None = None, **genesis: Any
) -> ChainFixture:
    """A produced into U1, then U1 held more than that."""
    chain = chain_with(parameters, **genesis)
    assert produce(chain, "U1", "A", produced_wh).applied
    assert actual(chain, "U1", produced_wh + gained_wh).applied
    return chain


def cost_of(receipt: Receipt) -> int:
    (cost,) = [event.cost for event in receipt.events if isinstance(event, EnergyStored | EnergyDrawn)]
    return cost


# --- worked cases ----------------------------------------------------------------------------------------------------


def test_ent_01() -> None:
    case = vector("ent-01")
    kwh, ent = int(case["input"]["kwh"]), tokens(case["input"]["ent"])
    parameters = {name: tokens(text) for name, text in case["params"].items()}
    chain = in_deficit(ent // BASE_PER_WH, ent // BASE_PER_WH - kwh * 1000, parameters)
    assert chain.gap == tokens("1")
    assert chain.rate == tokens(case["expect"]["R"])
    chain.do("A", OpenSession(address("U1"), 2 * ENT, 0))
    minted = events(produce(chain, "U1", "B", 1000), EnergyStored)[0]
    assert minted.minted + minted.provider_share == tokens(case["expect"]["mint"])
    burned = events(consume(chain, "U1", "A", 1000), EnergyDrawn)[0]
    assert burned.burned == tokens(case["expect"]["burn"])


def test_ent_03() -> None:
    case = vector("ent-03")
    chain = chain_with({"C": tokens(case["params"]["C"]), "F": 0})
    assert produce(chain, "U1", "A", 20_000).applied
    assert produce(chain, "U2", "A", 20_000).applied
    lost_wh = tokens(case["input"]["d0"]) // BASE_PER_WH
    assert actual(chain, "U1", 20_000 - lost_wh).applied
    assert chain.rate == tokens(case["expect"]["R"])
    for unit, locked, kwh in zip(("U1", "U2"), case["input"]["locked"], case["expect"]["kwh"], strict=True):
        chain.do("A", OpenSession(address(unit), tokens(locked), 0))
        session = chain.session("A", unit)
        assert session is not None
        assert session.energy_wh == Fraction(kwh) * 1000 // 1
    assert produce(chain, "U1", "B", int(case["input"]["consumed_kwh_so_far"]) * 1000 - 7_000).applied
    assert consume(chain, "U1", "A", 7_000).applied
    assert chain.gap == tokens(case["expect"]["d_after"])
    rest_wh = (int(case["expect"]["n_to_zero"]) - int(case["input"]["consumed_kwh_so_far"])) * 1000
    assert consume(chain, "U2", "A", rest_wh - 1).applied
    assert chain.gap == chain.rate // 1000
    assert consume(chain, "U2", "A", 1).applied
    assert (chain.gap, chain.rate) == (0, 0)


# --- the rate --------------------------------------------------------------------------------------------------------


def test_the_rate_is_the_share_of_the_gap_rounded_up() -> None:
    chain = in_deficit(10_000, 1, {"C": C_ODD})
    assert chain.gap == BASE_PER_WH
    assert chain.rate == -(-BASE_PER_WH * C_ODD // 10**9) == 33_334


def test_the_rate_stays_while_the_gap_shrinks_and_is_set_anew_when_it_grows() -> None:
    chain = in_deficit(10_000, 1_000)
    assert chain.rate == ENT // 20
    receipt = produce(chain, "U1", "A", 4_000)
    assert (chain.gap, chain.rate) == (ENT - 4 * ENT // 20, ENT // 20)
    assert not events(receipt, RateChanged)
    receipt = actual(chain, "U1", chain.unit("U1").available_wh - 1_000)
    assert chain.gap == 2 * ENT - 4 * ENT // 20
    assert chain.rate == chain.gap // 20
    assert events(receipt, RateChanged) == [RateChanged(chain.rate, chain.gap)]


def test_equilibrium_is_reached_exactly_after_gap_over_rate() -> None:
    """Equation 4.4: D / r kWh, here 1 / 0.05 = 20, by production alone."""
    chain = in_deficit(10_000, 1_000)
    assert produce(chain, "U1", "A", 19_999).applied
    assert chain.gap == ENT // 20_000
    assert chain.rate == ENT // 20
    receipt = produce(chain, "U1", "A", 10_000)
    assert cost_of(receipt) == ENT // 20_000
    assert (chain.gap, chain.rate) == (0, 0)
    assert cost_of(produce(chain, "U1", "A", 10_000)) == 0


def test_the_rate_is_set_anew_when_the_gap_changes_sign() -> None:
    chain = in_deficit(10_000, 2_000)
    assert chain.rate == ENT // 10
    assert actual(chain, "U1", 10_500).applied
    assert chain.gap == -ENT // 2
    assert chain.rate == ENT // 40
    receipt = actual(chain, "U1", 9_500)
    assert chain.gap == ENT // 2
    assert chain.rate == ENT // 40
    assert events(receipt, RateChanged) == [RateChanged(ENT // 40, ENT // 2)], "others pay the same rate from here on"


def test_an_equal_gap_of_the_other_sign_sets_the_rate_anew() -> None:
    chain = in_deficit(10_000, 1_000)
    assert produce(chain, "U1", "A", 2_000).applied
    gap = chain.gap
    assert chain.rate == ENT // 20
    assert actual(chain, "U1", chain.unit("U1").available_wh + 2 * gap // BASE_PER_WH).applied
    assert chain.gap == -gap
    assert chain.rate == gap // 20


def test_the_costs_are_capped_but_not_the_rate() -> None:
    chain = in_deficit(40_000, 20_000, {"M": 3 * ENT // 10, "B": 2 * ENT // 10, "F": 0})
    assert chain.rate == ENT
    assert cost_of(produce(chain, "U1", "A", 1_000)) == 3 * ENT // 10
    chain.do("A", OpenSession(address("U1"), 12 * ENT // 10, 0))
    session = chain.session("A", "U1")
    assert session is not None
    assert session.energy_wh == 1_000
    assert cost_of(consume(chain, "U1", "A", 1_000)) == 2 * ENT // 10


@pytest.mark.parametrize(("name", "value"), [("C", ENT // 10), ("M", 0), ("B", ENT // 3)])
def test_a_change_of_c_m_or_b_resets_the_rate_from_the_present_gap(name: str, value: int) -> None:
    chain = in_deficit(10_000, 1_000)
    assert produce(chain, "U1", "A", 8_000).applied
    assert (chain.gap, chain.rate) == (6 * ENT // 10, ENT // 20)
    receipt = chain.vote(SetParameter(name, value))
    share = value if name == "C" else ENT // 20
    assert chain.rate == chain.gap * share // ENT
    assert events(receipt, RateChanged)


@pytest.mark.parametrize(("name", "value"), [("F", 0), ("H", 60_000), ("silent_lock", 3_600_000)])
def test_other_parameters_leave_the_rate(name: str, value: int) -> None:
    chain = in_deficit(10_000, 1_000)
    assert produce(chain, "U1", "A", 8_000).applied
    chain.vote(SetParameter(name, value))
    assert chain.rate == ENT // 20


def test_a_new_chain_is_balanced() -> None:
    chain = chain_with()
    assert (chain.gap, chain.rate) == (0, 0)


# --- a surplus -------------------------------------------------------------------------------------------------------


def test_a_shared_surplus_relieves_consumption_and_leaves_production_at_par() -> None:
    chain = in_surplus(10_000, 1_000, {"C": C_ODD})
    rate = chain.rate
    assert rate == -(-ENT * C_ODD // 10**9)
    assert cost_of(produce(chain, "U1", "A", 1_000)) == 0
    assert chain.gap == -ENT
    chain.do("A", OpenSession(address("U1"), 3 * ENT, 0))
    assert cost_of(consume(chain, "U1", "A", 7)) == -(7 * rate // 1000)
    assert chain.gap == -ENT + 7 * rate // 1000
    assert chain.rate == rate


def test_a_shared_surplus_ends_exactly_at_nothing() -> None:
    chain = in_surplus(10_000, 1_000)
    chain.vote(SetParameter("C", ENT // 2))
    chain.do("A", OpenSession(address("U1"), 5 * ENT, 0))
    assert chain.rate == ENT // 2
    assert cost_of(consume(chain, "U1", "A", 1_999)) == -(1_999 * chain.rate // 1000) == -999_500_000
    assert cost_of(consume(chain, "U1", "A", 100)) == -500_000
    assert (chain.gap, chain.rate) == (0, 0)
    assert cost_of(consume(chain, "U1", "A", 100)) == 0


def test_a_charged_surplus_follows_the_literal_formula_and_grows() -> None:
    chain = in_surplus(10_000, 1_000, {"C": C_ODD}, **CHARGE)
    rate = chain.rate
    assert cost_of(produce(chain, "U1", "A", 7)) == -(-7 * rate // 1000)
    assert chain.gap < -ENT
    assert chain.rate > rate
    rate = chain.rate
    chain.do("A", OpenSession(address("U1"), 2 * ENT, 0))
    session = chain.session("A", "U1")
    assert session is not None
    assert session.energy_wh == 2 * ENT * 1000 // (ENT + rate)
    assert cost_of(consume(chain, "U1", "A", 7)) == -(-7 * rate // 1000)


# --- minting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 1, 333_333_333, 999_999_999, ENT])
def test_the_provider_gets_its_share_rounded_down_and_the_producer_the_rest(share: int) -> None:
    chain = in_deficit(10_000, 1_000, {"F": share, "C": C_ODD})
    before = chain.balance("B").available, chain.balance("C").available
    (event,) = events(produce(chain, "U1", "B", 7), EnergyStored)
    minted = 7 * BASE_PER_WH - event.cost
    assert event.provider_share == minted * share // ENT
    assert event.minted == minted - event.provider_share
    assert chain.balance("B").available - before[0] == event.minted
    assert chain.balance("C").available - before[1] == event.provider_share


def test_what_does_not_fit_the_range_of_stored_numbers_fails_cleanly() -> None:
    """2^63 - 1 base units back a little more than 9.2 * 10^12 Wh."""
    chain = chain_with({"max_report": 10**13})
    most_wh = (2**63 - 1) // BASE_PER_WH
    assert produce(chain, "U1", "A", most_wh + 1).code == "out_of_range"
    assert chain.unit("U1").sequence == 0
    assert produce(chain, "U1", "A", most_wh).applied
    assert produce(chain, "U1", "A", 1).code == "out_of_range"
    assert actual(chain, "U1", most_wh + 1).code == "out_of_range"
    assert chain.unit("U1").available_wh == most_wh


# --- what holds whatever is reported ---------------------------------------------------------------------------------

ODD = {"C": C_ODD, "M": 412_345_677, "B": 377_777_779, "F": 123_456_789}


def _prepared(surplus: int, gained_wh: int) -> ChainFixture:
    """Sessions of A and B at U1, then a gap that `gained_wh` makes; D has none."""
    chain = chain_with(ODD, surplus=surplus)
    for who in ("A", "B", "D"):
        assert produce(chain, "U1", who, 30_000).applied
    assert actual(chain, "U1", 89_000).applied
    for who in ("A", "B"):
        chain.do(who, OpenSession(address("U1"), 9 * ENT, 2 * ENT))
    assert actual(chain, "U1", 89_000 + gained_wh).applied
    return chain


BASES = [
    _prepared(surplus, gained_wh)
    for surplus in (int(SurplusRule.SHARE), int(SurplusRule.CHARGE))
    for gained_wh in (-20_000, 0, 20_000)
]
who = st.sampled_from((address("A"), address("B"), address("D")))
energy_wh = st.one_of(st.integers(1, 50), st.integers(1, 15_000))
item = st.one_of(
    st.builds(ProducedItem, who, energy_wh),
    st.builds(ConsumedItem, who, energy_wh),
    st.builds(ActualItem, st.integers(40_000, 120_000)),
)
items = st.lists(item, min_size=1, max_size=8)


def _payload(sequence: int, one: ReportItem) -> Value:
    match one:
        case ProducedItem(producer, amount):
            return EnergyProduced(sequence, producer, amount)
        case ConsumedItem(consumer, amount):
            return EnergyConsumed(sequence, consumer, amount)
        case ActualItem(amount):
            return EnergyActual(sequence, amount)


def _execute(chain: ChainFixture, payloads: list[Value]) -> tuple[Execution, list[Receipt]]:
    """Reports of U1 in one block on the chain's head, which stays as it is."""
    execution = Execution(
        chain.registry, chain.genesis, chain.reader, height=len(chain.blocks), time_ms=chain.time_ms + 1000,
        fee_account=address("V"),
    )  # fmt: skip
    nonce = account(chain.state, address("U1")).nonce
    receipts = [
        execution.apply(chain.tx("U1", payload, nonce=nonce + number)) for number, payload in enumerate(payloads, 1)
    ]
    return execution, receipts


def _comparable(chain: ChainFixture, execution: Execution) -> dict[bytes, bytes | None]:
    changes = dict(execution.finish().changes)
    del changes[ACCOUNTS.full_key(address("U1"))]
    key = UNITS.full_key(address("U1"))
    raw = changes[key]
    assert raw is not None
    changes[key] = encode(msgspec.structs.replace(UNITS.codec.decode(raw), sequence=0))
    committed = chain.reader.entries()
    return {name: value for name, value in changes.items() if committed.get(name) != value}


@settings(max_examples=150)
@given(st.sampled_from(BASES), items)
def test_a_batch_equals_its_items(chain: ChainFixture, reports: list[ReportItem]) -> None:
    sequence = chain.unit("U1").sequence
    batch, (together,) = _execute(chain, [EnergyBatch(sequence + 1, tuple(reports))])
    single, receipts = _execute(chain, [_payload(sequence + number, one) for number, one in enumerate(reports, 1)])
    assert together.applied
    assert all(receipt.applied for receipt in receipts)
    assert together.events == tuple(event for receipt in receipts for event in receipt.events)
    assert _comparable(chain, batch) == _comparable(chain, single)


@settings(max_examples=150)
@given(st.sampled_from(BASES), items)
def test_rounding_never_creates_tokens(chain: ChainFixture, reports: list[ReportItem]) -> None:
    """No production and no draw widens the gap or oversteps it, whatever the rates (a shared surplus, a deficit)."""
    sequence = chain.unit("U1").sequence
    for number in range(1, len(reports) + 1):
        before, _ = _execute(chain, [_payload(sequence + n, one) for n, one in enumerate(reports[: number - 1], 1)])
        after, receipts = _execute(chain, [_payload(sequence + n, one) for n, one in enumerate(reports[:number], 1)])
        receipt = receipts[-1]
        gap, moved = difference(before.context.state), difference(after.context.state)
        costs = [event.cost for event in receipt.events if isinstance(event, EnergyStored | EnergyDrawn)]
        if not isinstance(reports[number - 1], ProducedItem) and len(receipt.events) != len(costs):
            continue  # losses and gains move the gap by themselves
        assert moved == gap - sum(costs)
        if ENERGY_SECTION.of(chain.genesis).surplus == SurplusRule.SHARE:
            assert 0 <= moved <= gap or gap <= moved <= 0
        for event in receipt.events:
            if isinstance(event, EnergyStored):
                assert event.minted + event.provider_share + event.cost == event.energy_wh * BASE_PER_WH


def test_a_draw_pays_no_more_than_the_gap() -> None:
    chain = in_deficit(40_000, 10_000)
    chain.do("A", OpenSession(address("U1"), 15 * ENT, 0))
    assert produce(chain, "U1", "B", 19_000).applied
    assert (chain.gap, chain.rate) == (ENT // 2, ENT // 2)
    assert cost_of(consume(chain, "U1", "A", 2_000)) == ENT // 2
    assert (chain.gap, chain.rate) == (0, 0)


def test_many_small_draws_never_burn_more_than_the_lock() -> None:
    """Each report of 1 Wh rounds its cost up; the lock bounds the sum, and par is always paid."""
    chain = in_deficit(10_000, 3, {"C": 7})
    assert chain.rate == 1
    chain.do("A", OpenSession(address("U1"), 2_000_000_002, 0))
    session = chain.session("A", "U1")
    assert session is not None
    assert session.energy_wh == 2_000
    gap = chain.gap
    for _ in range(20):
        chain.do("U1", EnergyBatch(chain.unit("U1").sequence + 1, (ConsumedItem(address("A"), 1),) * 100))
    assert chain.session("A", "U1") is None
    assert chain.balance("A", ENERGY_ASSET).session == 0
    assert gap - chain.gap == 2
