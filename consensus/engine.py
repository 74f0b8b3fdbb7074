"""The consensus engine: one verb in (`step`), effects out; no clock, no socket, no disk (consensus.md).

PBFT per height with round changes, and PoA as the same engine without PREPARE. The engine owns what lasts longer than
a height: whether this node may vote, messages for the next height, answers to those who are behind. A height is a
`HeightState`; the rules on it stand in `consensus.height`.

Every step: the event changes the tables, `advance` draws the conclusions, `Effects` puts what must be durable first.
"""

from __future__ import annotations

from typing import assert_never

from consensus.events import (
    AnswerDecided,
    BlockChecked,
    Broadcast,
    Effect,
    Effects,
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
from consensus.heads import ProvenHeads
from consensus.height import (
    advance,
    recheck_clock,
    start_voting,
    upon_checked,
    upon_message,
    upon_proposal_due,
    upon_proposal_ready,
    upon_round_timeout,
    upon_transactions,
)
from consensus.limits import ANSWER_INTERVAL_MS, ANSWERED_PEERS
from consensus.messages import (
    Commit,
    ConsensusMessage,
    HeadNews,
    HeardVote,
    Status,
    StatusRequest,
)
from consensus.next_height import NextHeightMessages
from consensus.pacing import Pacing
from consensus.parent_commits import ParentCommits
from consensus.recovery import Recovered
from consensus.signing import DoubleSignRisk, Signer, Step, VoteSigner
from consensus.state import HeightState, Settings, start_height
from consensus.validation import is_status_signed
from consensus.voting_permission import VotingPermission
from ledger.chain.header import Certificate
from ledger.light.freshness import status_message


class AnswerLimiter:
    """How often one peer is answered: a bound for those who ask for old heights without end."""

    def __init__(self) -> None:
        self._last: dict[bytes, int] = {}

    def allows(self, peer: bytes, now_ms: int) -> bool:
        """Whether to answer now; counts as an answer if so."""
        last = self._last.get(peer)
        if last is not None and now_ms - last < ANSWER_INTERVAL_MS:
            return False
        self._last.pop(peer, None)
        self._last[peer] = now_ms
        if len(self._last) > ANSWERED_PEERS:
            del self._last[next(iter(self._last))]
        return True


class Engine:
    """`step` takes one event and returns what to do, in order.

    `signer` is None for a node that only follows; `recovered` what `recovery.recover` found; `nonce` 32 fresh random
    bytes.
    """

    def __init__(self, settings: Settings, signer: Signer | None, recovered: Recovered, nonce: bytes) -> None:
        self._settings = settings
        self._recovered = recovered
        self._effects = Effects()
        self._vote_signer = None if signer is None else VoteSigner(signer, settings.genesis_hash, recovered.last)
        key = b"" if signer is None else signer.key
        self._permission = VotingPermission(key, nonce, recovered, settings.timeouts.unproven_head_wait_ms)
        self.parent_commits = ParentCommits(None, None)
        self._state: HeightState | None = None
        self.freshness: Freshness | None = None
        self._hand_on_ms = 0
        self._next_height = NextHeightMessages()
        self._answer_limiter = AnswerLimiter()
        self.heads = ProvenHeads()

    @property
    def is_signing(self) -> bool:
        """Whether this node votes at this height."""
        return self._state is not None and self._state.own_votes.vote_signer is not None

    @property
    def risk(self) -> DoubleSignRisk | None:
        """Why this validator is in safe mode; None if it is not."""
        return None if self._permission.is_granted else self._permission.risk

    @property
    def leaves_safe_mode_at(self) -> int | None:
        """The head's height at which safe mode ends; None if there is none, or before a quorum has answered."""
        return None if self._permission.is_granted else self._permission.leaves_at

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
        return self._effects.take(self.risk, resumed_unsafely=self._permission.is_resumed_unsafely(self.place[0]))

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
        if self._vote_signer is not None:
            self._status(state, b"", b"", now)
        if first:
            self._hand_on_ms = now.monotonic_ms + HAND_ON_MS
            self._ask_status()
            self._effects.add(SetTimer(Timer.RESEND, now.monotonic_ms + self._settings.timeouts.resend_ms))
        self._try_to_vote(state, now)
        for peer, message in self._next_height.take(state.number, event.validators.hash):
            self._upon_message(state, peer, message, now)
            self._conclude(state)

    def _upon_decision(self, state: HeightState, certificate: Certificate) -> None:
        """Note the height as done before the store has it; and look whether we are who we think we are."""
        vote_signer = self._vote_signer
        if vote_signer is None:
            return
        index = state.validators.index_of(vote_signer.signer.address)
        place = (certificate.height, certificate.round, int(Step.COMMIT))
        if not self._permission.is_resumed_unsafely(certificate.height):
            if any(entry.validator == index for entry in certificate.signatures) and place > vote_signer.last.place:
                self._permission.enter_safe_mode(DoubleSignRisk.SEEN_AHEAD)
            elif index is not None and self._permission.may_have_forgotten and self._recovered.last.height == 0:
                self._permission.enter_safe_mode(DoubleSignRisk.FORGOTTEN)
        if vote_signer.applied(certificate.height, certificate.round, certificate.block_hash):
            self._effects.signed(vote_signer.last)

    def _try_to_vote(self, state: HeightState, now: Now) -> None:
        if self._vote_signer is None or state.own_votes.vote_signer is not None:
            return
        was_open = self._permission.is_granted
        if self._permission.try_grant(state.head, state.validators, state.rules, now.monotonic_ms):
            start_voting(state, self._vote_signer, None if was_open else self._recovered.resumed, now)

    # Messages.

    def _upon_message(self, state: HeightState, peer: bytes, message: ConsensusMessage, now: Now) -> None:
        if isinstance(message, StatusRequest):
            self._effects.add(Send(peer, self._status(state, message.nonce, message.key, now)))
            return
        if isinstance(message, Status):
            self._upon_status(state, peer, message, now)
            return
        if isinstance(message, HeadNews):
            if self.freshness is not None and not self.freshness.merge(message.fresh):
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
                self._next_height.keep(peer, message, state.validators, self._settings)
        elif not state.done:
            upon_message(state, peer, message, now)

    def _upon_status(self, state: HeightState, peer: bytes, message: Status, now: Now) -> None:
        if message.key and not is_status_signed(self._settings.genesis_hash, message):
            self._effects.add(Misbehaved(peer, "bad_status"))
            return
        if self.freshness is not None and message.key and not message.nonce:
            head_hash = message.head.hash()
            self.freshness.add_statement(message.key, head_hash, message.round, message.time_ms, message.signature)
        if message.nonce and any(member.key == message.key for member in state.validators.members):
            self._permission.answered(message)
            self._compare_heard_votes(state, message)
            self._try_to_vote(state, now)
        if message.height < state.number:
            self._answer(peer, message.height, now)
        elif message.height > state.number:
            if not self.heads.add_status(message, state.rules):
                self._effects.add(Misbehaved(peer, "bad_certificate"))
                return
            self._effects.add(PeerAhead(peer, message.height))

    def _compare_heard_votes(self, state: HeightState, message: Status) -> None:
        """Somebody has heard me say what I do not remember: an older copy of my disk was put back.

        An operator who has resumed this validator unsafely has answered for that: then what was heard counts.
        """
        vote_signer = self._vote_signer
        if vote_signer is None or self.risk is not None:
            return
        forgotten = [vote for vote in message.heard if vote_signer.does_not_remember(message.height, vote)]
        if forgotten and self._permission.is_resumed_unsafely(message.height):
            for vote in forgotten:
                vote_signer.remember_heard(message.height, vote)
            self._effects.signed(vote_signer.last)
        elif forgotten:
            self._permission.enter_safe_mode(DoubleSignRisk.HEARD_AHEAD)
            state.own_votes.vote_signer = None
            self._effects.signed(vote_signer.last)

    def _answer(self, peer: bytes, height: int, now: Now) -> None:
        """Rule 8: who is behind gets the DECIDED of its height, not too often."""
        if height > 0 and self._answer_limiter.allows(peer, now.monotonic_ms):
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
            case Timer.FETCH:
                pass
            case _:
                assert_never(timer)

    def _upon_resend(self, state: HeightState, now: Now) -> None:
        """Rule 8: what was said in this round and the last one, and where we are, again and again."""
        if self._vote_signer is not None and not self._permission.is_granted:
            self._ask_status()
            self._try_to_vote(state, now)
        recheck_clock(state, now)
        for message in state.own_votes.sent.values():
            self._effects.add(Broadcast(message))
        self._effects.add(Broadcast(self._status(state, b"", b"", now)))
        if self.freshness is not None and now.monotonic_ms >= self._hand_on_ms:
            self._hand_on_ms = now.monotonic_ms + HAND_ON_MS
            self._effects.add(Broadcast(HeadNews(self.freshness.gathered)))
        self._effects.add(SetTimer(Timer.RESEND, now.monotonic_ms + self._settings.timeouts.resend_ms))

    def _upon_peer_joined(self, state: HeightState, peer: bytes, now: Now) -> None:
        """Rule 8 for one peer, at once: a restarted validator need not wait for the next turn."""
        if self._vote_signer is not None and not self._permission.is_granted:
            self._effects.add(Send(peer, StatusRequest(self._vote_signer.signer.key, self._permission.nonce)))
        for message in state.own_votes.sent.values():
            self._effects.add(Send(peer, message))
        self._effects.add(Send(peer, self._status(state, b"", b"", now)))
        if self.freshness is not None:
            self._effects.add(Send(peer, HeadNews(self.freshness.gathered)))

    def _ask_status(self) -> None:
        if self._vote_signer is not None:
            self._effects.add(Broadcast(StatusRequest(self._vote_signer.signer.key, self._permission.nonce)))

    def _status(self, state: HeightState, nonce: bytes, asking: bytes, now: Now) -> Status:
        key, signature, time_ms = b"", b"", max(now.wall_ms, 0)
        if self._vote_signer is not None:
            key = self._vote_signer.signer.key
            message = status_message(self._settings.genesis_hash, nonce, state.round, state.head.hash(), time_ms)
            signature = self._vote_signer.signer.sign(message)
            if self.freshness is not None and not nonce:
                self.freshness.add_statement(key, state.head.hash(), state.round, time_ms, signature)
        heard: tuple[HeardVote, ...] = ()
        for index, member in enumerate(state.validators.members):
            if member.key == asking:
                heard = state.tally.heard_from(index)
        return Status(state.round, nonce, state.head, self.parent_commits.all, key, signature, heard, time_ms)
