"""Joins the ledger, the market and the store into one chain: the head, and blocks made on it, checked and committed.

This is where the market meets the ledger's execution (`REGISTRY`). No rule stands here.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

from ledger.chain.blocks import Block, Chain, Parent, check_block, genesis_block, propose_block
from ledger.chain.certificate import check_certificate
from ledger.chain.commits import CheckedDecision
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import CERTIFICATE, HEADER, Certificate, Event, Header, Receipt
from ledger.chain.hooks import Hooks
from ledger.chain.protocol import context_at, planned_upgrade, rules_after, version_at
from ledger.chain.validator_set import load_validators
from ledger.encoding.codec import encode
from ledger.encoding.quantities import address_fields
from ledger.errors import InclusionError
from ledger.light.headers import SET_MEMBERS, members_of, set_of
from ledger.state.overlay import State
from ledger.state.tree import StateTree
from nodechain.chain.actions import StopForUpgrade
from nodechain.errors import require, require_present
from nodechain.modules import REGISTRY
from nodechain.store.audit import AuditRules, HeaderFacts
from nodechain.store.records import BlockRecord
from nodechain.store.store import Store
from nodechain.store.view import StoreView

NO_CERTIFICATE: Final = b""
"""The genesis block is decided by agreement on the genesis, not by votes."""


def audit_rules(genesis: Genesis, *, blocks: int = 100) -> AuditRules:
    """How the store's start-up audit reads this chain's headers and state tree."""
    return AuditRules(
        facts=_facts,
        root_of_buckets=lambda buckets: StateTree.load(genesis.tree_bits, buckets).root,
        genesis_hash=genesis_block(Chain(REGISTRY, genesis)).hash,
        blocks=blocks,
    )


def _facts(data: bytes) -> HeaderFacts:
    header = HEADER.decode(data)
    return HeaderFacts(header.height, header.hash(), header.parent, header.state_root)


class Application:
    """The chain on this node: `parent` is the decided head with its state; one writer."""

    def __init__(self, genesis: Genesis, store: Store) -> None:
        """On an empty store the genesis block is committed first."""
        self.chain = Chain(REGISTRY, genesis)
        self.store = store
        if store.head() is None:
            self._commit_genesis()
        self.parent = self._load()
        self._rules: Hooks | None = None

    @property
    def height(self) -> int:
        """The head's height."""
        return self.parent.header.height

    @property
    def rules(self) -> Hooks:
        """The rules in force after the head."""
        if self._rules is None:
            self._rules = rules_after(REGISTRY, State(self.store), self.chain.genesis)
        return self._rules

    def unknown_upgrade(self) -> StopForUpgrade | None:
        """What stops this program at the next height, whose rules it does not know; None where it knows them (O12)."""
        state, genesis, height = State(self.store), self.chain.genesis, self.height + 1
        version = version_at(state, genesis, height)
        if version <= self.chain.registry.newest:
            return None
        plan = planned_upgrade(state)
        return StopForUpgrade(height, version, "" if plan is None else plan.release)

    def _commit_genesis(self) -> None:
        block = genesis_block(self.chain)
        self.store.commit(record_of(block, NO_CERTIFICATE))

    def _load(self) -> Parent:
        head = self.store.head()
        stored = require_present(None if head is None else self.store.header(head.height), "the store has no head")
        header = HEADER.decode(stored.header)
        tree = StateTree.load(self.chain.genesis.tree_bits, self.store.buckets())
        require(tree.root == header.state_root, "the state tree does not have the head's root")
        self._reader = self.store.block_reader()
        validators = load_validators(State(self.store))
        return Parent(header, self._reader, tree, self.store, validators, decision_of(self.store, header.height))

    def propose(
        self,
        candidates: Iterable[Transaction],
        *,
        time_ms: int,
        proposer: bytes,
        verified: Container[bytes],
        weight_share: int = 1,
        commits: Certificate | None = None,
    ) -> tuple[Block, list[tuple[Transaction, InclusionError]]]:
        """A block on the head, and what was left out of it with the reason."""
        return propose_block(
            self.chain,
            self.parent,
            candidates,
            time_ms=time_ms,
            proposer=proposer,
            verified=verified,
            weight_share=weight_share,
            commits=commits,
        )

    def check(
        self,
        header: Header,
        raw_transactions: Sequence[bytes],
        verified: Container[bytes],
        commits: Certificate | None = None,
    ) -> Block:
        """Execute somebody's block on the head; raises `InvalidBlock`."""
        return check_block(self.chain, self.parent, header, raw_transactions, verified, commits)

    def check_certificate(self, header: Header, certificate: Certificate) -> None:
        """Raise `CertificateError` unless the head's validators decided this block."""
        check_certificate(
            certificate,
            self.chain.genesis.hash,
            ConsensusMode(self.chain.genesis.mode),
            self.parent.validators,
            header.height,
            header.hash(),
        )

    def commit(self, block: Block, certificate: Certificate) -> None:
        """Store a decided block; it is on the disk when this returns. Safe in a thread: it does not move the head."""
        self.store.commit(record_of(block, encode(certificate)), executed_on=self._reader)

    def advance(self, block: Block, certificate: Certificate) -> None:
        """Make a block that the store has committed the head."""
        decision = CheckedDecision(certificate, self.parent.validators)
        self._rules = None
        self.parent.tree.apply(block.update)
        self._reader = self.store.block_reader()
        validators = block.executed.validators
        self.parent = Parent(block.header, self._reader, self.parent.tree, self.store, validators, decision)

    def view(self, time_ms: int) -> Context:
        """A context on the head as the next block would see it: for the mempool's questions, never committed."""
        return context_at(REGISTRY, State(self.store), self.chain.genesis, self.height + 1, time_ms)


