"""The consensus engine: one verb in (`step`), effects out; no clock, no socket, no disk (consensus.md).

PBFT per height with round changes, and PoA as the same engine without PREPARE. The engine owns what lasts longer than
a height: whether this node may sign (`gate`), messages for the next height, answers to those who are behind. A height
is a `HeightState` and the rules on it:

    upon_start      rule 1     when a block is due; taking up a height after a crash
    upon_proposal   rule 2     which proposals are accepted
    upon_votes      rules 3, 4, 9   locks and decisions
    upon_rounds     rules 5 to 7    round changes
    advance         what follows from the tables alone

Every step: the event changes the tables, `advance` draws the conclusions, `Effects` puts what must be durable first.
"""

from __future__ import annotations

from typing import assert_never

from consensus.advance import advance
from consensus.answers import Answers
from consensus.doubt import Doubt
from consensus.early import EarlyMessages
from consensus.effects import Effects
from consensus.events import (
    AnswerDecided,
    BlockChecked,
    Broadcast,
    Effect,
    Event,
    HeightStarted,
    MessageReceived,
    Misbehaved,
    Now,
    PeerAhead,
    PeerJoined,
    ProposalReady,
    Send,
    SetTimer,
    Timer,
    TimerFired,
    TransactionsWaiting,
    WithinHeight,
)
from consensus.freshness import HAND_ON_MS, Freshness
from consensus.gate import Gate
from consensus.heads import ProvenHeads
from consensus.messages import (
    Commit,
    ConsensusMessage,
    Decided,
    HeadNews,
    HeardVote,
    Prepare,
    Proposal,
    ProvenRoundChange,
    Status,
    StatusRequest,
)
from consensus.pacing import Pacing
from consensus.parent_commits import ParentCommits
from consensus.records import NOTHING_SIGNED, Step
from consensus.recovery import Memory
from consensus.sign_once import Signer, VoteSigner
from consensus.state import HeightState, Settings, start_height
from consensus.upon_proposal import upon_checked, upon_proposal
from consensus.upon_rounds import start_timer, upon_proposal_ready, upon_round_change, upon_round_timeout
from consensus.upon_start import look_at_clock, take_part, upon_proposal_due, upon_transactions
from consensus.upon_votes import upon_decided, upon_vote
from consensus.validation import is_status_signed
from ledger.chain.header import Certificate
from ledger.chain.votes import VoteKind
from ledger.light.freshness import status_message

EMPTY_MEMORY = Memory(NOTHING_SIGNED, None, (), None)


