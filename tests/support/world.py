"""A chain on which anything may be tried: named signers of every kind, blocks of whatever comes, all checks at once.

After each block: what `ChainFixture` checks (executed twice with equal headers, every invariant), every stored entry
is canonical and in range, receipts decode and carry known codes, and the statement from events alone equals the state.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import BANK_SECTION, GenesisBalance
from ledger.chain.blocks import check_block, propose_block
from ledger.chain.envelope import Envelope, Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.genesis import Genesis
from ledger.chain.nonces import account
from ledger.encoding.codec import Value, encode
from ledger.energy.genesis import GenesisUnit
from ledger.energy.schema import UNITS
from ledger.energy.storage_terms import StorageTerms, Technology
from ledger.errors import InclusionError
from ledger.governance.events import VoteClosed
from ledger.keys.address import MultisigKey, SenderKey, address_of
from ledger.keys.crypto import Algorithm, SecretKey, generate_secret_key
from ledger.metering.schema import METERS, Meter
from ledger.state.full_key import split_key
from nodechain.light.statement import Statement
from nodechain.modules import REGISTRY

VOTERS = ("A", "B", "E")
MEMBERS = ("A", "B", "C", "D", "E", "X")
UNITS_NAMED = ("U1", "U2", "U3")
OUTSIDERS = ("S",)
ACCOUNTS = (*MEMBERS, *UNITS_NAMED, "bank", *OUTSIDERS)
METER_KEYS = ("M1", "M2", "P1")
"""`P1` is a P-256 key."""
X_THRESHOLD = 2


def secret_of(name: str) -> SecretKey:
    """The key of a named signer; names that start with P have P-256 keys."""
    if name.startswith("P"):
        return generate_secret_key(Algorithm.P256, hashlib.sha512(name.encode()).digest())
    return secret(name)


def _multisig(name: str, count: int) -> list[SecretKey]:
    return sorted((secret(f"{name}{index}") for index in range(count)), key=lambda key: key.public_key)


def signers_of(name: str) -> tuple[SenderKey, Sequence[SecretKey]]:
    """The sender key of a named account and the secrets behind it; X needs 2 of its 3, the bank both of its 2."""
    if name == "X":
        keys = _multisig(name, 3)
        return MultisigKey(X_THRESHOLD, tuple(key.public_key for key in keys)), keys
    if name == "bank":
        keys = _multisig(name, 2)
        return MultisigKey(2, tuple(key.public_key for key in keys)), keys
    key = secret_of(name)
    return key.public_key, [key]


def address_named(name: str) -> bytes:
    """The address of a named account or meter."""
    return address_of(signers_of(name)[0])


def sign_all(name: str, message: bytes, last: bool = True) -> tuple[Signature, ...]:
    """Just the signatures that the account needs, of its last keys (or its first)."""
    key, secrets = signers_of(name)
    if not isinstance(key, MultisigKey):
        return (Signature(0, secrets[0].sign(message)),)
    first = len(secrets) - key.threshold if last else 0
    chosen = range(first, first + key.threshold)
    return tuple(Signature(index, secrets[index].sign(message)) for index in chosen)


@dataclass(frozen=True)
class Draft:
    """A transaction to be signed; the last fields are ways to be wrong."""

    sender: str
    payload: Value
    fee: int = 0
    valid_until: int = 0
    nonce: int | None = None
    chain_id: str | None = None
    version: int = 1
    damaged: bool = False


LOSSY = StorageTerms(int(Technology.LITHIUM_ION), 25_000, 4_000, 900_000_000, 240, 1_000)


def wide_genesis(**changes: Any) -> Genesis:
    """Three voters, an unlimited unit and two with limits, a multi-signature banker, eEuro for everybody."""
    fields: dict[str, Any] = {
        "voters": tuple(address_named(name) for name in VOTERS),
        "banker": address_named("bank"),
        "members": tuple(sorted(address_named(name) for name in MEMBERS)),
        "units": (
            GenesisUnit(address_named("U1"), address("C"), 0, 0),
            GenesisUnit(address_named("U2"), address("C"), 10**9, 10**7),
            GenesisUnit(address_named("U3"), address("D"), 20_000, 5_000, LOSSY),
        ),
        "balances": tuple(GenesisBalance(address_named(name), CURRENCY_ASSET, 1_000 * ENT) for name in ACCOUNTS),
    }
    return make_genesis(**{**fields, **changes})


class World(ChainFixture):
    """See the module; `do`, `block` and the readers of `ChainFixture` work too."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pending: list[Transaction] = []
        self.codes: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.statement = Statement(BANK_SECTION.of(self.genesis).fee_asset)
        self._check(self.blocks[0])

    def next_nonce(self, name: str) -> int:
        """What the next transaction of an account in the pending block must carry."""
        waiting = sum(1 for entry in self.pending if entry.sender == address_named(name))
        return account(self.state, address_named(name)).nonce + 1 + waiting

    def next_report(self, unit: str) -> int:
        """The number of a unit's next report, if those that wait are applied."""
        known = self.state.get(UNITS, address_named(unit))
        waiting = sum(
            1 for entry in self.pending if entry.sender == address_named(unit) and hasattr(entry.payload, "sequence")
        )
        return (known.sequence if known else 0) + 1 + waiting

    def meter(self, name: str) -> Meter | None:
        """What the ledger knows of a named meter."""
        return self.state.get(METERS, secret_of(name).public_key)

    def envelope(self, draft: Draft) -> Envelope:
        """The draft as an envelope."""
        number = next(kind.number for kind in self.registry.types.values() if kind.payload is type(draft.payload))
        key, _secrets = signers_of(draft.sender)
        nonce = self.next_nonce(draft.sender) if draft.nonce is None else draft.nonce
        made = unsigned(
            draft.chain_id or self.genesis.chain_id, number, key, nonce, draft.payload,
            valid_until=draft.valid_until, fee=draft.fee,
        )  # fmt: skip
        return Envelope(draft.version, *(getattr(made, name) for name in Envelope.__struct_fields__[1:]))

    def offer(self, draft: Draft) -> None:
        """Sign a draft for the next block."""
        envelope = self.envelope(draft)
        signatures = sign_all(draft.sender, sign_message(envelope, self.genesis.hash))
        if draft.damaged:
            first = signatures[0].signature
            signatures = (Signature(signatures[0].index, first[:-1] + bytes((first[-1] ^ 1,))), *signatures[1:])
        self.pending.append(self.registry.decode(assemble(envelope, signatures)))

    def close(self, after_ms: int, proposer: int = 0) -> list[tuple[Transaction, InclusionError]]:
        """A block of what waits, by one of the validators; returns what could not be included."""
        self.time_ms += after_ms
        members = self.parent.validators.members
        block, left_out = propose_block(
            self.chain, self.parent, self.pending, time_ms=self.time_ms,
            proposer=members[proposer % len(members)].address, verified=frozenset(),
        )  # fmt: skip
        again = check_block(self.chain, self.parent, block.header, [t.raw for t in block.transactions], frozenset())
        assert again.header == block.header
        assert again.executed.receipts == block.executed.receipts
        self.pending = []
        for _transaction, error in left_out:
            self.codes[error.code] += 1
            assert error.code in KNOWN_CODES, error.code
        self._apply(block)
        self._check(block)
        return left_out

    def _check(self, block: Any) -> None:
        for full_key, value in block.executed.changes.items():
            if value is not None:
                self.registry.tables[split_key(full_key)[0]].codec.decode(value)
        for receipt in block.executed.receipts:
            decoded = self.registry.receipts.decode(encode(receipt))
            assert tuple(decoded.events) == receipt.events
            assert receipt.code in KNOWN_CODES, receipt.code
            self.codes[receipt.code] += 1
            for event in decoded.events:
                self.kinds[type(event).__name__] += 1
                assert not isinstance(event, VoteClosed) or event.code in KNOWN_CODES, event.code
            self.statement.add(decoded.events)
        differences = self.statement.differences(self.reader)
        assert not differences, "\n".join(differences)


KNOWN_CODES = frozenset({"", *REGISTRY.codes})
