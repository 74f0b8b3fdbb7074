"""Whatever holders, banker and voters do, in whatever order: what is asked, marked, burned and given back adds up.

Beside the chain runs a twin in a few lines, which says before each step with what it will be answered. The fixture
checks the invariants of all modules after each block.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import supply
from ledger.bank.genesis import GenesisBalance
from ledger.bank.limits import MARK_LIFETIME_MS
from ledger.bank.payloads import (
    NO_REFERENCE,
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    MintCurrency,
    SettleWithdrawal,
    TakeBackWithdrawal,
    UnlockCurrency,
)
from ledger.bank.queries import marks_of, withdrawals_of
from ledger.chain.postings import AVAILABLE, TokenMeasure
from ledger.encoding.codec import Value
from ledger.governance.payloads import CastVote

DAY_MS = 86_400_000
FIRST = 100
NAME = st.sampled_from(("A", "B"))
AMOUNT = st.integers(1, 60)
NUMBER = st.integers(0, 6)
LINES = (NO_REFERENCE, *(hashlib.sha256(bytes((number,))).digest() for number in range(3)))
LINE = st.sampled_from(LINES)


@dataclass
class Twin:
    """One holder: what it has, what waits, and by number what is marked, with the time of its lapse."""

    has: int = FIRST
    waits: int = 0
    marks: dict[int, tuple[int, int]] = field(default_factory=dict)

    def take_from(self, number: int, amount: int) -> None:
        """A part of a mark, or (0) of what waits."""
        if not number:
            self.waits -= amount
            return
        left, lapses_ms = self.marks[number]
        self.marks[number] = (left - amount, lapses_ms)
        if left == amount:
            del self.marks[number]

    def refused(self, number: int, amount: int) -> str:
        """Why so much cannot be taken from it; empty where it can."""
        if not number:
            everything = self.waits + sum(left for left, _lapses_ms in self.marks.values())
            return "" if amount <= self.waits else "withdrawal_marked" if amount <= everything else "insufficient_lock"
        left = self.marks.get(number, (0, 0))[0]
        return "" if amount <= left else "above_mark" if left else "no_such_mark"


class BankMachine(RuleBasedStateMachine):
    """Two holders, a banker, one voter."""

    @initialize()
    def begin(self) -> None:
        balances = tuple(GenesisBalance(address(name), CURRENCY_ASSET, FIRST) for name in "AB")
        self.chain = ChainFixture(make_genesis(balances=balances))
        self.twins = {"A": Twin(), "B": Twin()}
        self.lines: set[bytes] = set()
        self.last = 0
        self.whole = 2 * FIRST

    @rule(name=NAME, amount=AMOUNT)
    def lock(self, name: str, amount: int) -> None:
        twin = self.twins[name]
        if self.sends(name, LockWithdrawal(CURRENCY_ASSET, amount), "insufficient_balance" * (twin.has < amount)):
            twin.has, twin.waits = twin.has - amount, twin.waits + amount

    @rule(name=NAME, amount=AMOUNT)
    def take_back(self, name: str, amount: int) -> None:
        twin = self.twins[name]
        if self.sends(name, TakeBackWithdrawal(CURRENCY_ASSET, amount), twin.refused(0, amount)):
            twin.has, twin.waits = twin.has + amount, twin.waits - amount

    @rule(name=NAME, amount=AMOUNT)
    def mark(self, name: str, amount: int) -> None:
        twin = self.twins[name]
        if self.sends("bank", MarkWithdrawal(CURRENCY_ASSET, address(name), amount), twin.refused(0, amount)):
            self.last += 1
            twin.waits -= amount
            twin.marks[self.last] = (amount, self.chain.time_ms + MARK_LIFETIME_MS)

    @rule(name=NAME, number=NUMBER.filter(bool), amount=AMOUNT, line=LINE)
    def burn(self, name: str, number: int, amount: int, line: bytes) -> None:
        twin, now_ms = self.twins[name], self.chain.time_ms + 1000
        code = twin.refused(number, amount)
        if not code and now_ms >= twin.marks[number][1]:
            code = "mark_lapsed"
        payload = BurnCurrency(CURRENCY_ASSET, address(name), amount, number, line)
        if self.sends("bank", payload, code or "line_taken" * (line in self.lines)):
            twin.take_from(number, amount)
            self.whole -= amount
            self.takes(line)

    @rule(name=NAME, number=NUMBER, amount=AMOUNT)
    def unlock(self, name: str, number: int, amount: int) -> None:
        twin = self.twins[name]
        payload = UnlockCurrency(CURRENCY_ASSET, address(name), amount, number)
        if self.sends("bank", payload, twin.refused(number, amount)):
            twin.take_from(number, amount)
            twin.has += amount

    @rule(name=NAME, number=NUMBER.filter(bool), paid=st.booleans())
    def settle(self, name: str, number: int, paid: bool) -> None:
        twin, now_ms = self.twins[name], self.chain.time_ms + 1000
        amount, lapses_ms = twin.marks.get(number, (0, 0))
        code = "no_such_mark" if not amount else "mark_not_lapsed" if now_ms < lapses_ms else ""
        if self.sends("A", CastVote(SettleWithdrawal(CURRENCY_ASSET, address(name), number, paid), True), code):
            twin.take_from(number, amount)
            twin.has, self.whole = (twin.has, self.whole - amount) if paid else (twin.has + amount, self.whole)

    @rule(name=NAME, amount=AMOUNT, line=LINE)
    def mint(self, name: str, amount: int, line: bytes) -> None:
        payload = MintCurrency(CURRENCY_ASSET, address(name), amount, line)
        if self.sends("bank", payload, "line_taken" * (line in self.lines)):
            self.twins[name].has += amount
            self.whole += amount
            self.takes(line)

    @rule(after_ms=st.sampled_from((1000, DAY_MS, MARK_LIFETIME_MS)))
    def wait(self, after_ms: int) -> None:
        self.chain.block(after_ms=after_ms)

    def sends(self, name: str, payload: Value, code: str) -> bool:
        """Whether it is applied, which the twin knew."""
        assert self.chain.try_(name, payload).code == code, payload
        return not code

    def takes(self, line: bytes) -> None:
        """It is taken for ever."""
        if line != NO_REFERENCE:
            self.lines.add(line)

    @invariant()
    def all_is_as_the_twin_has_it(self) -> None:
        for name, twin in self.twins.items():
            holder = address(name)
            asked = twin.waits + sum(amount for amount, _lapses_ms in twin.marks.values())
            said = withdrawals_of(self.chain.reader, holder)
            assert [(entry.asked, entry.waiting, entry.marks) for _asset, entry in said] == (
                [(asked, twin.waits, len(twin.marks))] if asked else []
            )
            found = {
                number: (mark.amount, mark.lapses_ms)
                for number, mark in marks_of(self.chain.reader, holder, CURRENCY_ASSET)
            }
            assert found == twin.marks
            held = self.chain.balance(name, CURRENCY_ASSET)
            assert (held.available, held.withdrawal) == (twin.has, asked)
        assert supply(self.chain.state, CURRENCY_ASSET) == self.whole

    def teardown(self) -> None:
        """A fold of all postings since the genesis is what everybody has."""
        if not hasattr(self, "chain"):
            return
        folded: dict[tuple[bytes, str], int] = {}
        for block in self.chain.blocks:
            for event in (event for receipt in block.executed.receipts for event in receipt.events):
                for line in self.chain.registry.postings_of(event, CURRENCY_ASSET):
                    if line.measure == TokenMeasure(CURRENCY_ASSET):
                        key = (line.holder, line.bucket)
                        folded[key] = folded.get(key, 0) + line.amount
        for name, twin in self.twins.items():
            assert folded.get((address(name), AVAILABLE), 0) == twin.has


TestBank = BankMachine.TestCase
TestBank.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
