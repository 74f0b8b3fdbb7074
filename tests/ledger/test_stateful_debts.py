"""Debts and claims of a scheme and the grid account with a group between them, under any sequence of what people do.

Nobody has anything at first, so almost all is owed and paid later, part by part. After each step: no unit came or went,
what each account has, is owed and owes is what its events say, and who owes has nothing available. The fixture checks
the invariants of all modules after each block, and executes each block twice.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance, supply
from ledger.bank.events import CurrencyMinted, Transferred
from ledger.bank.payloads import LockWithdrawal, MintCurrency, Transfer
from ledger.chain.header import Event
from ledger.chain.schema import LOCKS
from ledger.debts.pools import DebtPool
from ledger.debts.schema import CLAIMS, DEBTS
from ledger.governance.payloads import CastVote
from ledger.grid.events import GridBooked
from ledger.grid.genesis import GRID_SECTION, GridMode, GridSection
from ledger.groups.events import GroupIncomePaid
from ledger.groups.payloads import DistributeGroup, LeaveGroup
from ledger.keys.address import ADDRESS_BYTES
from ledger.sharing.events import ShareBooked
from ledger.sharing.payloads import SetScheme
from ledger.sharing.scheme_terms import SourceOrder
from ledger.sharing.versions import debt_pool
from ledger.slots.clock import clock_of
from tests.ledger.test_stateful import Drawn
from tests.support.commands import Pick, Seeded
from tests.support.grid_tariffs import tariff
from tests.support.group_chain import HALF, GroupChain, row
from tests.support.sharing_chain import FIRST_SLOT, KWH, participants, terms

SLOTS = 3
PEOPLE = ("B", "C", "D", "O")
FAMILIES = ("value", "value", "value", "mint", "transfer", "lock", "income", "leave", "scheme", "block")
ENERGIES = (10 * KWH, 0, 3_333_333, 1, 250_000)
AMOUNTS = (ENT, 1, 17, ENT // 3, 5 * ENT)
WANTED = {"DebtPaid", "ClaimPaid", "GridDebtPaid", "GridClaimPaid", "GroupIncomePaid", "ShareBooked", "GridBooked"}


class Owing(GroupChain):
    """B and C buy of D in a scheme with a fee for the group, in which B and C are; O is the grid operator."""

    def __init__(self) -> None:
        section = GridSection(GridMode.ACCOUNT, CURRENCY_ASSET, address("O"), SourceOrder.OWN, (tariff(),), 1)
        super().__init__(sections=(GRID_SECTION.holding(section),), money=0)
        self.found(row("B", HALF), row("C", HALF // 3))
        self.members = participants(p1=(3,), p2=(5,), p3=())
        self.open(terms(self.members, fee=ENT // 50, fee_account=self.account))
        self.seen: list[Event] = []
        self.read = 0
        self.until(FIRST_SLOT + SLOTS)

    def one_step(self, pick: Pick, family: str) -> None:
        """What somebody does, refused or not; then the work that it set off, or a part of it."""
        who, other, amount = pick.one(PEOPLE), pick.one((*PEOPLE, "group")), pick.one(AMOUNTS)
        if family == "value":
            self.values(FIRST_SLOT + pick.one(range(SLOTS)), {pick.one((1, 2, 3)): pick.one(ENERGIES)})
        elif family == "mint":
            self.do("bank", MintCurrency(CURRENCY_ASSET, address(who), amount))
        elif family == "transfer":
            target = self.account if other == "group" else address(other)
            self.try_(who, Transfer(CURRENCY_ASSET, target, amount))
        elif family == "lock":
            self.try_(who, LockWithdrawal(CURRENCY_ASSET, amount))
        elif family == "income":
            self.try_("D", DistributeGroup(1))
        elif family == "leave":
            self.try_(pick.one(("B", "C")), LeaveGroup(1, self.next_slot() + pick.one((0, 1))))
        elif family == "scheme":
            members = self.members if pick.one((True, False)) else ()
            made = terms(members, fee=ENT // 50, fee_account=self.account)
            self.try_("A", CastVote(SetScheme(1, self.next_slot() + pick.one((0, 4)), made), True))
        else:
            self.block(after_ms=pick.one((1_000, 900_000)))
        if pick.one((True, True, False)):
            self.work_off()
        self.check()

    def next_slot(self) -> int:
        """The first that has not begun when the next block comes."""
        return clock_of(self.context()).slot_of(self.time_ms + 1_000) + 1

    def check(self) -> None:
        """Nothing came or went, for anybody."""
        for block in self.blocks[self.read :]:
            self.seen += [event for receipt in block.executed.receipts for event in receipt.events]
        self.read = len(self.blocks)
        open_amounts: Counter[bytes] = Counter()
        debtors = set()
        for key, debt in self.entries(DEBTS).items():
            open_amounts[key[:ADDRESS_BYTES]] -= debt.amount
            debtors.add(key[:ADDRESS_BYTES])
        for key, claim in self.entries(CLAIMS).items():
            open_amounts[key[-ADDRESS_BYTES:]] += claim.amount
        expected = expected_of(self.seen)
        accounts = {name: address(name) for name in PEOPLE} | {"group": self.account}
        for name, account in accounts.items():
            has = balance(self.state, account, CURRENCY_ASSET).available
            held = sum(lock.amount for key, lock in self.entries(LOCKS).items() if key[:ADDRESS_BYTES] == account)
            assert has + held + open_amounts[account] == expected[account], name
            assert not has or account not in debtors, f"{name} owes and has something"
        pools = (DebtPool(120, 0), DebtPool(121, 0), debt_pool(1))
        lies = sum(balance(self.state, pool.account, CURRENCY_ASSET).available for pool in pools)
        assert lies == sum(open_amounts.values())
        assert supply(self.state, CURRENCY_ASSET) == sum(expected.values())


def expected_of(events: list[Event]) -> Counter[bytes]:
    """What each account has in all, with what it is owed and less what it owes."""
    found: Counter[bytes] = Counter()
    for event in events:
        match event:
            case CurrencyMinted():
                found[event.recipient] += event.amount
            case Transferred():
                found[event.sender] -= event.amount
                found[event.recipient] += event.amount
            case ShareBooked():
                found[event.account] -= event.due
            case GridBooked():
                due = sum(line.amount for line in event.lines)
                found[event.account] -= due
                found[event.operator] += due
            case GroupIncomePaid():
                found[event.account] -= event.amount
                found[event.member] += event.amount
    return found


class Debts(RuleBasedStateMachine):
    """See the module."""

    @initialize()
    def begin(self) -> None:
        self.chain = Owing()

    @rule(data=st.data(), family=st.sampled_from(FAMILIES))
    def step(self, data: st.DataObject, family: str) -> None:
        self.chain.one_step(Drawn(data), family)


TestDebts = Debts.TestCase
TestDebts.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)


def test_a_long_chain_owes_and_pays_in_every_way() -> None:
    """Otherwise the machine above would say little: the same steps lead to each kind of payment."""
    seen: set[str] = set()
    for seed in range(7, 17):
        chain, pick = Owing(), Seeded(seed)
        for _ in range(40):
            chain.one_step(pick, pick.one(FAMILIES))
        seen |= {type(event).__name__ for event in chain.seen}
        if seen >= WANTED:
            return
    assert WANTED - seen == set()
