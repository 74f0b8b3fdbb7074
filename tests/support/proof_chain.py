"""A real ledger's chain with signed light blocks and every kind of claim about it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from harness.chain import ChainFixture, address, make_genesis, secret
from harness.light_chain import key_of
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.bank.schema import BALANCES
from ledger.chain.certificate import commit_message
from ledger.chain.genesis import ConsensusMode, GenesisValidator
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.registry import Module
from ledger.chain.section import sections_of
from ledger.chain.validator_set import ValidatorSet, validator_address
from ledger.encoding.codec import encode
from ledger.light.claims import AnyClaim, EventClaim, ReceiptClaim, StateClaim, TransactionClaim
from ledger.light.headers import LightBlock, Trusted, TrustTerms, members_of
from ledger.light.proof_file import FORMAT, ProofFile
from ledger.modules import LEDGER_MODULES
from ledger.state.full_key import split_key
from ledger.state.merkle import prove_item
from ledger.state.proofs import prove

NAMES = ("V", "W", "X", "Y")


class ProofChain(ChainFixture):
    """Validators V, W, X, Y; A pays B in every block after the genesis.

    `extra`: sections of optional modules; `modules`: others than the ledger's own.
    """

    def __init__(
        self, extra: tuple[tuple[str, bytes], ...] = (), modules: tuple[Module, ...] = LEDGER_MODULES, **genesis: Any
    ) -> None:
        made = make_genesis(
            validators=tuple(GenesisValidator(key_of(name), address(name), name.lower()) for name in NAMES),
            balances=(GenesisBalance(address("A"), CURRENCY_ASSET, 1_000),),
            **genesis,
        )
        super().__init__(replace(made, sections=sections_of(*made.sections, *extra)), modules)
        self.terms = TrustTerms(self.genesis.identity, ConsensusMode(self.genesis.mode))

    @property
    def anchor(self) -> Trusted:
        """The genesis block."""
        first = self.blocks[0]
        return Trusted(first.header, first.hash, first.executed.validators)

    @property
    def now_ms(self) -> int:
        """A clock a second after the head."""
        return self.blocks[-1].header.time_ms + 1_000

    def pay(self, count: int = 1) -> None:
        """Blocks with two payments each."""
        for _ in range(count):
            self.block([self.tx("A", Transfer(CURRENCY_ASSET, address("B"), 1)) for _ in range(2)])

    def validators(self, height: int) -> ValidatorSet:
        """Who decides a height."""
        return self.blocks[max(height - 1, 0)].executed.validators

    def light(self, height: int) -> LightBlock:
        """A height as light clients take it, signed by all but Y."""
        header = self.blocks[height].header
        validators = self.validators(height)
        message = commit_message(self.genesis.hash, height, 0, header.hash())
        found = {}
        for name in NAMES[:-1]:
            place = validators.index_of(validator_address(key_of(name)))
            if place is not None:
                found[place] = CommitSignature(place, secret(name).sign(message))
        signatures = tuple(found[place] for place in sorted(found))
        following = self.blocks[height].executed.validators
        changed = members_of(following) if following != validators else ()
        return LightBlock(header, Certificate(height, 0, header.hash(), signatures), members_of(validators), changed)

    def state_claim(self, block: int, full_key: bytes) -> StateClaim:
        """What the newest state holds under a key."""
        return StateClaim(block, full_key, prove(self.tree, self.storage, full_key, self._value))

    def _value(self, full_key: bytes) -> bytes | None:
        return self.reader.get(*split_key(full_key))

    def transaction_claim(self, block: int, height: int, index: int) -> TransactionClaim:
        """A transaction of a block."""
        transactions = self.blocks[height].transactions
        proof = prove_item([transaction.full_hash for transaction in transactions], index)
        return TransactionClaim(block, transactions[index].raw, proof)

    def receipt_claim(self, block: int, height: int, index: int) -> ReceiptClaim:
        """A receipt of a block."""
        receipts = [encode(receipt) for receipt in self.blocks[height].executed.receipts]
        return ReceiptClaim(block, receipts[index], prove_item(receipts, index))

    def event_claim(self, block: int, height: int, index: int, event: int) -> EventClaim:
        """An event of a receipt."""
        claim = self.receipt_claim(block, height, index)
        return EventClaim(block, claim.receipt, claim.proof, event)

    def file(self, heights: tuple[int, ...], *claims: AnyClaim) -> ProofFile:
        """A proof file with the light blocks of these heights."""
        blocks = tuple(self.light(height) for height in heights)
        return ProofFile(FORMAT, self.genesis.chain_id, blocks, claims, b"", b"", b"")


def everything() -> tuple[ProofChain, ProofFile]:
    """A chain of three blocks and a file with a claim of each kind, presence and absence."""
    chain = ProofChain()
    chain.pay(3)
    file = chain.file(
        (1, 2, 3),
        chain.state_claim(2, BALANCES.full_key(address("B") + bytes((CURRENCY_ASSET,)))),
        chain.state_claim(2, BALANCES.full_key(address("B") + bytes((ENERGY_ASSET,)))),
        chain.transaction_claim(0, 1, 1),
        chain.receipt_claim(1, 2, 2),
        chain.event_claim(1, 2, 1, 0),
    )
    return chain, file
