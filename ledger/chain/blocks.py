"""Making and checking blocks (rules B1-B6): execution, then the roots, then the header.

`Parent` is the decided state that a block builds on. Nothing here changes it: several candidates may be executed on
one parent, and the one that is decided is applied by its owner (`StateTree.apply`, the store's commit).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

import msgspec

from ledger.chain.commits import CheckedDecision, check_commits, commits_hash
from ledger.chain.envelope import Transaction
from ledger.chain.execution import Executed, Execution, execute_all
from ledger.chain.genesis import Genesis
from ledger.chain.header import HEADER_FORMAT, Certificate, Header
from ledger.chain.origin import first_state
from ledger.chain.registry import Registry
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import encode
from ledger.errors import InclusionError, InvalidBlock, InvalidInput
from ledger.limits import MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS
from ledger.state.merkle import list_root
from ledger.state.overlay import Reader
from ledger.state.tree import InMemoryTreeStorage, StateTree, TreeStorage, TreeUpdate

NO_HASH = bytes(32)
NO_PROPOSER = bytes(20)

MAX_TRIES_WHEN_FULL: Final = 16
"""Transactions that find no room in a block before its proposer stops trying further ones."""


class Chain(msgspec.Struct, frozen=True):
    """What every block of a chain shares."""

    registry: Registry
    genesis: Genesis


class Parent(msgspec.Struct, frozen=True):
    """A decided block with its state: what the next block builds on. `validators` decide the next height.

    `decision` is how the block was decided: the next one carries its COMMITs. None for the genesis block.
    """

    header: Header
    state: Reader
    tree: StateTree
    storage: TreeStorage
    validators: ValidatorSet
    decision: CheckedDecision | None = None


class Block(msgspec.Struct, frozen=True):
    """A complete block: `transactions` and `executed` belong to `header`; `update` is its change of the state tree.

    `commits`: the parent's COMMITs (B8).
    """

    header: Header
    transactions: tuple[Transaction, ...]
    executed: Executed
    update: TreeUpdate
    hash: bytes
    commits: Certificate | None = None

    @property
    def weight(self) -> int:
        """The weight of its transactions, without that of what fell due."""
        return sum(receipt.weight for receipt in self.executed.receipts[1:])

    @property
    def size(self) -> int:
        """The sum of the encoded transactions in bytes."""
        return sum(len(transaction.raw) for transaction in self.transactions)


def genesis_block(chain: Chain) -> Block:
    """Block 0: no transactions, no proposer, the state that the genesis describes (G3)."""
    executed = first_state(chain.registry, chain.genesis)
    tree = StateTree.load(chain.genesis.tree_bits, ())
    return _seal(
        chain,
        executed,
        tree.plan(executed.changes, InMemoryTreeStorage()),
        (),
        height=0,
        parent_hash=NO_HASH,
        time_ms=chain.genesis.time_ms,
        proposer=NO_PROPOSER,
        validators_hash=executed.validators.hash,
        commits=None,
        known_version=executed.version,
    )


def propose_block(
    chain: Chain,
    parent: Parent,
    candidates: Iterable[Transaction],
    *,
    time_ms: int,
    proposer: bytes,
    verified: Container[bytes],
    weight_share: int = 1,
    commits: Certificate | None = None,
) -> tuple[Block, list[tuple[Transaction, InclusionError]]]:
    """A block of the candidates that may stand in it, in their order, and those left out with the reason.

    `weight_share`: the transactions may use only 1/weight_share of the block's weight (later rounds make lighter
    blocks); what falls due is worked off whatever it weighs. `commits`: the COMMITs for the parent that the proposer
    holds; without, those of the parent's certificate.
    """
    if commits is None and parent.decision is not None:
        commits = parent.decision.certificate
    known = chain.registry.newest
    execution = _execution(chain, parent, parent.header.height + 1, time_ms, proposer, known, verified, commits)
    included: list[Transaction] = []
    left_out: list[tuple[Transaction, InclusionError]] = []
    size = 0
    context = execution.context
    context.weight_limit = min(context.weight + chain.genesis.block_weight // weight_share, context.weight_limit)
    full = 0
    for transaction in candidates:
        if len(included) == MAX_BLOCK_TRANSACTIONS or full == MAX_TRIES_WHEN_FULL:
            break
        if size + len(transaction.raw) > MAX_BLOCK_BYTES:
            continue
        try:
            execution.apply(transaction)
        except InclusionError as error:
            left_out.append((transaction, error))
            full += error.code == "block_full"
            continue
        size += len(transaction.raw)
        included.append(transaction)
    executed = execution.finish()
    block = _seal_on(chain, parent, executed, tuple(included), time_ms, proposer, commits, known)
    return block, left_out


def check_block(
    chain: Chain,
    parent: Parent,
    header: Header,
    raw_transactions: Sequence[bytes],
    verified: Container[bytes],
    commits: Certificate | None = None,
) -> Block:
    """Execute a proposed or decided block; raises `InvalidBlock` if anything differs from what its header says (B5).

    How far its time may run ahead is the caller's question (B6): it depends on whether the block is new.
    """
    _check_place(chain, parent, header)
    check_commits(chain.genesis, parent.decision, header, commits)
    if len(raw_transactions) > MAX_BLOCK_TRANSACTIONS or sum(map(len, raw_transactions)) > MAX_BLOCK_BYTES:
        raise InvalidBlock("the block is larger than allowed", code="block_too_large")
    try:
        transactions = tuple(chain.registry.decode(raw) for raw in raw_transactions)
        execution = _execution(
            chain, parent, header.height, header.time_ms, header.proposer, header.known_version, verified, commits
        )
        executed = execute_all(execution, transactions)
    except (InclusionError, InvalidInput) as error:
        raise InvalidBlock(str(error), code="invalid_transaction") from error
    block = _seal_on(
        chain, parent, executed, transactions, header.time_ms, header.proposer, commits, header.known_version
    )
    if block.header != header:
        raise InvalidBlock(_first_difference(block.header, header), code="header_mismatch")
    return block


def _check_place(chain: Chain, parent: Parent, header: Header) -> None:
    if header.format != HEADER_FORMAT or header.chain_id != chain.genesis.chain_id:
        raise InvalidBlock("another chain or form of headers", code="wrong_chain")
    if header.known_version < header.version:
        raise InvalidBlock("the proposer does not know the version of its own block", code="header_mismatch")
    if header.height != parent.header.height + 1 or header.parent != parent.header.hash():
        raise InvalidBlock("does not follow its parent", code="wrong_parent")
    if header.time_ms <= parent.header.time_ms:
        raise InvalidBlock("is not later than its parent", code="bad_time")
    if parent.validators.by_address(header.proposer) is None:
        raise InvalidBlock("the proposer is no validator of this height", code="wrong_proposer")


def _execution(
    chain: Chain, parent: Parent, height: int, time_ms: int, proposer: bytes, known_version: int,
    verified: Container[bytes], commits: Certificate | None,
) -> Execution:  # fmt: skip
    validator = parent.validators.by_address(proposer)
    if validator is None:
        raise InvalidBlock("the proposer is no validator of this height", code="wrong_proposer")
    return Execution(
        chain.registry,
        chain.genesis,
        parent.state,
        height=height,
        time_ms=time_ms,
        fee_account=validator.account,
        proposer_key=validator.key,
        known_version=known_version,
        committed=_committed(parent, commits),
        verified=verified,
    )


def _committed(parent: Parent, commits: Certificate | None) -> frozenset[bytes]:
    """The addresses of those whose COMMITs for the parent a block carries; they were checked."""
    if commits is None or parent.decision is None:
        return frozenset()
    members = parent.decision.validators.members
    return frozenset(members[entry.validator].address for entry in commits.signatures)


def _seal_on(
    chain: Chain,
    parent: Parent,
    executed: Executed,
    transactions: tuple[Transaction, ...],
    time_ms: int,
    proposer: bytes,
    commits: Certificate | None,
    known_version: int,
) -> Block:
    return _seal(
        chain,
        executed,
        parent.tree.plan(executed.changes, parent.storage),
        transactions,
        height=parent.header.height + 1,
        parent_hash=parent.header.hash(),
        time_ms=time_ms,
        proposer=proposer,
        validators_hash=parent.validators.hash,
        commits=commits,
        known_version=known_version,
    )


def _seal(
    chain: Chain,
    executed: Executed,
    update: TreeUpdate,
    transactions: tuple[Transaction, ...],
    *,
    height: int,
    parent_hash: bytes,
    time_ms: int,
    proposer: bytes,
    validators_hash: bytes,
    commits: Certificate | None,
    known_version: int,
) -> Block:
    header = Header(
        HEADER_FORMAT,
        executed.version,
        chain.genesis.chain_id,
        height,
        parent_hash,
        time_ms,
        proposer,
        list_root([transaction.full_hash for transaction in transactions]),
        list_root([encode(receipt) for receipt in executed.receipts]),
        update.root,
        validators_hash,
        executed.validators.hash,
        executed.parameters_hash,
        executed.next_due_ms,
        commits_hash(commits),
        known_version,
    )
    return Block(header, transactions, executed, update, header.hash(), commits)


def _first_difference(ours: Header, theirs: Header) -> str:
    for name in Header.__struct_fields__:
        if getattr(ours, name) != getattr(theirs, name):
            return f"{name} differs from what execution gives"
    return "the header differs"
