"""A real chain in a home, made block by block without a network: for joining it when it is long."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from ledger.bank.assets import CURRENCY_ASSET, THESIS_ASSETS
from ledger.bank.genesis import BANK_SECTION, BankSection, GenesisBalance
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.certificate import commit_message
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.genesis import ConsensusMode, Genesis, GenesisValidator
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.section import sections_of
from ledger.chain.validator_set import validator_address
from ledger.energy.genesis import ENERGY_SECTION, EnergySection, RateRule, SurplusRule
from ledger.governance.genesis import GOVERNANCE_SECTION, Access, GovernanceSection
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from nodechain.chain.app import Application, audit_rules
from nodechain.home.home import Home
from nodechain.home.initialise import join_genesis
from nodechain.modules import REGISTRY
from nodechain.network.cards import Card, Cards
from nodechain.network.identity import load_or_create
from nodechain.store.store import Store

INTERVAL_MS = 100
FEE = 1_000


def secret(name: bytes) -> Ed25519SecretKey:
    """The key of a made-up participant."""
    return Ed25519SecretKey(hashlib.sha256(b"grown chain " + name).digest())


def account(number: int) -> bytes:
    """An account that only receives."""
    return hashlib.sha256(b"account %d" % number).digest()[:20]


VALIDATOR, PAYER = secret(b"validator"), secret(b"payer")


def grown_genesis(time_ms: int, funded: int) -> Genesis:
    """One validator, somebody who pays, and so many accounts with a balance from the start."""
    payer = address_of(PAYER.public_key)
    balances = [
        GenesisBalance(payer, CURRENCY_ASSET, 10**15),
        *(GenesisBalance(account(number), CURRENCY_ASSET, 1) for number in range(funded)),
    ]
    return Genesis(
        version=1, name="grown", time_ms=time_ms, mode=ConsensusMode.PBFT, min_interval_ms=INTERVAL_MS,
        heartbeat_ms=86_400_000, drift_ms=2_000, max_validators=4, simulated_clock=False, block_weight=1_000_000,
        tree_bits=16, validators=(GenesisValidator(VALIDATOR.public_key[1:], payer, "validator"),), parameters=(),
        sections=sections_of(
            GOVERNANCE_SECTION.holding(GovernanceSection(Access.OPEN, (payer,), ())),
            BANK_SECTION.holding(
                BankSection(
                    THESIS_ASSETS, CURRENCY_ASSET, 1, payer, tuple(sorted(balances, key=lambda entry: entry.address))
                )
            ),
            ENERGY_SECTION.holding(EnergySection(SurplusRule.SHARE, RateRule.MONOTONE, 20_000_000, ())),
            MARKET_SECTION.holding(MarketSection((GenesisProduct("cda", 1, 2),))),
        ),
    )  # fmt: skip


class GrownChain:
    """The chain in a home that no process uses meanwhile."""

    def __init__(self, path: Path, genesis: Genesis, paid: int = 0) -> None:
        """A new home, or one that such a chain has `paid` so many transfers in before."""
        self.genesis = genesis
        self.home = Home(path)
        if not self.home.genesis.exists():
            self.home.create()
            join_genesis(path, genesis)
        self._store = Store.open(self.home.data, rules=audit_rules(genesis))
        self._app = Application(genesis, self._store)
        self.paid = paid

    @property
    def height(self) -> int:
        """The head's."""
        return self._app.height

    def grow(self, blocks: int, recipients: Callable[[int], Sequence[bytes]]) -> None:
        """So many more blocks; `recipients` of a height are paid one base unit each."""
        for _ in range(blocks):
            self._add([self._transfer(to) for to in recipients(self.height + 1)])

    def _add(self, transfers: list[Transaction]) -> None:
        app = self._app
        block, left_out = app.propose(
            transfers,
            time_ms=app.parent.header.time_ms + INTERVAL_MS,
            proposer=validator_address(VALIDATOR.public_key[1:]),
            verified={transfer.full_hash for transfer in transfers},
        )
        assert not left_out, left_out
        signature = VALIDATOR.sign(commit_message(self.genesis.hash, block.header.height, 0, block.hash))
        certificate = Certificate(block.header.height, 0, block.hash, (CommitSignature(0, signature),))
        app.commit(block, certificate)
        app.advance(block, certificate)

    def _transfer(self, to: bytes) -> Transaction:
        self.paid += 1
        envelope = unsigned(
            self.genesis.chain_id,
            BankTypeNumber.TRANSFER,
            PAYER.public_key,
            self.paid,
            Transfer(CURRENCY_ASSET, to, 1),
            fee=FEE,
        )
        raw = assemble(envelope, (Signature(0, PAYER.sign(sign_message(envelope, self.genesis.hash))),))
        return REGISTRY.decode(raw)

    def close(self) -> None:
        """Release the home."""
        self._store.close()


def acquaint_homes(chain_id: str, homes: dict[Path, int]) -> None:
    """Nodes on this machine, each on its port, may talk to each other; none is a validator's."""
    cards = {}
    for path, port in homes.items():
        identity = load_or_create(path / "node")
        cards[path] = Card(path.name, chain_id, identity.node_id, identity.certificate, (f"127.0.0.1:{port}",), b"")
    for path in homes:
        for other, card in cards.items():
            if other != path:
                Cards(path / "peers", chain_id).add(card)
