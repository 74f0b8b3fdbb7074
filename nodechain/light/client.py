"""Following a chain through nodes that are not trusted, and getting proofs from them.

Whatever a node answers is decoded strictly and checked by `ledger.light`; a node can refuse or be silent, not deceive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from ledger.blocks import Chain, genesis_block
from ledger.codec import Codec
from ledger.errors import InvalidInput, LightError
from ledger.genesis import ConsensusMode, Genesis
from ledger.light.claims import EventClaim, ReceiptClaim, StateClaim, TransactionClaim
from ledger.light.headers import LIGHT_BLOCK, SKIPPED_TOO_FAR, LightBlock, Terms, Trusted, follow
from ledger.merkle import LIST_PROOF, ListProof
from ledger.proofs import STATE_PROOF
from nodechain.app import REGISTRY
from nodechain.client.rest import NodeApi
from nodechain.errors import NodeError
from nodechain.light.store import LightStore

T = TypeVar("T")

KEYS_PER_REQUEST: Final = 64


class Deceived(NodeError):
    """A node's answer does not stand up to the check; nothing of it was taken."""

    code = "bad_answer"
    advice = "Ask another node (--node URL), and tell the operator of this one."


@dataclass(frozen=True, slots=True)
class Fetched:
    """A claim as it came from a node, about a block that was followed to: not checked yet."""

    block: LightBlock
    claim: StateClaim | TransactionClaim | ReceiptClaim | EventClaim


def terms_of(genesis: Genesis) -> Terms:
    """What a follower of this chain goes by."""
    return Terms(genesis.chain_id, ConsensusMode(genesis.mode))


def genesis_trust(genesis: Genesis) -> Trusted:
    """The genesis block: trusted because the genesis is."""
    block = genesis_block(Chain(REGISTRY, genesis))
    return Trusted(block.header, block.hash, block.executed.validators)


class LightClient:
    """One node, one store of what is trusted. `now_ms`: the own clock."""

    def __init__(self, api: NodeApi, store: LightStore, terms: Terms, now_ms: Callable[[], int]) -> None:
        self._api = api
        self.store = store
        self.terms = terms
        self.now_ms = now_ms
        self._latest: LightBlock | None = None

    def sync(self, progress: Callable[[int], None] = lambda _height: None) -> Trusted:
        """Follow to the node's newest header. Raises `Deceived`, `Unreachable`."""
        return self.reach(self.block("latest"), progress)

    def block(self, height: int | str) -> LightBlock:
        """What the node says is the header of a height; not checked."""
        return self._decode(LIGHT_BLOCK, self._api.get(f"/v1/light/blocks/{height}")["block"])

    def reach(self, offered: LightBlock, progress: Callable[[int], None] = lambda _height: None) -> Trusted:
        """Follow to a header, over changes of the set where need be. Raises `Deceived`."""
        height = offered.header.height
        trusted = self.store.nearest(height)
        if trusted is None:
            raise Deceived(f"height {height} lies below the header that is trusted", code="below_trust",
                           advice="Begin at an earlier one: `nodechain light trust`.")  # fmt: skip
        while trusted.hash != offered.header.hash():
            if trusted.header.height == height:
                raise self._conflict(trusted, offered)
            try:
                reached = follow(self.terms, trusted, offered, self.now_ms())
            except LightError as error:
                if error.code != SKIPPED_TOO_FAR:
                    raise Deceived(error.detail, code=error.code) from error
                reached = self._over_changes(trusted, height, progress)
            self.store.add(reached)
            progress(reached.header.height)
            trusted = reached
        return trusted

    def _over_changes(self, trusted: Trusted, below: int, progress: Callable[[int], None]) -> Trusted:
        """Follow the headers below a height that changed the set, as many at a stride as the trusted sets vouch for."""
        changes = [height for height in self.changes(trusted.header.height + 1) if height < below]
        if not changes:
            raise Deceived(f"the node does not show how the validators changed before height {below}", code="no_path")
        stride = len(changes)
        while changes:
            stride = min(stride, len(changes))
            try:
                trusted = follow(self.terms, trusted, self.block(changes[stride - 1]), self.now_ms())
            except LightError as error:
                if error.code != SKIPPED_TOO_FAR or stride == 1:
                    raise Deceived(error.detail, code=error.code) from error
                stride //= 2
                continue
            changes = changes[stride:]
            self.store.add(trusted)
            progress(trusted.header.height)
        return trusted

    def changes(self, first: int) -> list[int]:
        """The heights from `first` on at which the node says that the set changed; the first 1,000."""
        found = self._api.get("/v1/light/changes", **{"from": first, "limit": 1_000})["changes"]
        if not all(isinstance(height, int) and height >= first for height in found):
            raise Deceived("the node's list of changes is no list of heights")
        return sorted(set(found))

    def _conflict(self, trusted: Trusted, offered: LightBlock) -> Deceived:
        height = trusted.header.height
        return Deceived(
            f"at height {height} the node has block {offered.header.hash().hex()}, trusted is {trusted.hash.hex()}",
            code="conflicting_headers",
            advice="One of two nodes lies, or the chain has split: compare with other members before you trust either.",
        )

    def state(self, full_keys: Sequence[bytes]) -> list[Fetched]:
        """Proofs of state entries, at the node's head; up to 64 keys share one height."""
        fetched: list[Fetched] = []
        for first in range(0, len(full_keys), KEYS_PER_REQUEST):
            keys = full_keys[first : first + KEYS_PER_REQUEST]
            query = "&".join(f"key={key.hex()}" for key in keys)
            answer = self._api.get(f"/v1/light/state?{query}")
            block = self._decode(LIGHT_BLOCK, answer["block"])
            if len(answer["proofs"]) != len(keys):
                raise Deceived(f"{len(keys)} proofs were asked for, {len(answer['proofs'])} came")
            for key, proof in zip(keys, answer["proofs"], strict=True):
                fetched.append(Fetched(block, StateClaim(0, key, self._decode(STATE_PROOF, proof))))
        return fetched

    def transaction(self, height: int, index: int) -> Fetched:
        """A transaction of a block."""
        item, proof = self._item("transactions", height, index)
        return Fetched(self._block_of(height), TransactionClaim(0, item, proof))

    def receipt(self, height: int, index: int, event: int | None = None) -> Fetched:
        """A receipt of a block, or one of its events."""
        item, proof = self._item("receipts", height, index)
        claim = ReceiptClaim(0, item, proof) if event is None else EventClaim(0, item, proof, event)
        return Fetched(self._block_of(height), claim)

    def _block_of(self, height: int) -> LightBlock:
        """The header of the claim before is not asked for again: receipts often share a block."""
        if self._latest is None or self._latest.header.height != height:
            self._latest = self.block(height)
        return self._latest

    def _item(self, kind: str, height: int, index: int) -> tuple[bytes, ListProof]:
        answer = self._api.get(f"/v1/light/{kind}/{height}/{index}")
        return _bytes(answer["item"]), self._decode(LIST_PROOF, answer["proof"])

    def _decode(self, codec: Codec[T], text: str) -> T:
        try:
            return codec.decode(_bytes(text))
        except InvalidInput as error:
            raise Deceived(f"the node's answer: {error.detail}", code=error.code) from error


def _bytes(text: object) -> bytes:
    try:
        return bytes.fromhex(str(text))
    except ValueError:
        raise Deceived("the node's answer is no hex") from None
