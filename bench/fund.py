"""What the fund costs: `python -m bench.fund [--accounts 4000] [--runs 7]`.

Transfers with a fee, and orders of 256 trades, on a chain without the module, with it and terms that change nothing,
and with fees divided and a commission; blocks of the three chains in turn, so that all see the same load. Then the
division of a block's fees among a committee of 4 and of 100, a payment and an admission by vote, in units of weight
(5 us) too. CPU time, medians over runs.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Final

from bench.execution import BLOCK, ENT, Community, stages
from bench.kinds_of_work import KINDS
from harness.chain import address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import mint
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.genesis import GenesisValidator
from ledger.chain.origin import first_state
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.chain.validator_set import load_validators
from ledger.fund.account import FEE_ACCOUNT, FUND_ACCOUNT
from ledger.fund.fees import divide_fees
from ledger.fund.genesis import AS_ALWAYS, FUND_SECTION, FundSection
from ledger.fund.newcomers import welcome
from ledger.fund.payloads import SpendFund
from ledger.fund.spending import check_spending, spend
from ledger.fund.terms import FeeSplit, FundTerms, NewcomerTerms
from ledger.governance.points import MemberAdmission
from ledger.state.overlay import MemoryReader, State
from nodechain.modules import REGISTRY

UNIT_US: Final = 5
DIVIDED: Final = FundTerms(
    FeeSplit(500_000, 300_000, 200_000), 5_000, NewcomerTerms(CURRENCY_ASSET, 10 * ENT, ENT, ENT)
)
CHAINS: Final = {
    "off": (),
    "on, as always": (FUND_SECTION.holding(FundSection(AS_ALWAYS, False)),),
    "fees divided, commission": (FUND_SECTION.holding(FundSection(DIVIDED, False)),),
}


def paying(community: Community, run: int) -> list[Transaction]:
    """A block of transfers with a fee."""
    count, addresses = community.accounts, community.addresses
    return [
        community.signed(
            community.members[place % count],
            BankTypeNumber.TRANSFER,
            Transfer(CURRENCY_ASSET, addresses[(place + 1 + run) % count], 1_000),
            fee=10,
        )
        for place in range(BLOCK)
    ]


def traded(community: Community, run: int) -> list[Transaction]:
    """The orders that rest are placed; those that take them are given back."""
    *before, taking = KINDS["order with 256 trades"](community, run)
    for block in before:
        community.run(block)
    return taking


def compared(
    name: str, make: Callable[[Community, int], list[Transaction]], of: int, chosen: argparse.Namespace
) -> None:
    """One line: microseconds an operation on each chain."""
    chains = {label: Community(chosen.accounts, sections) for label, sections in CHAINS.items()}
    taken: dict[str, list[float]] = {label: [] for label in chains}
    for run in range(chosen.runs + 1):
        for label, community in chains.items():
            cost = sum(cpu_us for _stage, cpu_us in stages(community, make(community, run)))
            if run:
                taken[label].append(cost / of)
    first = statistics.median(taken["off"])
    parts = [
        f"{label} {statistics.median(found):6.2f} us ({statistics.median(found) / first:.3f})"
        for label, found in taken.items()
    ]
    print(f"{name:22} {' | '.join(parts)}", flush=True)


def context_of(committee: int) -> Context:
    """A block of a chain with so many validators, all of whom committed; the fund has money."""
    names = [f"validator {number}" for number in range(committee)]
    listed = tuple(GenesisValidator(secret(name).public_key[1:], address(name), name) for name in names)
    made = make_genesis(validators=listed, max_validators=max(committee, 4))
    genesis = make_genesis(
        validators=listed, max_validators=max(committee, 4),
        sections=sections_of(*made.sections, FUND_SECTION.holding(FundSection(DIVIDED, False))),
    )  # fmt: skip
    reader = MemoryReader()
    reader.apply(first_state(REGISTRY, genesis).changes)
    state = State(reader)
    mint(state, FUND_ACCOUNT, CURRENCY_ASSET, 10**6 * ENT)
    mint(state, address("A"), CURRENCY_ASSET, 10**6 * ENT)
    committed = frozenset(member.address for member in load_validators(state).members)
    return context_at(REGISTRY, state, genesis, 1, genesis.time_ms, fee_account=address("V"), committed=committed)


def worked(name: str, runs: int, work: Callable[[int], object], weight: int) -> None:
    """One line: microseconds of a piece of work, and units of weight beside those that it is charged."""
    taken = []
    for run in range(runs):
        start = time.process_time_ns()
        work(run)
        taken.append((time.process_time_ns() - start) / 1_000)
    found = statistics.median(taken)
    print(f"{name:38} {found:8.1f} us, {found / UNIT_US:6.1f} units; charged {weight}", flush=True)


def pieces(runs: int) -> None:
    """The module's own work."""
    for committee in (4, 100):
        context = context_of(committee)

        def divide(_run: int, context: Context = context) -> int:
            mint(context.state, FEE_ACCOUNT, CURRENCY_ASSET, 12_345)
            return divide_fees(context)

        worked(f"fees divided, committee of {committee}", runs * 30, divide, divide(0))
    context = context_of(4)

    def pay(run: int) -> None:
        action = SpendFund(address("A"), CURRENCY_ASSET, ENT, "repairs", f"invoice {run}")
        check_spending(context, action)
        spend(context, action)

    before = context.weight
    pay(-1)
    worked("payment checked, checked again, made", runs * 30, pay, context.weight - before)
    context = context_of(4)
    before = context.weight
    welcome(context, MemberAdmission(address("B"), True, b"", address("A")))
    charged = context.weight - before

    def admitted(run: int) -> None:
        welcome(context, MemberAdmission(address(f"newcomer {run}"), True, b"", address("A")))

    for run in range(runs * 30):
        address(f"newcomer {run}")
    worked("admission: fee owed, reward, grant", runs * 30, admitted, charged)


def main() -> None:
    """All figures."""
    parser = argparse.ArgumentParser(description="measure what the fund costs")
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {chosen.accounts} accounts, "
        f"CPU time, medians of {chosen.runs} blocks"
    )
    compared("transfer with a fee", paying, BLOCK, chosen)
    compared("trade", traded, 4 * 256, chosen)
    pieces(chosen.runs)


if __name__ == "__main__":
    main()
