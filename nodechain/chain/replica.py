"""One replica of the chain: engine, ledger, pool, body fetching and block sync joined; inputs in, actions out.

The way of a block: a frame becomes `PeerMessage`, the engine asks for `CheckBlock`, `Application.check` executes the
transactions, votes follow (`WriteJournal` before `Send`), `Decide` becomes `StoreBlock`, `BlockStored` starts
the next height. No socket, clock or file here: the driver performs the actions on real ones, the simulator on virtual
ones.
"""

from __future__ import annotations

from collections import deque
from typing import Final, assert_never

from consensus.bodies import Body, is_body_of
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
    PeerJoined,
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
    BlocksResponse,
    BlockTransactions,
    Commit,
    ConsensusMessage,
    HashesPart,
    Prepare,
    Proposal,
    TransferAnswer,
)
from consensus.signing import Signer
from ledger.chain.blocks import Block
from ledger.chain.envelope import Transaction
from ledger.chain.header import CERTIFICATE, Certificate, Header
from ledger.encoding.codec import encode
from ledger.errors import InclusionError, InvalidBlock
from nodechain.chain.actions import (
    Action,
    BlockStored,
    Input,
    NodeStarted,
    PeerMessage,
    PeersChanged,
    StoreBlock,
    TransactionAdmitted,
    TransactionDropped,
    WriteJournal,
)
from nodechain.chain.app import NO_CERTIFICATE, Application
from nodechain.chain.block_answers import UnderWay
from nodechain.chain.evidence_reporter import EvidenceReporter
from nodechain.chain.fetching import Fetching
from nodechain.errors import require_present
from nodechain.mempool.mempool import Mempool

_PASSING: Final = frozenset(
    {
        "bad_nonce",
        "block_full",
        "too_many_of_sender",
        "evidence_waits",
        "reading_too_early",
        "unit_sweeping",
        "request_too_early",
        "applications_paused",
    }
)
"""Reasons for which a transaction may still stand in a later block."""


