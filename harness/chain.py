"""A whole chain in memory for tests: named accounts, one block a call, invariants checked after each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET, THESIS_ASSETS
from ledger.bank.balances import balance, locked
from ledger.bank.genesis import BankSection
from ledger.chain.blocks import Block, Chain, Parent, check_block, genesis_block, propose_block
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.genesis import ConsensusMode, Genesis, GenesisValidator
from ledger.chain.header import Receipt
from ledger.chain.invariants import entries
from ledger.chain.nonces import account
from ledger.chain.parameters import ParameterRule
from ledger.chain.protocol import rules_after
from ledger.chain.registry import Module, Registry
from ledger.chain.section import sections_of
from ledger.chain.validator_set import validator_address
from ledger.encoding.codec import Value, encode
from ledger.energy.genesis import EnergySection, GenesisUnit, RateRule, SurplusRule
from ledger.energy.imbalance import difference, imbalance
from ledger.energy.schema import SESSIONS, UNITS, Session, Unit
from ledger.governance.genesis import Access, GovernanceSection
from ledger.governance.payloads import CastVote
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey
from ledger.metering.schema import METERS
from ledger.modules import LEDGER_MODULES
from ledger.state.overlay import MemoryReader, State
from ledger.state.table import Table
from ledger.state.tree import InMemoryTreeStorage, StateTree
from market.genesis import GenesisProduct, MarketSection

T = TypeVar("T")
ENT = 10**9
START_MS = 1_700_000_000_000


@cache
def secret(name: str) -> Ed25519SecretKey:
    """The key of a named test account."""
    return Ed25519SecretKey(hashlib.sha256(name.encode()).digest())


def address(name: str) -> bytes:
    """The address of a named test account."""
    return address_of(secret(name).public_key)


def rules_of(modules: Iterable[Module]) -> list[ParameterRule]:
    """The parameters of modules, without those that the test genesis leaves off."""
    genesis = make_genesis()
    on = [module for module in modules if module.section is None or module.section.is_in(genesis)]
    return [rule for module in on for rule in module.parameters]


def make_genesis(**changes: Any) -> Genesis:
    """A genesis with voter A, validator V and unlimited units U1 and U2 of C, unless changed.

    Fields of the modules' sections are given by their names like all else.
    """
    parts: dict[str, Value] = {
        "governance": GovernanceSection(
            int(Access.MEMBERS), (address("A"),), tuple(sorted(address(name) for name in ("A", "B", "C", "D")))
        ),
        "bank": BankSection(THESIS_ASSETS, CURRENCY_ASSET, 0, address("bank"), ()),
        "energy": EnergySection(
            int(SurplusRule.SHARE),
            int(RateRule.MONOTONE),
            20_000_000,
            tuple(GenesisUnit(address(name), address("C"), 0, 0) for name in ("U1", "U2")),
        ),
        "market": MarketSection((GenesisProduct("cda", 1, 2),)),
    }
    for name, part in parts.items():
        mine = {field: changes.pop(field) for field in part.__struct_fields__ if field in changes}
        parts[name] = msgspec.structs.replace(part, **mine)
    fields: dict[str, Any] = {
        "version": 1,
        "name": "test",
        "time_ms": START_MS,
        "mode": int(ConsensusMode.PBFT),
        "min_interval_ms": 0,
        "heartbeat_ms": 1000,
        "drift_ms": 2000,
        "max_validators": 4,
        "simulated_clock": False,
        "block_weight": 1_000_000,
        "tree_bits": 8,
        "validators": (GenesisValidator(secret("V").public_key[1:], address("V"), "v"),),
        "parameters": (),
        "sections": sections_of(*((name, encode(part)) for name, part in parts.items())),
    }
    return Genesis(**{**fields, **changes})


class Holding(NamedTuple):
    """An account's base units of an asset: available, and locked by purpose."""

    available: int
    session: int = 0
    order: int = 0
    withdrawal: int = 0
    waiting: int = 0
    reservation: int = 0
    distribution: int = 0
    deal: int = 0
    swap: int = 0


