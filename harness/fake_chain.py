"""Blocks of readings with true roots and one validator's signature, so that what a fake node says can be proven."""

from __future__ import annotations

from harness.chain import address, make_genesis, secret
from ledger.chain.certificate import commit_message
from ledger.chain.envelope import Transaction
from ledger.chain.genesis import GenesisValidator
from ledger.chain.header import HEADER_FORMAT, Certificate, CommitSignature, Event, Header, Receipt
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import encode
from ledger.light.freshness import FreshHead, HeadStatement, status_message
from ledger.light.headers import LightBlock, SetMember, set_of
from ledger.metering.schema import METERS, Meter
from ledger.state.merkle import list_root, prove_item
from ledger.state.proofs import prove
from ledger.state.tree import InMemoryTreeStorage, StateTree

VALIDATOR = secret("fake validator")
GENESIS = make_genesis(
    name="town", drift_ms=3 * 10**12, validators=(GenesisValidator(VALIDATOR.public_key[1:], address("V"), "v"),)
)
"""So much drift that no reading is too late, whatever time a test plays."""
MEMBERS = (SetMember(VALIDATOR.public_key[1:], 1),)
BITS = 4
TOWN = ChainIdentity(GENESIS.chain_id, GENESIS.hash)


def unbound(sequence: int) -> Meter:
    """What the state keeps of a key that is not bound."""
    return Meter(
        unit=b"", account=b"", kind=1, place=b"", max_power_w=1, rollover=0, scale=0, factor=1, obis=bytes(6),
        profile=b"", serial=b"", sequence=sequence, register=0, time_ms=0, boot=0,
        quarantined_register=0, quarantined_from_ms=0, quarantined_until_ms=0, quarantined_ms=0,
        sent_ms=0,
    )  # fmt: skip


class FakeChain:
    """`light[h]` is the light block of height h; one transaction a block, and meters as the whole state."""

    def __init__(self, chain: ChainIdentity = TOWN) -> None:
        self.identity = chain
        self.light: list[LightBlock] = []
        self.transactions: list[list[bytes]] = []
        self.receipts: list[list[bytes]] = []
        self.time_ms = 0
        self._state: dict[bytes, bytes] = {}
        self._storage = InMemoryTreeStorage()
        self._tree = StateTree.load(BITS, ())
        self._add([], [])

    @property
    def height(self) -> int:
        """The head's."""
        return len(self.light) - 1

    def meter(self, key: bytes, sequence: int) -> None:
        """What the state says of a meter from the next block on."""
        self.meter_entry(key, unbound(sequence))

    def meter_entry(self, key: bytes, entry: Meter) -> None:
        """All that the state says of a meter from the next block on."""
        changes: dict[bytes, bytes | None] = {METERS.full_key(key): encode(entry)}
        update = self._tree.plan(changes, self._storage)
        self._storage.write(update)
        self._tree.apply(update)
        self._state.update({full_key: value for full_key, value in changes.items() if value is not None})

    def decide(self, raw: bytes, code: str, events: tuple[Event, ...] = ()) -> None:
        """A block with this transaction."""
        receipts = [Receipt(b"", "", 0, 0, ()), Receipt(Transaction(raw).id, code, 0, 1, events)]
        self._add([raw], [encode(receipt) for receipt in receipts])

    def grow(self) -> None:
        """A block without transactions."""
        self._add([], [encode(Receipt(b"", "", 0, 0, ()))])

    def _add(self, transactions: list[bytes], receipts: list[bytes]) -> None:
        height = len(self.light)
        parent = self.light[-1].header.hash() if self.light else bytes(32)
        validators = set_of(MEMBERS)
        header = Header(
            HEADER_FORMAT, 1, self.identity.id, height, parent, self.time_ms + height, validators.members[0].address,
            list_root([Transaction(raw).full_hash for raw in transactions]), list_root(receipts), self._tree.root,
            validators.hash, validators.hash, bytes(32), 0, bytes(32), 1,
        )  # fmt: skip
        signature = VALIDATOR.sign(commit_message(self.identity.genesis_hash, height, 0, header.hash()))
        signatures = (CommitSignature(0, signature),) if height else ()
        self.light.append(LightBlock(header, Certificate(height, 0, header.hash(), signatures), MEMBERS, ()))
        self.transactions.append(transactions)
        self.receipts.append(receipts)

    def _fresh(self) -> FreshHead:
        """What the validator said of the head when it was decided."""
        head = self.light[-1].header
        signature = VALIDATOR.sign(status_message(self.identity.genesis_hash, b"", 0, head.hash(), head.time_ms))
        return FreshHead(head.height, head.hash(), (HeadStatement(0, 0, head.time_ms, signature),))

    def answer(self, path: str) -> dict[str, object] | None:
        """What a node answers under /v1/light/; None for what it does not have."""
        kind, _, rest = path.partition("/")
        if kind == "blocks":
            rest = str(self.height) if rest == "latest" else rest
            if int(rest) > self.height:
                return None
            return {"height": self.height, "block": encode(self.light[int(rest)]).hex()}
        if kind == "freshness":
            return {"height": self.height, "block": encode(self.light[-1]).hex(), "fresh": encode(self._fresh()).hex()}
        if kind.startswith("changes"):
            return {"height": self.height, "changes": []}
        if kind.startswith("state?key="):
            keys = [bytes.fromhex(key) for key in kind.removeprefix("state?key=").split("&key=")]
            proofs = [encode(prove(self._tree, self._storage, key, self._state.get)).hex() for key in keys]
            return {"block": encode(self.light[-1]).hex(), "proofs": proofs}
        height, index = (int(part) for part in rest.partition("?")[0].split("/"))
        if height > self.height:
            return None
        transactions, receipts = self.transactions[height], self.receipts[height]
        hashes = [Transaction(raw).full_hash for raw in transactions]
        return {
            "block": encode(self.light[height]).hex(),
            "transaction": transactions[index].hex(),
            "transaction_proof": encode(prove_item(hashes, index)).hex(),
            "receipt": receipts[index + 1].hex(),
            "receipt_proof": encode(prove_item(receipts, index + 1)).hex(),
        }
