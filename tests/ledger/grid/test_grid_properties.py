"""The grid account over any order of values and money: conserved, the newest values count, debts first (GA6-GA10)."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import lock_key, supply
from ledger.bank.events import CurrencyMinted
from ledger.bank.payloads import LockWithdrawal, MintCurrency, UnlockCurrency
from ledger.bank.withdrawals import WITHDRAWAL_LOCK
from ledger.chain.postings import TokenMeasure
from ledger.chain.schema import LOCKS
from ledger.debts.queries import claim_on, debt_to
from ledger.grid.booking import CHARGES, CREDITS
from ledger.grid.genesis import GridMode
from ledger.grid.schema import LineKind
from ledger.grid.tariffs import RateStep, TimeRate, day_place, unfolded
from ledger.sharing.queries import settled_run
from ledger.sharing.scheme_terms import Settlement
from ledger.slots.clock import clock_of
from ledger.slots.schema import ValueSource
from ledger.slots.values import value_of
from tests.ledger.grid.test_rules_grid import context_of
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEE, FEED_IN, LEVY, tariff
from tests.support.sharing_chain import FIRST_SLOT, KWH, participants, terms

SLOTS: Final = 3
PRICES: Final = TimeRate(tuple(RateStep(quarter, ENT // 10 + quarter * 1_234_567) for quarter in range(96)))
ENERGIES = st.one_of(st.integers(0, 10 * KWH), st.integers(0, 5))
VALUES = st.tuples(st.just("value"), st.integers(0, SLOTS - 1), st.integers(1, 3), ENERGIES)
MONEY = st.tuples(st.just("money"), st.integers(0, 3), st.integers(1, 9), st.just(0))
LOCK = st.tuples(st.just("lock"), st.integers(0, 3), st.integers(1, 5), st.just(0))
BACK = st.tuples(st.just("back"), st.integers(0, 3), st.just(0), st.just(0))
STEPS = st.lists(st.one_of(VALUES, VALUES, VALUES, MONEY, LOCK, BACK), max_size=14)
Step = tuple[str, int, int, int]
NAMES: Final = "BCDO"


def chain_of(mode: GridMode, money: int, shared: bool) -> GridChain:
    chain = GridChain(mode=mode, money=money, tariffs=(tariff(retail=PRICES),))
    if shared:
        chain.open(terms(participants(p1=(3,), p2=(5,), p3=()), settlement=Settlement.PERIOD))
    chain.until(FIRST_SLOT + SLOTS)
    return chain


def play(chain: GridChain, steps: list[Step]) -> None:
    for kind, one, two, three in steps:
        if kind == "value":
            chain.values(FIRST_SLOT + one, {two: three})
        elif kind == "money":
            chain.do("bank", MintCurrency(CURRENCY_ASSET, address(NAMES[one]), two * ENT // 7))
        elif kind == "lock" and NAMES[one] != "O":
            chain.try_(NAMES[one], LockWithdrawal(CURRENCY_ASSET, two * ENT // 9))
        elif kind == "back":
            lock = chain.state.get(LOCKS, lock_key(address(NAMES[one]), CURRENCY_ASSET, WITHDRAWAL_LOCK))
            if lock is not None:
                chain.do("bank", UnlockCurrency(CURRENCY_ASSET, address(NAMES[one]), lock.amount))
        for name in NAMES:
            owes = sum(debt_to(chain.state, address(name), pool) for pool in (CHARGES, CREDITS))
            assert not owes or not chain.has(name), "who owes has nothing available"
    chain.work_off()


def expected(chain: GridChain, name: str, point: int, shared: bool) -> Counter[tuple[LineKind, str]]:
    """What the newest values come to, computed anew: amounts by line."""
    found: Counter[tuple[LineKind, str]] = Counter()
    context, clock = context_of(chain), clock_of(context_of(chain))
    for slot in range(FIRST_SLOT, FIRST_SLOT + SLOTS):
        energy = value_of(context, point, ValueSource.OWN, slot).energy_mwh
        if shared:
            run = settled_run(context, 1, slot)
            rows = () if run is None else run.rows
            energy = sum(row.energy_mwh - row.shared_mwh for row in rows if row.point == point)
        if point == 3:
            found[LineKind.FEED_IN, ""] -= energy * FEED_IN // KWH
            continue
        found[LineKind.RETAIL, ""] += energy * unfolded(PRICES)[day_place(clock, slot)] // KWH
        found[LineKind.GRID_FEE, "grid>"] += energy * FEE // KWH
        found[LineKind.LEVY, "green"] += energy * LEVY // KWH
    return found


@settings(max_examples=15, deadline=None)
@given(steps=STEPS, money=st.sampled_from([0, ENT, 100 * ENT]), shared=st.booleans())
def test_ga6_any_order_comes_to_the_newest_values_and_no_unit_comes_or_goes(
    steps: list[Step], money: int, shared: bool
) -> None:
    chain = chain_of(GridMode.ACCOUNT, money, shared)
    play(chain, steps)
    for name, point in (("B", 1), ("C", 2), ("D", 3)):
        lines = {line: amount for line, (_energy, amount) in chain.lines(name).items() if amount}
        wanted = expected(chain, name, point, shared)
        assert lines == {line: amount for line, amount in wanted.items() if amount}
        minted = sum(
            event.amount
            for block in chain.blocks
            for receipt in block.executed.receipts
            for event in receipt.events
            if isinstance(event, CurrencyMinted) and event.recipient == address(name)
        )
        locks = chain.state.get(LOCKS, lock_key(address(name), CURRENCY_ASSET, WITHDRAWAL_LOCK))
        held = chain.has(name) + (0 if locks is None else locks.amount)
        open_amount = debt_to(chain.state, address(name), CHARGES) - claim_on(chain.state, address(name), CREDITS)
        assert held == minted - sum(wanted.values()) + open_amount
    folded: Counter[int] = Counter()
    for block in chain.blocks:
        for receipt in block.executed.receipts:
            for event in receipt.events:
                for line in chain.registry.postings_of(event, CURRENCY_ASSET):
                    if isinstance(line.measure, TokenMeasure):
                        folded[line.measure.asset] += line.amount
    assert folded[CURRENCY_ASSET] == supply(chain.state, CURRENCY_ASSET)


@settings(max_examples=8, deadline=None)
@given(steps=STEPS, shared=st.booleans())
def test_ga10_external_figures_are_those_of_the_account(steps: list[Step], shared: bool) -> None:
    values = [step for step in steps if step[0] == "value"]
    chains = [chain_of(mode, ENT, shared) for mode in (GridMode.ACCOUNT, GridMode.EXTERNAL)]
    for chain in chains:
        play(chain, values)
    assert [chains[0].lines(name) for name in "BCD"] == [chains[1].lines(name) for name in "BCD"]
    assert [chains[1].has(name) for name in NAMES] == [ENT] * 4
