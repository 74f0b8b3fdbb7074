"""Scenario scripts: one engine under test, the other validators played line by line.

A script is a text of commands; below each stands, after `----`, what the engine did. `python -m tests.consensus.record`
writes the answers anew; the diff is for review. Blocks are named by capital letters; `1/0` is height 1, round 0.

    engine me=1 of=4 [mode=poa] [height=1]     a fresh engine in a set of validators 0..n-1; it starts its height
    status from=0,2,3 [height=1]               answers to its nonce
    proposal r=0 block=A [from=0] [requests=0,1,2] [proof=A@0:0,1,2] [claim=... of the requests, if another]
    prepare|commit r=0 block=A from=0,2        votes
    round-change r=1 from=0,2 [proof=A@0:0,1,2]
    decided block=A r=0 by=0,1,2               a certificate
    ready block=A r=0 | checked block=A [invalid] [weight=9]   answers to what the engine asked for
    timer propose|round|resend, wait 500, transactions
    heard kind=commit block=A r=2              what the answers to the nonce say that they have heard of this engine
    applied block=A                            the block is stored: the next height starts
    restart                                    the process died; what was persisted is all that is left
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from consensus.engine import Engine
from consensus.events import (
    AnswerDecided,
    AskProposal,
    BlockChecked,
    Broadcast,
    CheckBlock,
    Decide,
    Effect,
    Event,
    ForgetBlock,
    Halt,
    HeightStarted,
    MessageReceived,
    Misbehaved,
    Now,
    PeerAhead,
    Persist,
    ProposalReady,
    ReportEvidence,
    Send,
    SetTimer,
    Timer,
    TimerFired,
    TransactionsWaiting,
)
from consensus.messages import (
    Commit,
    ConsensusMessage,
    Decided,
    HeadNews,
    HeardVote,
    Message,
    Prepare,
    Prepared,
    Proposal,
    ProvenRoundChange,
    RoundChange,
    Status,
    StatusRequest,
)
from consensus.pacing import Intervals
from consensus.recovery import NOTHING_RECOVERED, Recovered, recover
from consensus.signing import LoggedLock, LoggedVote, Step
from consensus.state import Settings
from harness.chain import secret
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.chain.proposer import proposer
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet
from ledger.chain.votes import NOTHING_PREPARED, VoteKind, prepared_value, vote_message
from ledger.encoding.codec import encode
from ledger.light.freshness import status_message
from nodechain.chain.validator_key import ValidatorKey

CHAIN = "test-00000000"
GENESIS_HASH = bytes(32)
START_MS = 1_000_000
ZERO = bytes(32)


def keys_of(count: int) -> list[ValidatorKey]:
    """The validators' keys in the order of their indexes."""
    return sorted((ValidatorKey(secret(f"validator-{place}")) for place in range(count)), key=lambda key: key.address)


def set_of(keys: list[ValidatorKey]) -> ValidatorSet:
    """A set in which each has power 1."""
    members = (ValidatorInfo(key.address, key.key, 1, bytes(20), str(index)) for index, key in enumerate(keys))
    return ValidatorSet(tuple(members))


@dataclass(frozen=True, slots=True)
class Line:
    """One command with its arguments; a word without a value maps to an empty text."""

    verb: str
    words: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> Line:
        """Read `verb name=value word ...`."""
        verb, *rest = text.split()
        return cls(verb, {name: value for name, _, value in (word.partition("=") for word in rest)})

    def number(self, name: str, default: int = 0) -> int:
        return int(self.words.get(name, default))

    def numbers(self, name: str) -> list[int]:
        return [int(part) for part in self.words[name].split(",")] if self.words.get(name) else []