class Replica:
    """`step` takes one input and returns what to do, in order. `signer` is None for a node that only follows."""

    def __init__(self, app: Application, engine: Engine, mempool: Mempool, signer: Signer | None) -> None:
        self.app = app
        self.engine = engine
        self.mempool = mempool
        self._address = b"" if signer is None else signer.address
        self._evidence_reporter = None if signer is None else EvidenceReporter(signer, app.chain.genesis.identity)
        self._fetching = Fetching(mempool.raw_of)
        self._executed: dict[bytes, Block] = {}
        self._storing: tuple[Block, Certificate] | None = None
        self._actions: list[Action] = []

    @property
    def target(self) -> int:
        """The highest height that is proven to be decided elsewhere; what peers only claim does not count."""
        return self.engine.heads.height

    def resume(self, bodies: tuple[tuple[Header, Body], ...]) -> None:
        """Bodies of blocks that were under way when the node stopped, from its journal."""
        for header, body in bodies:
            self._fetching.keep(header, body)

    def step(self, event: Input, now: Now) -> list[Action]:
        """Take an input."""
        match event:
            case NodeStarted():
                self._start_height(now)
            case TimerFired():
                self._timer_expired(event.timer, now)
            case PeerMessage():
                self._heard(event.peer, event.message, now)
            case PeersChanged():
                for peer in self._fetching.peers_changed(event.peers):
                    self._feed(PeerJoined(peer), now)
            case TransactionAdmitted():
                if event.demanded or self._has_ready(now):
                    self._feed(TransactionsWaiting(), now)
            case BlockStored():
                self._stored(now)
            case _:
                assert_never(event)
        self._actions += self._fetching.alarm(self.app.height, now.monotonic_ms)
        actions, self._actions = self._actions, []
        return actions

    # Heights.

    def _start_height(self, now: Now) -> None:
        unknown = self.app.unknown_upgrade()
        if unknown is not None:
            self._actions.append(unknown)
            return
        if self._evidence_reporter is not None and self._evidence_reporter.has_seen:
            self._evidence_reporter.report(self.mempool, self.app.view(now.wall_ms))
        parent = self.app.parent
        stored = self.app.store.certificate(parent.header.height)
        certificate = None if stored in (None, NO_CERTIFICATE) else CERTIFICATE.decode(stored or b"")
        waiting = self._has_ready(now)
        self._feed(HeightStarted(parent.header, certificate, parent.validators, waiting), now)
        self._take_decided(now)

    def _stored(self, now: Now) -> None:
        block, certificate = require_present(self._storing, "nothing was to be stored")
        self._storing = None
        self.app.advance(block, certificate)
        self.mempool.settle(block.transactions)
        self._drop_unfit_guests(now)
        self._fetching.next_height()
        self._executed.clear()
        self._start_height(now)

    def _has_ready(self, now: Now) -> bool:
        """Whether a transaction waits that a block made now could hold."""
        time_ms = max(now.wall_ms, self.app.parent.header.time_ms + 1)
        return len(self.mempool) > 0 and self.mempool.has_ready(self.app.view(time_ms))

    # The engine.

    def _feed(self, event: Event, now: Now) -> None:
        waiting: deque[Event] = deque([event])
        while waiting:
            for effect in self.engine.step(waiting.popleft(), now):
                following = self._perform(effect, now)
                if following is not None:
                    waiting.append(following)

    def _perform(self, effect: Effect, now: Now) -> Event | None:
        match effect:
            case Persist():
                self._actions.append(self._write(effect))
            case Broadcast() | Send() | SetTimer() | AnswerDecided() | Halt():
                self._actions.append(effect)
            case AskProposal():
                return self._make_block(effect, now)
            case CheckBlock():
                return self._check(effect.header, now)
            case Decide():
                self._storing = (self._executed[effect.header.hash()], effect.certificate)
                self._actions.append(StoreBlock(*self._storing))
            case ForgetBlock():
                self._executed.pop(effect.block_hash, None)
                self._fetching.forget(effect.block_hash)
            case PeerAhead():
                self._fetching.ahead(effect.peer, effect.height)
            case ReportEvidence():
                if self._evidence_reporter is not None:
                    self._evidence_reporter.note(effect.evidence)
                    self._evidence_reporter.report(self.mempool, self.app.view(now.wall_ms))
            case Misbehaved():
                self._actions += self._fetching.penalize(effect.peer, effect.code, now.monotonic_ms)
            case _:
                assert_never(effect)
        return None

    def _write(self, effect: Persist) -> WriteJournal:
        bodies = []
        for block_hash in effect.bodies:
            block = self._executed[block_hash]
            body = Body(block.commits, tuple(transaction.raw for transaction in block.transactions))
            bodies.append((block.header, encode(body)))
        return WriteJournal(tuple(bodies), effect.records, effect.signed, effect.risk, effect.resumed_unsafely)

    def _make_block(self, effect: AskProposal, now: Now) -> ProposalReady | None:
        if self.app.height + 1 != effect.height:
            return None
        block, left_out = self.app.propose(
            self.mempool.pool.candidates(),
            time_ms=max(now.wall_ms, self.app.parent.header.time_ms + 1),
            proposer=self._address,
            verified=self.mempool.verified,
            weight_share=effect.weight_share,
            commits=self.engine.parent_commits.all,
        )
        for transaction, error in left_out:
            self._drop(transaction, error)
        self._executed[block.hash] = block
        return ProposalReady(block.header, effect.round)

    def _drop(self, transaction: Transaction, error: InclusionError) -> None:
        if error.code not in _PASSING:
            self.mempool.pool.remove(transaction.id)
            self._actions.append(TransactionDropped(transaction, error.code))

    def _drop_unfit_guests(self, now: Now) -> None:
        if not self.mempool.pool.guests:
            return
        view = self.app.view(max(now.wall_ms, self.app.parent.header.time_ms + 1))
        for transaction, error in self.mempool.unfit_guests(view):
            self._drop(transaction, error)

    # Blocks of others.

    def _check(self, header: Header, now: Now) -> BlockChecked | None:
        """Execute a block if its body is here, else fetch it."""
        block_hash = header.hash()
        block = self._executed.get(block_hash)
        if block is not None:
            return BlockChecked(block_hash, True, block.weight)
        bare = Body(self.engine.parent_commits.all, ())
        body = bare if is_body_of(header, bare) else self._fetching.body(block_hash)
        if body is None:
            self._actions += self._fetching.want(header, now.monotonic_ms)
            return None
        try:
            block = self.app.check(header, body.transactions, self.mempool.verified, body.commits)
        except InvalidBlock:
            return BlockChecked(block_hash, False, 0)
        self._executed[block_hash] = block
        return BlockChecked(block_hash, True, block.weight)

    def under_way(self, block_hash: bytes) -> UnderWay:
        """What is known of a block that is not decided yet, for peers that ask."""
        return self._executed.get(block_hash) or self._fetching.body(block_hash)

    # Messages.

    def _heard(self, peer: bytes, message: ConsensusMessage | TransferAnswer, now: Now) -> None:
        match message:
            case HashesPart() | BlockTransactions():
                self._complete(*self._fetching.body_part(peer, message, now.monotonic_ms), now)
            case BlocksResponse():
                self._actions += self._fetching.blocks(peer, message, now.monotonic_ms)
                self._take_decided(now)
            case _:
                self._note_holder(peer, message, now)
                self._feed(MessageReceived(peer, message), now)

    def _note_holder(self, peer: bytes, message: ConsensusMessage, now: Now) -> None:
        """A peer that votes for a block, or proposes it, can be asked for its transactions."""
        if isinstance(message, Prepare | Commit):
            self._actions += self._fetching.holds(peer, message.block_hash, now.monotonic_ms)
        elif isinstance(message, Proposal):
            self._actions += self._fetching.holds(peer, message.header.hash(), now.monotonic_ms)

    def _take_decided(self, now: Now) -> None:
        """Hand the engine the next block of a sync answer; it checks the certificate."""
        found = None if self._storing is not None else self._fetching.next_decided(self.app.height)
        if found is not None:
            self._feed(MessageReceived(*found), now)

    def _timer_expired(self, alarm: Timer, now: Now) -> None:
        if alarm is not Timer.FETCH:
            self._feed(TimerFired(Timer(alarm)), now)
            if alarm is Timer.RESEND and self._has_ready(now):
                self._feed(TransactionsWaiting(), now)
            return
        self._complete(*self._fetching.timer_expired(self.app.height, now.monotonic_ms), now)

    def _complete(self, actions: list[Action], header: Header | None, now: Now) -> None:
        """A body may have been completed: then it can be executed."""
        self._actions += actions
        verdict = None if header is None else self._check(header, now)
        if verdict is not None:
            self._feed(verdict, now)