class Engine:
    """`step` takes one event and returns what to do, in order.

    `signer` is None for a node that only follows; `memory` what `recovery.recover` found; `nonce` 32 fresh random
    bytes.
    """

    def __init__(self, settings: Settings, signer: Signer | None, memory: Memory, nonce: bytes) -> None:
        self._settings = settings
        self._memory = memory
        self._effects = Effects()
        self._pen = None if signer is None else VoteSigner(signer, settings.genesis_hash, memory.last)
        key = b"" if signer is None else signer.key
        self._gate = Gate(key, nonce, memory.doubt, settings.timeouts.patience_ms, overruled=memory.overruled)
        self.parent_commits = ParentCommits(None, None)
        self._state: HeightState | None = None
        self.freshness: Freshness | None = None
        self._hand_on_ms = 0
        self._early = EarlyMessages()
        self._answers = Answers()
        self.heads = ProvenHeads()

    @property
    def is_signing(self) -> bool:
        """Whether this node votes at this height."""
        return self._state is not None and self._state.own_votes.vote_signer is not None

    @property
    def doubt(self) -> Doubt | None:
        """Why this validator is in safe mode; None if it is not."""
        return None if self._gate.is_open else self._gate.doubt

    @property
    def leaves_safe_mode_at(self) -> int | None:
        """The head's height at which safe mode ends; None if there is none, or before a quorum has answered."""
        return None if self._gate.is_open else self._gate.leaves_at

    @property
    def place(self) -> tuple[int, int]:
        """Height and round in work; (0, 0) before the start."""
        return (0, 0) if self._state is None else (self._state.number, self._state.round)

    def step(self, event: Event, now: Now) -> tuple[Effect, ...]:
        """Take an event; what is not expected now changes nothing."""
        if isinstance(event, HeightStarted):
            self._upon_height_started(event, now)
        elif self._state is not None:
            self._upon(self._state, event, now)
            self._conclude(self._state)
        return self._effects.take(self.doubt, overruled=self._gate.is_overruled(self.place[0]))

    def _conclude(self, state: HeightState) -> None:
        was_done = state.done
        advance(state)
        if state.done and not was_done and state.certificate is not None:
            self._upon_decision(state, state.certificate)

    def _upon(self, state: HeightState, event: WithinHeight, now: Now) -> None:
        match event:
            case MessageReceived():
                self._upon_message(state, event.peer, event.message, now)
            case TimerFired():
                self._upon_timer(state, event.timer, now)
            case PeerJoined():
                self._upon_peer_joined(state, event.peer, now)
            case TransactionsWaiting():
                upon_transactions(state, now)
            case ProposalReady():
                upon_proposal_ready(state, event.header, event.round)
            case BlockChecked():
                upon_checked(state, event, now)
            case _:
                assert_never(event)

    # A height begins.

    def _upon_height_started(self, event: HeightStarted, now: Now) -> None:
        first = self._state is None
        self.parent_commits = ParentCommits(event.certificate, None if self._state is None else self._state.rules)
        settings = self._settings
        pacing = Pacing(settings.intervals, settings.timeouts, self._effects, now, event.head, first=first)
        state = start_height(settings, event.head, event.validators, self._effects, pacing, waiting=event.waiting)
        self._state = state
        self.freshness = Freshness(event.head, state.rules)
        if self._pen is not None:
            self._status(state, b"", b"", now)
        if first:
            self._hand_on_ms = now.monotonic_ms + HAND_ON_MS
            self._ask_status()
            self._effects.add(SetTimer(Timer.RESEND, now.monotonic_ms + self._settings.timeouts.resend_ms))
        self._try_to_take_part(state, now)
        for peer, message in self._early.take(state.number, event.validators.hash):
            self._upon_message(state, peer, message, now)
            self._conclude(state)

    def _upon_decision(self, state: HeightState, certificate: Certificate) -> None:
        """Note the height as done before the store has it; and look whether we are who we think we are."""
        vote_signer = self._pen
        if vote_signer is None:
            return
        index = state.validators.index_of(vote_signer.signer.address)
        place = (certificate.height, certificate.round, int(Step.COMMIT))
        if not self._gate.is_overruled(certificate.height):
            if any(entry.validator == index for entry in certificate.signatures) and place > vote_signer.last.place:
                self._gate.doubt_arises(Doubt.SEEN_AHEAD)
            elif index is not None and self._gate.may_have_forgotten and self._memory.last.height == 0:
                self._gate.doubt_arises(Doubt.FORGOTTEN)
        vote_signer.applied(certificate.height, certificate.round, certificate.block_hash, self._effects)

    def _try_to_take_part(self, state: HeightState, now: Now) -> None:
        if self._pen is None or state.own_votes.vote_signer is not None:
            return
        was_open = self._gate.is_open
        if self._gate.try_open(state.head, state.validators, state.rules, now.monotonic_ms):
            take_part(state, self._pen, None if was_open else self._memory.resumed, now)

    # Messages.

    def _upon_message(self, state: HeightState, peer: bytes, message: ConsensusMessage, now: Now) -> None:
        if isinstance(message, StatusRequest):
            self._effects.add(Send(peer, self._status(state, message.nonce, message.key, now)))
            return
        if isinstance(message, Status):
            self._upon_status(state, peer, message, now)
            return
        if isinstance(message, HeadNews):
            if self.freshness is not None and not self.freshness.handed_on(message.fresh):
                self._effects.add(Misbehaved(peer, "bad_status"))
            return
        if message.height < state.number:
            if isinstance(message, Commit) and not self.parent_commits.add(message):
                self._effects.add(Misbehaved(peer, "bad_vote"))
                return
            self._answer(peer, message.height, now)
        elif message.height > state.number:
            self._effects.add(PeerAhead(peer, message.height))
            if message.height == state.number + 1:
                self._early.keep(peer, message, state.validators, self._settings)
        elif not state.done:
            upon_current(state, peer, message, now)

    def _upon_status(self, state: HeightState, peer: bytes, message: Status, now: Now) -> None:
        if message.key and not is_status_signed(self._settings.genesis_hash, message):
            self._effects.add(Misbehaved(peer, "bad_status"))
            return
        if self.freshness is not None and message.key and not message.nonce:
            head_hash = message.head.hash()
            self.freshness.said(message.key, head_hash, message.round, message.time_ms, message.signature)
        if message.nonce and any(member.key == message.key for member in state.validators.members):
            self._gate.answered(message)
            self._remind(state, message)
            self._try_to_take_part(state, now)
        if message.height < state.number:
            self._answer(peer, message.height, now)
        elif message.height > state.number:
            if not self.heads.heard(message, state.rules):
                self._effects.add(Misbehaved(peer, "bad_certificate"))
                return
            self._effects.add(PeerAhead(peer, message.height))

    def _remind(self, state: HeightState, message: Status) -> None:
        """Somebody has heard me say what I do not remember: an older copy of my disk was put back.

        An operator who has resumed this validator unsafely has overruled the doubt: then what was heard counts.
        """
        vote_signer = self._pen
        if vote_signer is None or self.doubt is not None:
            return
        forgotten = [vote for vote in message.heard if vote_signer.has_forgotten(message.height, vote)]
        if forgotten and self._gate.is_overruled(message.height):
            for vote in forgotten:
                vote_signer.take_over(message.height, vote)
            self._effects.signed(vote_signer.last)
        elif forgotten:
            self._gate.doubt_arises(Doubt.HEARD_AHEAD)
            state.own_votes.vote_signer = None
            self._effects.signed(vote_signer.last)

    def _answer(self, peer: bytes, height: int, now: Now) -> None:
        """Rule 8: who is behind gets the DECIDED of its height, not too often."""
        if height > 0 and self._answers.may(peer, now.monotonic_ms):
            self._effects.add(AnswerDecided(peer, height))

    # Timers.

    def _upon_timer(self, state: HeightState, timer: Timer, now: Now) -> None:
        match timer:
            case Timer.PROPOSE:
                upon_proposal_due(state, now)
            case Timer.ROUND:
                upon_round_timeout(state, now)
            case Timer.RESEND:
                self._upon_resend(state, now)
            case _:
                assert_never(timer)

    def _upon_resend(self, state: HeightState, now: Now) -> None:
        """Rule 8: what was said in this round and the last one, and where we are, again and again."""
        if self._pen is not None and not self._gate.is_open:
            self._ask_status()
            self._try_to_take_part(state, now)
        look_at_clock(state, now)
        for message in state.own_votes.sent.values():
            self._effects.add(Broadcast(message))
        self._effects.add(Broadcast(self._status(state, b"", b"", now)))
        if self.freshness is not None and now.monotonic_ms >= self._hand_on_ms:
            self._hand_on_ms = now.monotonic_ms + HAND_ON_MS
            self._effects.add(Broadcast(HeadNews(self.freshness.gathered)))
        self._effects.add(SetTimer(Timer.RESEND, now.monotonic_ms + self._settings.timeouts.resend_ms))

    def _upon_peer_joined(self, state: HeightState, peer: bytes, now: Now) -> None:
        """Rule 8 for one peer, at once: a restarted validator need not wait for the next turn."""
        if self._pen is not None and not self._gate.is_open:
            self._effects.add(Send(peer, StatusRequest(self._pen.signer.key, self._gate.nonce)))
        for message in state.own_votes.sent.values():
            self._effects.add(Send(peer, message))
        self._effects.add(Send(peer, self._status(state, b"", b"", now)))
        if self.freshness is not None:
            self._effects.add(Send(peer, HeadNews(self.freshness.gathered)))

    def _ask_status(self) -> None:
        if self._pen is not None:
            self._effects.add(Broadcast(StatusRequest(self._pen.signer.key, self._gate.nonce)))

    def _status(self, state: HeightState, nonce: bytes, asking: bytes, now: Now) -> Status:
        key, signature, time_ms = b"", b"", max(now.wall_ms, 0)
        if self._pen is not None:
            key = self._pen.signer.key
            message = status_message(self._settings.genesis_hash, nonce, state.round, state.head.hash(), time_ms)
            signature = self._pen.signer.sign(message)
            if self.freshness is not None and not nonce:
                self.freshness.said(key, state.head.hash(), state.round, time_ms, signature)
        heard: tuple[HeardVote, ...] = ()
        for index, member in enumerate(state.validators.members):
            if member.key == asking:
                heard = state.tally.heard_from(index)
        return Status(state.round, nonce, state.head, self.parent_commits.all, key, signature, heard, time_ms)


def upon_current(
    state: HeightState,
    peer: bytes,
    message: Proposal | Prepare | Commit | ProvenRoundChange | Decided,
    now: Now,
) -> None:
    """A message for the height in work, by its kind."""
    match message:
        case Proposal():
            upon_proposal(state, message, peer, now)
        case Prepare():
            upon_vote(state, VoteKind.PREPARE, message, peer)
            start_timer(state, now)
        case Commit():
            upon_vote(state, VoteKind.COMMIT, message, peer)
            start_timer(state, now)
        case ProvenRoundChange():
            upon_round_change(state, message, peer, now)
        case Decided():
            upon_decided(state, message, peer)
        case _:
            assert_never(message)