class Script:
    """Plays commands; `play` returns what the engine did, a line each."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.blocks: dict[str, Header] = {}
        self.log: list[bytes] = []
        self.heard: tuple[HeardVote, ...] = ()

    def play(self, line: Line) -> list[str]:
        match line.verb:
            case "engine":
                return self._engine(line)
            case "wait":
                self.now_ms += int(next(iter(line.words)))
                return []
            case "restart":
                return self._restart()
            case "heard":
                kind, name, round_ = VoteKind[line.words["kind"].upper()], line.words["block"], line.number("r")
                value = self._block(name, round_).hash()
                self.heard = (HeardVote(int(kind), round_, value, self._sign(kind, self.me, round_, value)),)
                return []
            case "applied":
                self.head = self.blocks[line.words["block"]]
                return self._start()
        return [text for event in self._events(line) for text in self._step(event)]

    # The engine.

    def _engine(self, line: Line) -> list[str]:
        self.keys = keys_of(line.number("of"))
        self.validators = set_of(self.keys)
        self.me = line.number("me")
        mode = ConsensusMode.POA if line.words.get("mode") == "poa" else ConsensusMode.PBFT
        self.settings = Settings(GENESIS_HASH, mode, Intervals(100, 5_000), 2_000, 1_000)
        self.head = self._header("genesis", line.number("height", 1) - 1, self.me)
        self.last = NOTHING_RECOVERED.last
        self.engine = self._made(NOTHING_RECOVERED)
        return self._start()

    def _made(self, recovered: Recovered) -> Engine:
        return Engine(self.settings, self.keys[self.me], recovered, hashlib.sha256(b"nonce").digest())

    def _start(self) -> list[str]:
        return self._step(HeightStarted(self.head, None, self.validators, False))

    def _restart(self) -> list[str]:
        recovered = recover(self.log, self.last, self.head.height)
        self.engine = self._made(recovered)
        return self._start()

    def _step(self, event: Event) -> list[str]:
        now = Now(self.now_ms, self.now_ms)
        return [text for effect in self.engine.step(event, now) for text in self._shown(effect)]

    # The others.

    @property
    def height(self) -> int:
        return self.head.height + 1

    def _header(self, name: str, height: int, by: int) -> Header:
        parent = ZERO if name == "genesis" else self.head.hash()
        time_ms = START_MS + (0 if name == "genesis" else 1 + sum(map(ord, name)))
        proposed_by = self.keys[by].address
        return Header(1, 1, CHAIN, height, parent, time_ms, proposed_by, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, 0, ZERO, 1)

    def _block(self, name: str, round_: int) -> Header:
        if name not in self.blocks:
            self.blocks[name] = self._header(name, self.height, proposer(self.validators, self.height, round_))
        return self.blocks[name]

    def _sign(self, kind: VoteKind, by: int, round_: int, value: bytes) -> bytes:
        return self.keys[by].sign(vote_message(kind, GENESIS_HASH, self.height, round_, value))

    def _proof(self, text: str | None) -> Prepared | None:
        """`A@0:0,1,2`: block A prepared in round 0 by these."""
        if not text:
            return None
        claim, _, by = text.partition(":")
        name, _, number = claim.partition("@")
        round_, header = int(number), self._block(name, int(number))
        kind = VoteKind.PROPOSAL if self.settings.mode is ConsensusMode.POA else VoteKind.PREPARE
        signers = [int(part) for part in by.split(",")]
        signatures = (CommitSignature(who, self._sign(kind, who, round_, header.hash())) for who in signers)
        return Prepared(round_, header, tuple(signatures))

    def _round_change(self, by: int, round_: int, proof: Prepared | None) -> RoundChange:
        claim = None if proof is None else proof.claim
        value = NOTHING_PREPARED if claim is None else prepared_value(claim.round, claim.block_hash)
        return RoundChange(self.height, round_, by, claim, self._sign(VoteKind.ROUND_CHANGE, by, round_, value))

    def _events(self, line: Line) -> Iterator[Event]:
        round_ = line.number("r")
        match line.verb:
            case "timer":
                yield TimerFired(Timer[next(iter(line.words)).upper()])
            case "transactions":
                yield TransactionsWaiting()
            case "ready":
                self.blocks.setdefault(line.words["block"], self._header(line.words["block"], self.height, self.me))
                yield ProposalReady(self.blocks[line.words["block"]], round_)
            case "checked":
                header = self.blocks[line.words["block"]]
                yield BlockChecked(header.hash(), "invalid" not in line.words, line.number("weight"))
            case _:
                for by, message in self._messages(line, round_):
                    yield MessageReceived(str(by).encode(), message)

    def _messages(self, line: Line, round_: int) -> Iterator[tuple[int, ConsensusMessage]]:
        match line.verb:
            case "status":
                for by in line.numbers("from"):
                    yield by, self._status(by, line.number("height", self.height))
            case "proposal":
                by = line.number("from", proposer(self.validators, self.height, round_))
                proof = self._proof(line.words.get("proof"))
                header = self._block(line.words["block"], round_)
                claimed = self._proof(line.words.get("claim", line.words.get("proof")))
                requests = tuple(self._round_change(who, round_, claimed) for who in line.numbers("requests"))
                signature = self._sign(VoteKind.PROPOSAL, by, round_, header.hash())
                yield by, Proposal(round_, by, header, signature, requests, proof)
            case "prepare" | "commit":
                form, kind = (Prepare, VoteKind.PREPARE) if line.verb == "prepare" else (Commit, VoteKind.COMMIT)
                block_hash = self._block(line.words["block"], round_).hash()
                for by in line.numbers("from"):
                    yield by, form(self.height, round_, by, block_hash, self._sign(kind, by, round_, block_hash))
            case "round-change":
                proof = self._proof(line.words.get("proof"))
                for by in line.numbers("from"):
                    yield by, ProvenRoundChange(self._round_change(by, round_, proof), proof)
            case "decided":
                header = self._block(line.words["block"], round_)
                signatures = tuple(
                    CommitSignature(by, self._sign(VoteKind.COMMIT, by, round_, header.hash()))
                    for by in line.numbers("by")
                )
                yield 0, Decided(header, Certificate(self.height, round_, header.hash(), signatures))
            case _:
                raise ValueError(f"no such command: {line.verb}")

    def _status(self, by: int, height: int) -> Status:
        head = self.head if height == self.height else self._header("genesis", height - 1, by)
        nonce = hashlib.sha256(b"nonce").digest()
        signature = self.keys[by].sign(status_message(GENESIS_HASH, nonce, 0, head.hash(), 0))
        return Status(0, nonce, head, None, self.keys[by].key, signature, self.heard, 0)

    # What the engine did.

    def _name(self, block_hash: bytes) -> str:
        known = [name for name, header in self.blocks.items() if header.hash() == block_hash]
        return known[0] if known else block_hash.hex()[:8]

    def _shown(self, effect: Effect) -> Iterator[str]:
        match effect:
            case Persist():
                self.log += [encode(record) for record in effect.records]
                self.last = effect.signed
                what = [self._record(record) for record in effect.records]
                what += [f"body of {self._name(block_hash)}" for block_hash in effect.bodies]
                what += [f"applied {effect.signed.height}"] if effect.signed.step == Step.APPLIED else []
                risk = "" if effect.risk is None else f", in safe mode: {effect.risk.value}"
                yield f"persist {', '.join(what)}{risk}"
            case Broadcast():
                yield f"all <- {self._message(effect.message)}"
            case Send():
                yield f"{effect.peer.decode()} <- {self._message(effect.message)}"
            case SetTimer():
                yield f"timer {effect.timer.name.lower()} in {effect.at_ms - self.now_ms} ms"
            case AskProposal():
                yield f"make a block for {effect.height}/{effect.round}, 1/{effect.weight_share} of the weight"
            case CheckBlock():
                yield f"check {self._name(effect.header.hash())}"
            case ForgetBlock():
                yield f"forget {self._name(effect.block_hash)}"
            case Decide():
                by = ",".join(str(entry.validator) for entry in effect.certificate.signatures)
                yield f"DECIDE {self._name(effect.header.hash())} in round {effect.certificate.round} by {by}"
            case AnswerDecided():
                yield f"{effect.peer.decode()} <- DECIDED of height {effect.height}"
            case PeerAhead():
                yield f"{effect.peer.decode()} is ahead, at height {effect.height}"
            case ReportEvidence():
                found = effect.evidence
                who = [index for index, key in enumerate(self.keys) if key.key == found.key]
                yield f"evidence: two {VoteKind(found.kind).name} of {who[0]} in {found.height}/{found.round}"
            case Misbehaved():
                yield f"{effect.peer.decode()} misbehaved: {effect.code}"
            case Halt():
                yield f"HALT {effect.code}"

    def _record(self, record: LoggedVote | LoggedLock) -> str:
        if isinstance(record, LoggedLock):
            return f"lock {self._name(record.prepared.header.hash())}@{record.prepared.round}"
        place = record.record
        return f"{Step(place.step).name} {place.height}/{place.round}"

    def _message(self, message: Message) -> str:
        match message:
            case Proposal():
                again = f", prepared in round {message.proof.round}" if message.proof is not None else ""
                requests = f", {len(message.round_changes)} requests" if message.round_changes else ""
                return f"PROPOSAL {message.height}/{message.round} {self._name(message.header.hash())}{requests}{again}"
            case Prepare() | Commit():
                kind = type(message).__name__.upper()
                return f"{kind} {message.height}/{message.round} {self._name(message.block_hash)}"
            case ProvenRoundChange():
                claim = message.request.claim
                said = "nothing prepared" if claim is None else f"{self._name(claim.block_hash)}@{claim.round}"
                return f"ROUND-CHANGE {message.height}/{message.request.round}, {said}"
            case Decided():
                return f"DECIDED {message.height}"
            case Status():
                return f"STATUS {message.height}/{message.round}"
            case HeadNews():
                return f"HEAD-NEWS {message.fresh.height} of {len(message.fresh.statements)}"
            case StatusRequest():
                return "who is where?"
            case _:
                raise ValueError(f"an engine sends no {type(message).__name__}")
