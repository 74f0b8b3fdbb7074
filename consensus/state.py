"""The state of one height, which the rules in `consensus.height` read and change."""

from __future__ import annotations

import msgspec

from consensus.events import BlockChecked, CheckBlock, Effects, ForgetBlock
from consensus.limits import KEPT_HEADERS
from consensus.messages import Prepared, Proposal
from consensus.pacing import Intervals, Pacing, Timeouts
from consensus.signing import OwnMessage, VoteSigner
from consensus.tally import Tally
from consensus.validation import Rules
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, Header
from ledger.chain.proposer import proposer
from ledger.chain.validator_set import ValidatorSet
from ledger.chain.votes import VoteKind


class Settings(msgspec.Struct, frozen=True):
    """What genesis says of consensus, and how patient this node is."""

    genesis_hash: bytes
    mode: ConsensusMode
    intervals: Intervals
    drift_ms: int
    block_weight: int
    timeouts: Timeouts = msgspec.field(default_factory=Timeouts)


class OwnVotes:
    """What this node says at one height; silent until `start_voting` gives it a signer and a place in the set."""

    def __init__(self, height: int, effects: Effects) -> None:
        self.vote_signer: VoteSigner | None = None
        self.me = -1
        self.sent: dict[tuple[int, VoteKind], OwnMessage] = {}
        self._height = height
        self._effects = effects

    def sign(self, kind: VoteKind, round_: int, value: bytes) -> bytes | None:
        """A signature, or None where this node may not sign; `cast` must follow."""
        return None if self.vote_signer is None else self.vote_signer.sign(kind, self._height, round_, value)

    def cast(self, kind: VoteKind, round_: int, message: OwnMessage) -> None:
        """Write the message down, send it, and again later."""
        self.sent[round_, kind] = message
        if self.vote_signer is not None:
            self._effects.log(self.vote_signer.logged(message), self.vote_signer.last)
            self._effects.broadcast(message)

    def has_signed(self, kind: VoteKind, round_: int) -> bool:
        """Whether this was signed in the round."""
        return (round_, kind) in self.sent

    def forget_before(self, round_: int) -> None:
        """Rule 8: messages of rounds below the last one are not sent again."""
        for place in [place for place in self.sent if place[0] < round_]:
            del self.sent[place]


class Blocks:
    """The blocks of one height that were heard of: headers by hash, and what execution says of them."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects
        self._headers: dict[bytes, Header] = {}
        self._verdicts: dict[bytes, BlockChecked] = {}
        self._asked: set[bytes] = set()

    def header(self, block_hash: bytes) -> Header | None:
        """The header of a hash, if it is known."""
        return self._headers.get(block_hash)

    def verdict(self, block_hash: bytes) -> BlockChecked | None:
        """What execution says, if it was heard."""
        return self._verdicts.get(block_hash)

    def remember(self, header: Header) -> bytes:
        """Keep a header, at the cost of an older one that nobody asked about; its hash."""
        block_hash = header.hash()
        self._headers[block_hash] = header
        if len(self._headers) > KEPT_HEADERS + len(self._asked):
            del self._headers[next(known for known in self._headers if known not in self._asked)]
        return block_hash

    def check(self, header: Header) -> None:
        """Ask once for the block's transactions and their execution."""
        block_hash = self.remember(header)
        if block_hash not in self._asked:
            self._asked.add(block_hash)
            self._effects.add(CheckBlock(header))

    def add_verdict(self, verdict: BlockChecked) -> bool:
        """Take a verdict, for good; False if nobody asked."""
        if verdict.block_hash not in self._asked:
            return False
        self._verdicts.setdefault(verdict.block_hash, verdict)
        return True

    def forget(self, block_hash: bytes) -> None:
        """Its round is long over, and nobody has prepared it."""
        if block_hash in self._asked:
            self._asked.discard(block_hash)
            self._effects.add(ForgetBlock(block_hash))
        self._verdicts.pop(block_hash, None)
        self._headers.pop(block_hash, None)

    def add_own(self, header: Header) -> bytes:
        """A block of our own: executed already."""
        block_hash = self.remember(header)
        self._asked.add(block_hash)
        self._verdicts[block_hash] = BlockChecked(block_hash, True, 0)
        return block_hash


class HeightState(msgspec.Struct):
    """`candidates` wait for a verdict or a clock; `accepted` is what rule 2 accepted; `prepared` is the lock.

    `certificate` is set once a quorum has decided; `done` when `Decide` was handed out.
    """

    settings: Settings
    head: Header
    validators: ValidatorSet
    effects: Effects
    rules: Rules
    tally: Tally
    pacing: Pacing
    own_votes: OwnVotes
    blocks: Blocks
    waiting: bool
    round: int = 0
    candidates: dict[int, Proposal] = msgspec.field(default_factory=dict)
    accepted: dict[int, Proposal] = msgspec.field(default_factory=dict)
    prepared: Prepared | None = None
    certificate: Certificate | None = None
    asked_round: int = -1
    conflict_replies: set[tuple[int, bytes]] = msgspec.field(default_factory=set)
    done: bool = False

    @property
    def number(self) -> int:
        """The height in work."""
        return self.head.height + 1

    def is_proposer(self, round_: int) -> bool:
        """Whether it is this node's turn."""
        return (
            self.own_votes.vote_signer is not None
            and proposer(self.validators, self.number, round_) == self.own_votes.me
        )


def start_height(
    settings: Settings, head: Header, validators: ValidatorSet, effects: Effects, pacing: Pacing, *, waiting: bool
) -> HeightState:
    """Round 0 of the height above `head`, silent as yet."""
    number = head.height + 1
    rules = Rules(settings.genesis_hash, settings.mode, validators, number)
    return HeightState(
        settings,
        head,
        validators,
        effects,
        rules,
        Tally(rules, effects),
        pacing,
        OwnVotes(number, effects),
        Blocks(effects),
        waiting,
    )
