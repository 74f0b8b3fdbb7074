"""The chain that is simulated: its genesis, and people who send each other money."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from harness.chain import address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.genesis import ConsensusMode, Genesis, GenesisValidator
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Value

PEOPLE = ("A", "B", "C", "D")
FUNDS = 10**12


def validator_names(count: int) -> list[str]:
    return [f"validator-{place}" for place in range(count)]


def community(count: int, mode: ConsensusMode, *, more: int = 4, **changes: Any) -> Genesis:
    """A chain with `count` validators and money for everybody, unless changed."""
    fields: dict[str, Any] = {
        "mode": int(mode),
        "min_interval_ms": 100,
        "heartbeat_ms": 1_500,
        "drift_ms": 2_000,
        "max_validators": count + more,
        "block_weight": 100_000,
        "tree_bits": 4,
        "validators": tuple(
            GenesisValidator(secret(name).public_key[1:], address(name), name) for name in validator_names(count)
        ),
        "balances": tuple(GenesisBalance(address(name), CURRENCY_ASSET, FUNDS) for name in PEOPLE),
    }
    return make_genesis(**(fields | changes))


@dataclass(slots=True)
class Person:
    """Sends transfers, in order of nonce, and again until they stand in a block."""

    name: str
    chain: ChainIdentity
    nonce: int = 0

    def transfer(self, rng: random.Random) -> bytes:
        """Some money for somebody."""
        other = rng.choice([name for name in PEOPLE if name != self.name])
        return self.sign(BankTypeNumber.TRANSFER, Transfer(CURRENCY_ASSET, address(other), rng.randrange(1, 1_000)))

    def sign(self, number: int, payload: Value) -> bytes:
        """The next transaction of this person."""
        self.nonce += 1
        key = secret(self.name)
        envelope = unsigned(self.chain.id, number, key.public_key, self.nonce, payload)
        return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self.chain.genesis_hash))),))
