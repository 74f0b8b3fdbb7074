"""The consensus engine: events in, effects out; no clock, no socket, no disk (consensus.md).

This version decides alone: the validator set must have one member, this one. It goes through the same steps that
many validators take (proposal, commit vote, quorum of the set, certificate), on the same interface, with the same
sign-state, so that the node around it does not change when the others come.

Why a lone validator may propose another block after a crash: its commit signature leaves the process only inside the
stored block. If the store does not have the block, nobody has seen the signature; the new block is decided in a later
round (`sign_once.first_round`), so even the journal shows no two signatures for one round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, assert_never

from consensus.events import (
    NOTHING_SIGNED,
    AskProposal,
    Decide,
    Effect,
    Event,
    Halt,
    HeightStarted,
    Persist,
    ProposalReady,
    SetTimer,
    SignRecord,
    Step,
    Timer,
    TimerFired,
    TransactionsWaiting,
)
from consensus.sign_once import first_round, may_sign
from ledger.certificate import commit_message, is_quorum
from ledger.genesis import ConsensusMode
from ledger.types import Certificate, CommitSignature, Header
from ledger.validators import ValidatorSet


class Signer(Protocol):
    """A validator's key."""

    @property
    def address(self) -> bytes:
        """The validator address, 20 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What genesis says of consensus; durations in ms."""

    chain_id: str
    mode: ConsensusMode
    min_interval_ms: int
    idle_interval_ms: int


@dataclass(slots=True)
class _Height:
    number: int
    round: int
    validators: ValidatorSet
    started_ms: int
    asked: bool = False


class Engine:
    """`step` takes one event and returns what to do, in order."""

    def __init__(self, settings: Settings, signer: Signer, last_signed: SignRecord = NOTHING_SIGNED) -> None:
        self._settings = settings
        self._signer = signer
        self._last = last_signed
        self._height: _Height | None = None

    @property
    def last_signed(self) -> SignRecord:
        """The newest record that was handed out to be persisted."""
        return self._last

    def step(self, event: Event) -> tuple[Effect, ...]:
        """Take an event; what is not expected now changes nothing."""
        match event:
            case HeightStarted():
                return self._upon_height_started(event)
            case TransactionsWaiting():
                return self._upon_transactions(event)
            case TimerFired():
                return self._upon_propose_timer()
            case ProposalReady():
                return self._upon_proposal(event)
            case _:
                assert_never(event)

    def _upon_height_started(self, event: HeightStarted) -> tuple[Effect, ...]:
        """Rule 1: the proposer proposes after min_interval if transactions wait, else after idle_interval."""
        members = event.validators.members
        if len(members) != 1 or members[0].address != self._signer.address:
            return (Halt("this version validates alone; the validator set does not consist of this validator only"),)
        round_ = first_round(self._last, event.height)
        self._height = _Height(event.height, round_, event.validators, event.now_ms)
        interval = self._settings.min_interval_ms if event.waiting else self._settings.idle_interval_ms
        return (SetTimer(Timer.PROPOSE, event.now_ms + interval),)

    def _upon_transactions(self, event: TransactionsWaiting) -> tuple[Effect, ...]:
        """Rule 1: the first transaction brings the proposal forward."""
        height = self._height
        if height is None or height.asked:
            return ()
        return (SetTimer(Timer.PROPOSE, max(event.now_ms, height.started_ms + self._settings.min_interval_ms)),)

    def _upon_propose_timer(self) -> tuple[Effect, ...]:
        """Rule 1: the proposal is due."""
        height = self._height
        if height is None or height.asked:
            return ()
        height.asked = True
        return (AskProposal(height.number, height.round, 2 ** min(height.round, 16)),)

    def _upon_proposal(self, event: ProposalReady) -> tuple[Effect, ...]:
        """Rules 2 to 4 for a set of one: sign the commit, and where that is a quorum, decide."""
        height = self._height
        if height is None or event.header.height != height.number or event.round != height.round:
            return ()
        block_hash = event.header.hash()
        if not may_sign(self._last, height.number, height.round, Step.COMMIT, block_hash):
            return (Halt("the sign-state forbids this signature"),)
        self._last = SignRecord(height.number, height.round, int(Step.COMMIT), block_hash)
        certificate = self._certificate(height, event.header, block_hash)
        power = height.validators.members[0].power
        if not is_quorum(self._settings.mode, power, height.validators):
            return (Halt("one vote is no quorum of this validator set"),)
        self._height = None
        return Persist(self._last), Decide(event.header, certificate)

    def _certificate(self, height: _Height, header: Header, block_hash: bytes) -> Certificate:
        message = commit_message(self._settings.chain_id, header.height, height.round, block_hash)
        return Certificate(header.height, height.round, block_hash, (CommitSignature(0, self._signer.sign(message)),))
