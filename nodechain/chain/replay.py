"""Replay: the blocks of a chain or a range executed again, every certificate, root and invariant checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from ledger.chain.blocks import Block, Chain, Parent, check_block, genesis_block
from ledger.chain.certificate import check_certificate
from ledger.chain.commits import CheckedDecision
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import CERTIFICATE, HEADER, Header
from ledger.chain.protocol import rules_after, version_at
from ledger.chain.validator_set import load_validators
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, CertificateError, InvalidBlock, InvalidInput, UnknownVersion
from ledger.state.overlay import MemoryReader, State
from ledger.state.tree import InMemoryTreeStorage, StateTree
from nodechain.errors import DataDamaged, UpgradeRequired
from nodechain.modules import REGISTRY

INVARIANTS_EVERY = 1_000
"""Blocks between checks of the invariants over the whole state; the last block is always checked."""


class ChainBlock(msgspec.Struct, frozen=True):
    """A block as it was stored or exported, in canonical bytes."""

    header: bytes
    certificate: bytes
    transactions: tuple[bytes, ...]
    receipts: tuple[bytes, ...] | None = None


class Replayed(msgspec.Struct, frozen=True):
    """What a replay found."""

    height: int
    transactions: int
    state_root: bytes
    block_hash: bytes


class Replay:
    """A chain in memory, one block further with each `add`. Raises `DataDamaged` at the first difference."""

    def __init__(self, genesis: Genesis) -> None:
        """At the genesis."""
        self._chain = Chain(REGISTRY, genesis)
        self._mode = ConsensusMode(genesis.mode)
        self.state = MemoryReader()
        self._storage = InMemoryTreeStorage()
        self._tree = StateTree.load(genesis.tree_bits, ())
        block = genesis_block(self._chain)
        self.parent = self._apply(block, None)
        self.transactions = 0

    @classmethod
    def after(
        cls, genesis: Genesis, header: bytes, entries: Iterable[tuple[bytes, bytes]], decision: CheckedDecision | None
    ) -> Replay:
        """After an earlier block, from the state that is stored of it; raises `DataDamaged` if that is not its state.

        Header and `decision` are believed: whoever replays a range trusts the block before it.
        """
        chain = cls(genesis)
        chain.state = MemoryReader(dict(entries))
        chain._storage = InMemoryTreeStorage()
        chain._tree = StateTree.load(genesis.tree_bits, ())
        update = chain._tree.plan(chain.state.entries(), chain._storage)
        chain._tree.apply(update)
        chain._storage.write(update)
        try:
            decoded = HEADER.decode(header)
            validators = load_validators(State(chain.state))
        except (InvalidInput, BrokenInvariant) as error:
            raise DataDamaged(f"the block before the range cannot be read: {error}") from error
        if (chain._tree.root, validators.hash) != (decoded.state_root, decoded.next_validators_hash):
            raise DataDamaged(f"height {decoded.height}: the stored state is not that of the stored header")
        chain.parent = Parent(decoded, chain.state, chain._tree, chain._storage, validators, decision)
        return chain

    @property
    def header(self) -> Header:
        """The last block's header."""
        return self.parent.header

    def _apply(self, block: Block, decision: CheckedDecision | None) -> Parent:
        self.state.apply(block.executed.changes)
        self._tree.apply(block.update)
        self._storage.write(block.update)
        return Parent(block.header, self.state, self._tree, self._storage, block.executed.validators, decision)

    def start(self, stored: ChainBlock) -> None:
        """Compare a stored block 0 with what the genesis gives."""
        if stored.header != encode(self.parent.header):
            raise DataDamaged("height 0: the stored genesis block is not that of the genesis")

    def add(self, stored: ChainBlock) -> Block:
        """Execute the next block."""
        height = self.header.height + 1
        try:
            header = HEADER.decode(stored.header)
            certificate = CERTIFICATE.decode(stored.certificate)
            check_certificate(
                certificate,
                self._chain.genesis.hash,
                self._mode,
                self.parent.validators,
                height,
                header.hash(),
            )
            before = self.parent.decision
            commits = None if before is None else before.certificate
            block = check_block(self._chain, self.parent, header, stored.transactions, frozenset(), commits)
        except UnknownVersion as error:
            version = version_at(State(self.state), self._chain.genesis, height)
            raise UpgradeRequired(height, version, self._chain.registry.newest, "") from error
        except (InvalidBlock, CertificateError, InvalidInput) as error:
            raise DataDamaged(f"height {height}: {error}", code=error.code) from error
        if stored.receipts is not None:
            self._compare(height, block, stored.receipts)
        self.parent = self._apply(block, CheckedDecision(certificate, self.parent.validators))
        self.transactions += len(block.transactions)
        return block

    @staticmethod
    def _compare(height: int, block: Block, receipts: tuple[bytes, ...]) -> None:
        for index, (ours, theirs) in enumerate(zip(block.executed.receipts, receipts, strict=False)):
            if encode(ours) != theirs:
                raise DataDamaged(f"height {height}: receipt {index} is not what execution gives")
        if len(receipts) != len(block.executed.receipts):
            raise DataDamaged(f"height {height}: {len(receipts)} receipts are stored")

    def check_invariants(self) -> None:
        """Every invariant of ledger and market over the whole state."""
        try:
            for check in rules_after(REGISTRY, State(self.state), self._chain.genesis).invariants:
                check(self.state)
        except BrokenInvariant as error:
            raise DataDamaged(f"height {self.header.height}: {error.detail}", code="broken_invariant") from error

    def compare_state(self, entries: Iterator[tuple[bytes, bytes]]) -> None:
        """Compare a stored state with the replayed one, entry by entry."""
        ours = self.state.entries()
        for full_key, value in entries:
            if ours.pop(full_key, None) != value:
                raise DataDamaged(f"height {self.header.height}: state entry {full_key.hex()} differs")
        if ours:
            raise DataDamaged(f"height {self.header.height}: state entry {min(ours).hex()} is missing")

    @property
    def result(self) -> Replayed:
        """What was replayed so far."""
        return Replayed(self.header.height, self.transactions, self.header.state_root, self.header.hash())


def replay(genesis: Genesis, blocks: Iterator[ChainBlock], progress: Callable[[int], None]) -> Replay:
    """Replay a whole chain, block 0 first; `progress` is told each height."""
    chain = Replay(genesis)
    chain.start(next(blocks))
    progress(0)
    replay_on(chain, blocks, progress)
    return chain


def replay_on(chain: Replay, blocks: Iterator[ChainBlock], progress: Callable[[int], None]) -> None:
    """Replay the blocks that follow."""
    for stored in blocks:
        chain.add(stored)
        if chain.header.height % INVARIANTS_EVERY == 0:
            chain.check_invariants()
        progress(chain.header.height)
    chain.check_invariants()
