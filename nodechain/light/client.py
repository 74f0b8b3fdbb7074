"""Following a chain through nodes that are not trusted, and getting proofs from them.

Whatever a node answers is decoded strictly and checked by `ledger.light`; a node can refuse or be silent, not deceive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec

from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.encoding.codec import Codec
from ledger.errors import InvalidInput, LightError
from ledger.light.claims import EventClaim, ReceiptClaim, StateClaim, TransactionClaim
from ledger.light.freshness import FRESH_HEAD, fresh_as_of
from ledger.light.headers import LIGHT_BLOCK, LightBlock, Trusted, TrustTerms
from ledger.light.path import MOST_CHANGES, Answer, FetchBlock, FetchChanges, HeaderTrusted, Path, reach
from ledger.state.merkle import LIST_PROOF, ListProof
from ledger.state.proofs import STATE_PROOF
from nodechain.client.answers.proofs import ItemProof
from nodechain.client.node_client import LightReads
from nodechain.client.rest import NodeApi
from nodechain.errors import NodeError
from nodechain.light.store import LightStore
from nodechain.modules import REGISTRY

T = TypeVar("T")

KEYS_PER_REQUEST: Final = 64
_ADVICE: Final = {
    "below_trust": "Begin at an earlier one: `nodechain light trust`.",
    "conflicting_headers": "One of two nodes lies, or the chain has split: compare with other members before you trust "
    "either.",
}


class UnprovenAnswer(NodeError):
    """A node's answer does not stand up to the check; nothing of it was taken."""

    code = "bad_answer"
    advice = "Ask another node (--node URL), and tell the operator of this one."


class FetchedClaim(msgspec.Struct, frozen=True):
    """A claim as it came from a node, about a block that was followed to: not checked yet."""

    block: LightBlock
    claim: StateClaim | TransactionClaim | ReceiptClaim | EventClaim


def terms_of(genesis: Genesis) -> TrustTerms:
    """What a follower of this chain goes by."""
    return TrustTerms(genesis.identity, ConsensusMode(genesis.mode))


def genesis_trust(genesis: Genesis) -> Trusted:
    """The genesis block: trusted because the genesis is."""
    block = genesis_block(Chain(REGISTRY, genesis))
    return Trusted(block.header, block.hash, block.executed.validators)


class LightClient:
    """One node, one store of what is trusted. `now_ms`: the own clock."""

    def __init__(self, api: NodeApi, store: LightStore, terms: TrustTerms, now_ms: Callable[[], int]) -> None:
        self._reads = LightReads(api)
        self.store = store
        self.terms = terms
        self.now_ms = now_ms
        self._latest: LightBlock | None = None

    @property
    def anchor(self) -> Trusted:
        """The first header that is trusted: where proof files begin."""
        return self.store.headers.first

    def sync(self, progress: Callable[[int], None] = lambda _height: None) -> Trusted:
        """Follow to the node's newest header. Raises `UnprovenAnswer`, `Unreachable`."""
        return self.reach(self.block("latest"), progress)

    def freshness(self) -> tuple[Trusted, int]:
        """The node's newest header, followed to, and when (ms) a quorum last said so. Raises `UnprovenAnswer`."""
        answer = self._reads.freshness()
        head = self.reach(self._decode(LIGHT_BLOCK, answer["block"]))
        try:
            return head, fresh_as_of(self.terms, head, self._decode(FRESH_HEAD, answer["fresh"]))
        except LightError as error:
            raise UnprovenAnswer(error.detail, code=error.code) from error

    def block(self, height: int | str) -> LightBlock:
        """What the node says is the header of a height; not checked."""
        return self._decode(LIGHT_BLOCK, self._reads.block(height))

    def reach(self, offered: LightBlock, progress: Callable[[int], None] = lambda _height: None) -> Trusted:
        """Follow to a header, over changes of the set where need be. Raises `UnprovenAnswer`."""
        try:
            nearest = self.store.headers.nearest(offered.header.height)
            return self._walk(reach(self.terms, nearest, offered, self.now_ms()), progress)
        except LightError as error:
            raise UnprovenAnswer(error.detail, code=error.code, advice=_ADVICE.get(error.code)) from error

    def _walk(self, path: Path, progress: Callable[[int], None]) -> Trusted:
        answer: Answer = None
        while True:
            try:
                effect = path.send(answer)
            except StopIteration as done:
                trusted: Trusted = done.value
                return trusted
            match effect:
                case FetchBlock(height):
                    answer = self.block(height)
                case FetchChanges(first):
                    answer = self.changes(first)
                case HeaderTrusted(trusted):
                    self.store.add(trusted)
                    progress(trusted.header.height)
                    answer = None

    def changes(self, first: int) -> list[int]:
        """The heights from `first` on at which the node says that the set changed, as many as it tells at once."""
        found = self._reads.changes(first, MOST_CHANGES)
        if not all(height >= first for height in found):
            raise UnprovenAnswer("the node's list of changes is no list of heights")
        return sorted(set(found))

    def state(self, full_keys: Sequence[bytes]) -> list[FetchedClaim]:
        """Proofs of state entries, at the node's head; up to 64 keys share one height.

        Raises `UnprovenAnswer` (old_state) for one below the newest header that was followed to: `sync` comes first.
        """
        fetched: list[FetchedClaim] = []
        known = self.store.head.header.height
        for first in range(0, len(full_keys), KEYS_PER_REQUEST):
            keys = full_keys[first : first + KEYS_PER_REQUEST]
            answer = self._reads.state(keys)
            block = self._decode(LIGHT_BLOCK, answer["block"])
            if block.header.height < known:
                raise UnprovenAnswer(
                    f"the node shows the state of height {block.header.height}, and block {known} is known",
                    code="old_state",
                )
            for key, proof in zip(keys, answer["proofs"], strict=True):
                fetched.append(FetchedClaim(block, StateClaim(0, key, self._decode(STATE_PROOF, proof))))
        return fetched

    def transaction(self, height: int, index: int) -> FetchedClaim:
        """A transaction of a block."""
        item, proof = self._item(self._reads.transaction(height, index))
        return FetchedClaim(self._block_of(height), TransactionClaim(0, item, proof))

    def receipt(self, height: int, index: int, event: int | None = None) -> FetchedClaim:
        """A receipt of a block, or one of its events."""
        item, proof = self._item(self._reads.receipt(height, index))
        claim = ReceiptClaim(0, item, proof) if event is None else EventClaim(0, item, proof, event)
        return FetchedClaim(self._block_of(height), claim)

    def _block_of(self, height: int) -> LightBlock:
        """The header of the claim before is not asked for again: receipts often share a block."""
        if self._latest is None or self._latest.header.height != height:
            self._latest = self.block(height)
        return self._latest

    def _item(self, answer: ItemProof) -> tuple[bytes, ListProof]:
        return _bytes(answer["item"]), self._decode(LIST_PROOF, answer["proof"])

    def _decode(self, codec: Codec[T], text: str) -> T:
        try:
            return codec.decode(_bytes(text))
        except InvalidInput as error:
            raise UnprovenAnswer(f"the node's answer: {error.detail}", code=error.code) from error


def _bytes(text: object) -> bytes:
    try:
        return bytes.fromhex(str(text))
    except ValueError:
        raise UnprovenAnswer("the node's answer is no hex") from None