def decision_of(store: StoreView, height: int) -> CheckedDecision | None:
    """How a block of the store was decided; None for the genesis block."""
    stored = store.certificate(height)
    if not stored:
        return None
    return CheckedDecision(CERTIFICATE.decode(stored), set_of(SET_MEMBERS.decode(store.validators_of(height))))


def record_of(block: Block, certificate: bytes) -> BlockRecord:
    """A block as the store takes it."""
    receipts = block.executed.receipts
    return BlockRecord(
        height=block.header.height,
        block_hash=block.hash,
        header=encode(block.header),
        certificate=certificate,
        transactions=tuple(transaction.raw for transaction in block.transactions),
        receipts=tuple(encode(receipt) for receipt in receipts),
        transaction_ids=tuple(transaction.id for transaction in block.transactions),
        account_index=account_index([transaction.sender for transaction in block.transactions], receipts),
        state_changes=block.executed.changes,
        tree_buckets=block.update.buckets,
        state_root=block.header.state_root,
        next_validators=_new_validators(block),
        parent_certificate=None if block.commits is None else encode(block.commits),
    )


def _new_validators(block: Block) -> bytes | None:
    """The set that a block hands over to, in the form of light blocks; None where it stays."""
    header = block.header
    if header.height > 0 and header.next_validators_hash == header.validators_hash:
        return None
    return encode(members_of(block.executed.validators))


def account_index(senders: Sequence[bytes], receipts: Sequence[Receipt]) -> tuple[tuple[bytes, int], ...]:
    """Which receipts of a block concern which account or topic; receipt 0 is the block's own, `senders` the others'."""
    found: list[tuple[bytes, int]] = []
    for index, receipt in enumerate(receipts):
        addresses = {key for event in receipt.events for key in (*addresses_of(event), *REGISTRY.topics_of(event))}
        if index:
            addresses.add(senders[index - 1])
        found += [(address, index) for address in sorted(addresses)]
    return tuple(found)


def addresses_of(event: Event) -> Iterable[bytes]:
    """The accounts that an event names."""
    return tuple(getattr(event, name) for name in address_fields(type(event)))
