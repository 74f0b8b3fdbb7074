"""Whatever is done with groups, in whatever order: nothing is lost, every distribution comes to its end.

What members, operator and voters do is drawn; the invariants of all modules are checked after each block
(`harness.chain`), here what they cannot see: parts beside their fractions, orders of rows, and all money.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.header import Event, Receipt
from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Value
from ledger.governance.payloads import CastVote
from ledger.groups.dividing import chunk_parts, member_parts
from ledger.groups.events import GroupDistributionBegun, GroupDistributionEnded, GroupIncomePaid
from ledger.groups.limits import CHUNK_MEMBERS
from ledger.groups.payloads import (
    ChangeGroup,
    DissolveGroup,
    DistributeGroup,
    LeaveGroup,
    PayFromGroup,
    SetGroupShares,
)
from ledger.groups.queries import group_members
from ledger.groups.terms import Division, GroupRow, Rhythm
from tests.support.group_chain import GroupChain, group_terms, row
from tests.support.sharing_chain import FIRST_SLOT, SLOT_MS

WEIGHTS = st.lists(st.one_of(st.integers(0, 5), st.integers(0, PARTS)), min_size=1, max_size=2 * CHUNK_MEMBERS + 3)


@given(amount=st.integers(0, 2**62), weights=WEIGHTS, own=st.integers(0, PARTS), number=st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_parts_of_members_and_the_own_part_sum_to_the_amount_and_lie_near_their_fractions(
    amount: int, weights: list[int], own: int, number: int
) -> None:
    chunks = [weights[at : at + CHUNK_MEMBERS] for at in range(0, len(weights), CHUNK_MEMBERS)]
    parts = chunk_parts(amount, [sum(chunk) for chunk in chunks], own, number)
    paid = [part for share, chunk in zip(parts, chunks, strict=True) for part in member_parts(share, chunk, number)]
    whole = sum(weights) + own
    assert 0 <= sum(paid) <= amount
    for weight, part in zip(weights, paid, strict=True):
        exact = Fraction(amount * weight, whole) if whole else Fraction(0)
        assert abs(part - exact) < 3, "a member's part is its fraction but for one unit at each of three divisions"
        assert weight or not part
    kept = Fraction(amount * own, whole) if whole else Fraction(amount)
    assert abs(amount - sum(paid) - kept) < 1


def test_rows_in_any_order_come_to_the_same_state() -> None:
    rows = (row("A", PARTS // 3), row("B", PARTS // 2, 4), row("C", 5))
    found = set()
    for order in permutations(rows):
        chain = GroupChain()
        chain.found(row("B", PARTS))
        assert chain.change(*order, slot=FIRST_SLOT + 2).code == ""
        found.add(tuple(group_members(chain.reader, 1, None, 10).entries))
    assert len(found) == 1


@dataclass
class Book:
    """All money of the chain's accounts, folded from the events of groups and what the test itself moved."""

    begun: Counter[int] = field(default_factory=Counter)
    paid: Counter[int] = field(default_factory=Counter)
    kept: Counter[int] = field(default_factory=Counter)

    def take(self, event: Event) -> None:
        """One event."""
        match event:
            case GroupDistributionBegun():
                self.begun[event.number] += event.amount
            case GroupIncomePaid():
                self.paid[event.number] += event.amount
            case GroupDistributionEnded():
                assert event.paid == self.paid[event.number]
                self.kept[event.number] += event.kept
            case _:
                pass


NAMES = st.sampled_from("ABCD")
SHARES = st.one_of(st.just(0), st.integers(0, PARTS // 4), st.just(PARTS // 3), st.just(PARTS))


class Groups(RuleBasedStateMachine):
    """A group, and all that people do to it; a command that is refused leaves no trace."""

    @initialize(division=st.sampled_from([Division.SHARE, Division.KEY]), reserve=st.sampled_from([0, ENT]))
    def begin(self, division: Division, reserve: int) -> None:
        self.chain = GroupChain()
        self.chain.found(row("B", PARTS // 2, 1), division=division, rhythm=Rhythm.SLOT, reserve=reserve)
        self.seen = len(self.chain.blocks)
        self.book = Book()
        self.total = self._total()

    def _total(self) -> int:
        return sum(self.chain.has(name) for name in "ABCD") + self.chain.held() + self.chain.locked()

    def _slot(self) -> int:
        return self.chain.time_ms // SLOT_MS

    def _try(self, name: str, payload: Value) -> Receipt:
        return self.chain.try_(name, payload)

    @rule(name=NAMES, amount=st.one_of(st.integers(1, 9), st.integers(1, ENT)))
    def pay_in(self, name: str, amount: int) -> None:
        self._try(name, Transfer(CURRENCY_ASSET, self.chain.account, amount))

    @rule(names=st.lists(NAMES, unique=True, min_size=1), share=SHARES, key=st.integers(0, 3), ahead=st.integers(1, 3))
    def set_shares(self, names: list[str], share: int, key: int, ahead: int) -> None:
        rows = tuple(GroupRow(address(name), share // len(names), key, ()) for name in names)
        self._try("D", SetGroupShares(1, max(self._slot() + ahead, FIRST_SLOT), rows))

    @rule(sender=NAMES, recipient=NAMES, parts=st.integers(1, PARTS // 2), ahead=st.integers(1, 2))
    def transfer(self, sender: str, recipient: str, parts: int, ahead: int) -> None:
        slot = max(self._slot() + ahead, FIRST_SLOT)
        then = min(self.chain.share(recipient, slot) + parts, PARTS)
        self._try(sender, self.chain.taking(sender, recipient, parts, then, slot))

    @rule(name=NAMES)
    def leave(self, name: str) -> None:
        self._try(name, LeaveGroup(1, max(self._slot() + 1, FIRST_SLOT)))

    @rule(name=NAMES)
    def distribute(self, name: str) -> None:
        self._try(name, DistributeGroup(1))

    @rule(name=NAMES, amount=st.integers(1, ENT))
    def spend(self, name: str, amount: int) -> None:
        self._try("D", PayFromGroup(1, address(name), CURRENCY_ASSET, amount, 0, ""))

    @rule(division=st.sampled_from([Division.SHARE, Division.KEY]), rhythm=st.sampled_from([Rhythm.SLOT, Rhythm.DAY]))
    def change(self, division: Division, rhythm: Rhythm) -> None:
        self._try("A", CastVote(ChangeGroup(1, group_terms(division=division, rhythm=rhythm)), True))

    @rule()
    def dissolve(self) -> None:
        self._try("A", CastVote(DissolveGroup(1), True))

    @rule(slots=st.integers(1, 6))
    def wait(self, slots: int) -> None:
        self.chain.block(after_ms=slots * SLOT_MS)

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "chain"):
            return
        assert self._total() == self.total
        for block in self.chain.blocks[self.seen :]:
            for receipt in block.executed.receipts:
                for event in receipt.events:
                    self.book.take(event)
        self.seen = len(self.chain.blocks)
        for number in self.book.kept:
            assert self.book.begun[number] == self.book.paid[number] + self.book.kept[number]

    def teardown(self) -> None:
        if hasattr(self, "chain"):
            self.chain.work_off()
            self.nothing_is_lost()
            assert set(self.book.begun) == set(self.book.kept), "every distribution comes to its end"
            assert self.chain.locked() == 0


TestGroups = Groups.TestCase
TestGroups.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)
