"""Debts and their pools: paid first from what comes in, divided in proportion, to the unit (rules DB1 to DB4)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance, mint
from ledger.chain.context import Context
from ledger.chain.protocol import context_at
from ledger.chain.schema import SWEEPS
from ledger.chain.sweeps import process_sweeps
from ledger.debts.invariants import DEBTS_INVARIANTS
from ledger.debts.limits import LEAST_DIVISION, MAX_CLAIMS_AT_ONCE
from ledger.debts.pools import DebtPool
from ledger.debts.queries import claim_on, claims_of_pool, debt_to, debts_of
from ledger.debts.rules import claim, division_step, pay_debts, pay_in
from ledger.state.overlay import MemoryReader

FIRST, SECOND = DebtPool(150, 1), DebtPool(151, 1)
NAMES = [f"account {number}" for number in range(6)]


def fresh() -> Context:
    chain = ChainFixture(make_genesis())
    return context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)


def check(context: Context) -> None:
    """The invariants, on the state as it is in the middle of a block."""
    changes = context.state.changes()
    reader = MemoryReader({key: value for key, value in changes.items() if value is not None})
    for holds in DEBTS_INVARIANTS:
        holds(reader)


def has(context: Context, name: str) -> int:
    return balance(context.state, address(name), CURRENCY_ASSET).available


def comes_in(context: Context, name: str, amount: int) -> None:
    mint(context.state, address(name), CURRENCY_ASSET, amount)
    pay_debts(context, address(name), CURRENCY_ASSET)


def work_off(context: Context) -> None:
    while context.state.first(SWEEPS) is not None:
        process_sweeps(context, 0)


def test_db2_debts_are_paid_in_order_of_their_pools_and_only_from_their_asset() -> None:
    context = fresh()
    for pool in (SECOND, FIRST):
        claim(context, pool, address("lender"), CURRENCY_ASSET, 100)
        assert pay_in(context, pool, address("poor"), CURRENCY_ASSET, 100) == 0
    mint(context.state, address("poor"), ENERGY_ASSET, 500)
    pay_debts(context, address("poor"), ENERGY_ASSET)
    assert debts_of(context.state, address("poor"), FIRST.kind) == {1: 100}
    comes_in(context, "poor", 130)
    assert [debt_to(context.state, address("poor"), pool) for pool in (FIRST, SECOND)] == [0, 70]
    assert pay_in(context, SECOND, address("poor"), CURRENCY_ASSET, 5) == 0
    comes_in(context, "poor", 76)
    assert (debt_to(context.state, address("poor"), SECOND), has(context, "poor")) == (0, 1)
    work_off(context)
    assert (has(context, "lender"), claims_of_pool(context.state, FIRST)) == (200, 0)
    check(context)


def test_db2_a_claim_that_is_paid_pays_what_its_owner_owes() -> None:
    context = fresh()
    claim(context, FIRST, address("between"), CURRENCY_ASSET, ENT)
    claim(context, SECOND, address("last"), CURRENCY_ASSET, ENT)
    pay_in(context, FIRST, address("first"), CURRENCY_ASSET, ENT)
    pay_in(context, SECOND, address("between"), CURRENCY_ASSET, ENT)
    comes_in(context, "first", ENT // 2)
    work_off(context)
    assert [has(context, name) for name in ("first", "between", "last")] == [0, 0, ENT // 2]
    check(context)


def test_db3_a_division_goes_step_by_step_and_takes_in_claims_behind_its_place() -> None:
    context = fresh()
    accounts = sorted(address(f"claimant {number}") for number in range(2 * MAX_CLAIMS_AT_ONCE))
    for account in accounts[:-1]:
        claim(context, FIRST, account, CURRENCY_ASSET, 10)
    pay_in(context, FIRST, address("payer"), CURRENCY_ASSET, 10 * len(accounts[:-1]) + 30)
    comes_in(context, "payer", 5 * len(accounts[:-1]))
    assert division_step(context, FIRST.key)
    claim(context, FIRST, accounts[0], CURRENCY_ASSET, 10)
    claim(context, FIRST, accounts[-1], CURRENCY_ASSET, 20)
    check(context)
    assert claim_on(context.state, accounts[0], FIRST) == 15
    assert not division_step(context, FIRST.key)
    paid = 5 * len(accounts[:-1])
    assert sum(balance(context.state, account, CURRENCY_ASSET).available for account in accounts) == paid
    assert balance(context.state, accounts[-1], CURRENCY_ASSET).available in (9, 10)
    assert balance(context.state, FIRST.account, CURRENCY_ASSET).available == 0


def test_g4_a_unit_that_goes_round_in_a_circle_of_debts_makes_no_work_without_end() -> None:
    context = fresh()
    claim(context, FIRST, address("between"), CURRENCY_ASSET, ENT)
    pay_in(context, FIRST, address("first"), CURRENCY_ASSET, ENT)
    claim(context, SECOND, address("first"), CURRENCY_ASSET, ENT)
    pay_in(context, SECOND, address("between"), CURRENCY_ASSET, ENT)
    comes_in(context, "first", 1)
    process_sweeps(context, 0)
    assert context.state.first(SWEEPS) is None, "one unit of a thousand million is divided"
    least = ENT // LEAST_DIVISION + 1
    before = context.weight
    comes_in(context, "first", least)
    work_off(context)
    assert context.weight - before < 2 * (LEAST_DIVISION + 2) * 64
    assert (debt_to(context.state, address("first"), FIRST), claims_of_pool(context.state, SECOND)) == (0, 0)
    assert has(context, "first") == least + 1
    check(context)


STEPS = st.tuples(st.sampled_from(("due", "money", "work")), st.integers(0, 5), st.integers(0, 5), st.integers(1, 40))


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=30))
def test_db4_nothing_comes_or_goes_and_whoever_can_has_paid(steps: list[tuple[str, int, int, int]]) -> None:
    context = fresh()
    minted = 0
    for kind, who, whom, amount in steps:
        pool = (FIRST, SECOND)[(who + whom) % 2]
        if kind == "due":
            paid_before = has(context, NAMES[who])
            claim(context, pool, address(NAMES[whom]), CURRENCY_ASSET, amount)
            assert pay_in(context, pool, address(NAMES[who]), CURRENCY_ASSET, amount) <= paid_before
        elif kind == "money":
            comes_in(context, NAMES[who], amount)
            minted += amount
        else:
            work_off(context)
        check(context)
        for name in NAMES:
            owes = sum(debt_to(context.state, address(name), pool) for pool in (FIRST, SECOND))
            assert not owes or not has(context, name)
    held = sum(has(context, name) for name in NAMES)
    assert held + sum(balance(context.state, pool.account, CURRENCY_ASSET).available for pool in (FIRST, SECOND)) == (
        minted
    )
