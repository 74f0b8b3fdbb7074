"""A chain with a fund: voters A, B and C, four validators who commit, and 100 of the currency for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.chain.blocks import Block, Parent, check_block, propose_block
from ledger.chain.certificate import commit_message
from ledger.chain.commits import CheckedDecision
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.genesis import GenesisValidator
from ledger.chain.header import Certificate, CommitSignature, Receipt
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.encoding.codec import Value
from ledger.fund.account import FEE_ACCOUNT, FUND_ACCOUNT
from ledger.fund.genesis import AS_ALWAYS, FUND_SECTION, FundSection
from ledger.fund.payloads import SpendFund
from ledger.fund.queries import FundBook, books_of_fund
from ledger.fund.terms import FeeSplit, FundTerms, NewcomerTerms
from ledger.governance.payloads import CastVote
from nodechain.modules import MODULES

FUNDS: Final = 100 * ENT
NAMES: Final = ("A", "B", "C", "D")
VALIDATORS: Final = ("V", "W", "X", "Y")
HALF_TO_ALL: Final = FeeSplit(500_000, 300_000, 200_000)
_BALANCES: Final = tuple(GenesisBalance(address(name), CURRENCY_ASSET, FUNDS) for name in NAMES)


def terms(
    split: FeeSplit = AS_ALWAYS.fee_split, commission: int = 0, fee: int = 0, reward: int = 0, grant: int = 0
) -> FundTerms:
    """Terms of the fund in the currency."""
    return FundTerms(split, commission, NewcomerTerms(CURRENCY_ASSET, fee, reward, grant))


def fund_section(found: FundTerms = AS_ALWAYS, *, voters_issue: bool = False) -> tuple[str, bytes]:
    """The module's section."""
    return FUND_SECTION.holding(FundSection(found, voters_issue))


class FundChain(ChainFixture):
    """The validators `deaf` do not commit."""

    def __init__(
        self, found: FundTerms = AS_ALWAYS, *, voters_issue: bool = False, off: bool = False, **changes: Any
    ) -> None:
        self.deaf: set[str] = set()
        listed = tuple(GenesisValidator(secret(name).public_key[1:], address(name), name) for name in VALIDATORS)
        voters = tuple(sorted(address(name) for name in "ABC"))
        asked: dict[str, Any] = {"balances": _BALANCES, "voters": voters, "validators": listed, **changes}
        made = make_genesis(**dict(asked))
        section = () if off else (fund_section(found, voters_issue=voters_issue),)
        super().__init__(genesis=make_genesis(**asked, sections=sections_of(*made.sections, *section)), modules=MODULES)

    @property
    def parent(self) -> Parent:
        """With the COMMITs of those that are not deaf."""
        before, block = super().parent, self.blocks[-1]
        if not block.header.height:
            return before
        members = before.validators.members
        message = commit_message(self.genesis.hash, block.header.height, 0, block.hash)
        entries = tuple(
            CommitSignature(index, secret(member.name).sign(message))
            for index, member in enumerate(members)
            if member.name not in self.deaf
        )
        decision = CheckedDecision(Certificate(block.header.height, 0, block.hash, entries), before.validators)
        return Parent(before.header, before.state, before.tree, before.storage, before.validators, decision)

    def block(self, transactions: Iterable[Transaction] = (), *, after_ms: int = 1000) -> Block:
        """Checked with the COMMITs that it carries, too; after it nothing waits to be divided."""
        block = self._proposed(tuple(transactions), after_ms)
        assert balance(self.state, FEE_ACCOUNT, CURRENCY_ASSET).available == 0
        return block

    def _proposed(self, transactions: tuple[Transaction, ...], after_ms: int) -> Block:
        self.time_ms += after_ms
        parent = self.parent
        block, left_out = propose_block(
            self.chain, parent, transactions, time_ms=self.time_ms,
            proposer=parent.validators.members[0].address, verified=frozenset(),
        )  # fmt: skip
        if left_out:
            self._nonces.clear()
            raise left_out[0][1]
        raw = [transaction.raw for transaction in block.transactions]
        again = check_block(self.chain, parent, block.header, raw, frozenset(), block.commits)
        assert again.header == block.header
        self._apply(block)
        return block

    @property
    def proposer(self) -> str:
        """Whose blocks they are."""
        return self.parent.validators.members[0].name

    @property
    def view(self) -> Context:
        """What a read sees."""
        return context_at(self.registry, self.state, self.genesis, self.blocks[-1].header.height + 1, self.time_ms)

    def decide(self, action: Value) -> Receipt:
        """A and B say yes; what the second one's did."""
        assert self.try_("A", CastVote(action, True)).applied
        return self.try_("B", CastVote(action, True))

    def spend(self, amount: int = ENT, reference: str = "invoice 1", to: str = "D", **changes: Any) -> SpendFund:
        """A payment of the fund."""
        found = SpendFund(address(to), CURRENCY_ASSET, amount, "repairs", reference)
        return replace(found, **changes)

    def book(self, asset: int = CURRENCY_ASSET) -> FundBook:
        """The fund's."""
        return books_of_fund(self.view)[asset - 1]

    def has(self, name: str, asset: int = CURRENCY_ASSET) -> int:
        """What an account may spend."""
        return balance(self.state, address(name), asset).available

    @property
    def fund(self) -> int:
        """What the fund has of the currency."""
        return balance(self.state, FUND_ACCOUNT, CURRENCY_ASSET).available

    def events(self, block: int = -1) -> list[Any]:
        """Of a block, its own too."""
        return [event for receipt in self.blocks[block].executed.receipts for event in receipt.events]