@dataclass
class ChainFixture:
    """A chain whose blocks are proposed, then checked as another node would, then applied.

    Of the genesis' sections it keeps those of its modules.
    """

    genesis: Genesis = field(default_factory=make_genesis)
    modules: tuple[Module, ...] = LEDGER_MODULES
    newest: int = 1

    def __post_init__(self) -> None:
        self.registry = Registry(self.modules, self.newest)
        known = {section.name for section in self.registry.sections}
        kept = tuple(section for section in self.genesis.sections if section[0] in known)
        self.genesis = msgspec.structs.replace(self.genesis, sections=kept)
        self.chain = Chain(self.registry, self.genesis)
        block = genesis_block(self.chain)
        self.reader = MemoryReader()
        self.storage = InMemoryTreeStorage()
        self.tree = StateTree.load(self.genesis.tree_bits, ())
        self.blocks: list[Block] = []
        self.time_ms = self.genesis.time_ms
        self._nonces: dict[bytes, int] = {}
        self._apply(block)

    @property
    def parent(self) -> Parent:
        """The head as the parent of the next block."""
        head = self.blocks[-1]
        return Parent(head.header, self.reader, self.tree, self.storage, head.executed.validators)

    @property
    def state(self) -> State:
        """A fresh view of the committed state."""
        return State(self.reader)

    def sign(self, name: str, number: int, payload: Value, *, fee: int = 0, nonce: int | None = None) -> Transaction:
        """A signed transaction of a named account with its next nonce."""
        key = secret(name)
        if nonce is None:
            committed = account(self.state, address(name)).nonce
            nonce = max(self._nonces.get(address(name), 0), committed) + 1
            self._nonces[address(name)] = nonce
        envelope = unsigned(self.genesis.chain_id, number, key.public_key, nonce, payload, fee=fee)
        raw = assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self.genesis.hash))),))
        return self.registry.decode(raw)

    def tx(self, name: str, payload: Value, *, fee: int = 0, nonce: int | None = None) -> Transaction:
        """The same, with the type looked up by the payload."""
        number = next(kind.number for kind in self.registry.types.values() if kind.payload is type(payload))
        return self.sign(name, number, payload, fee=fee, nonce=nonce)

    def block(self, transactions: Iterable[Transaction] = (), *, after_ms: int = 1000) -> Block:
        """Propose, check and apply a block; every transaction must be included."""
        self.time_ms += after_ms
        proposer = validator_address(secret("V").public_key[1:])
        block, left_out = propose_block(
            self.chain, self.parent, transactions, time_ms=self.time_ms, proposer=proposer, verified=frozenset()
        )
        if left_out:
            self._nonces.clear()
            raise left_out[0][1]
        again = check_block(self.chain, self.parent, block.header, [t.raw for t in block.transactions], frozenset())
        assert again.header == block.header
        self._apply(block)
        return block

    def _apply(self, block: Block) -> None:
        self.reader.apply(block.executed.changes)
        self.tree.apply(block.update)
        self.storage.write(block.update)
        self.blocks.append(block)
        for check in rules_after(self.registry, self.state, self.genesis).invariants:
            check(self.reader)

    def do(self, name: str, payload: Value, *, fee: int = 0, after_ms: int = 1000) -> Receipt:
        """One transaction in a block of its own; it must be applied."""
        receipt = self.try_(name, payload, fee=fee, after_ms=after_ms)
        assert receipt.code == "", receipt.code
        return receipt

    def try_(self, name: str, payload: Value, *, fee: int = 0, after_ms: int = 1000) -> Receipt:
        """One transaction in a block of its own, whatever becomes of it."""
        return self.block([self.tx(name, payload, fee=fee)], after_ms=after_ms).executed.receipts[1]

    def vote(self, action: Value, *names: str) -> Receipt:
        """Named voters say yes to an action, one after the other."""
        receipt = None
        for name in names or ("A",):
            receipt = self.do(name, CastVote(action, True))
        assert receipt is not None
        return receipt

    def balance(self, name: str, asset: int = ENERGY_ASSET) -> Holding:
        """What a named account holds of an asset, also in locks."""
        state, holder = self.state, address(name)
        locks = {purpose.name: locked(state, holder, asset, purpose) for purpose in self.registry.purposes.values()}
        return Holding(available=balance(state, holder, asset).available, **locks)

    def unit(self, name: str) -> Unit:
        """A named unit."""
        unit = self.state.get(UNITS, address(name))
        assert unit is not None
        return unit

    def session(self, consumer: str, unit: str) -> Session | None:
        """The pair's session."""
        return self.state.get(SESSIONS, address(consumer) + address(unit))

    @property
    def gap(self) -> int:
        """D in base units of ENT."""
        return difference(self.state)

    @property
    def rate(self) -> int:
        """R in base units of ENT per kWh."""
        return imbalance(self.state).rate

    def entries(self, table: Table[T]) -> dict[bytes, T]:
        """All entries of a table, in order of key."""
        return dict(entries(self.reader, table))

    def meter_sequence(self, key: bytes) -> int:
        """The last sequence of a meter key."""
        meter = self.state.get(METERS, key)
        return 0 if meter is None else meter.sequence
