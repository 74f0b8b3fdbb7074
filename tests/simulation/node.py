"""One simulated node: the real replica, journal and store logic on a virtual disk, and how it dies and comes back."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from consensus.bodies import BODY
from consensus.engine import Engine
from consensus.events import AnswerDecided, Broadcast, Halt, Misbehaved, Now, Send, SetTimer, Timer, TimerFired
from consensus.messages import BlocksRequest, Message, TransferRequest
from consensus.pacing import Intervals, Timeouts
from consensus.recovery import Recovered
from consensus.signing import DoubleSignRisk
from consensus.state import Settings
from harness.chain import secret
from ledger.chain.blocks import Block
from ledger.chain.envelope import Transaction
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import Certificate, Header
from ledger.errors import InclusionError, InvalidInput
from nodechain.chain.actions import (
    Action,
    BlockStored,
    Input,
    NodeStarted,
    PeerMessage,
    PeersChanged,
    StopForUpgrade,
    StoreBlock,
    TransactionAdmitted,
    TransactionDropped,
    WriteJournal,
)
from nodechain.chain.app import Application
from nodechain.chain.block_answers import DecidedRequest, Request, answer_to
from nodechain.chain.replica import Replica
from nodechain.chain.validator_key import ValidatorKey
from nodechain.files.slot_file import SlotFile
from nodechain.journal.files import Files
from nodechain.journal.journal import Journal
from nodechain.mempool.mempool import Mempool
from nodechain.modules import REGISTRY
from nodechain.store.database import Database
from nodechain.store.head_file import HeadFile
from nodechain.store.inspection import StoreFound
from nodechain.store.records import History
from nodechain.store.store import Store as BlockStore
from tests.simulation.disk import Power, PowerCut, VirtualDatabase, VirtualDisk

if TYPE_CHECKING:
    from tests.simulation.world import World

Backup = tuple[dict[Path, bytes], VirtualDatabase, int]
FILES = Files(Path("sign-state"), Path("wal"))
HEAD = Path("head")


def settings_of(genesis: Genesis, timeouts: Timeouts) -> Settings:
    """What the engine takes from a genesis."""
    return Settings(
        genesis.hash,
        ConsensusMode(genesis.mode),
        Intervals(genesis.min_interval_ms, genesis.heartbeat_ms),
        genesis.drift_ms,
        genesis.block_weight,
        timeouts,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A peer wants something of the store."""

    peer: bytes
    request: TransferRequest


class Weighed(Application):
    """Counts the weight that it executes."""

    def __init__(self, genesis: Genesis, store: BlockStore, node: Node) -> None:
        super().__init__(genesis, store)
        self._node = node

    def propose(self, *arguments: Any, **named: Any) -> tuple[Block, list[tuple[Transaction, InclusionError]]]:
        """See `Application`."""
        made = super().propose(*arguments, **named)
        self._node.count_weight(made[0].weight)
        return made

    def check(
        self,
        header: Header,
        raw_transactions: Sequence[bytes],
        verified: Container[bytes],
        commits: Certificate | None = None,
    ) -> Block:
        """See `Application`."""
        block = super().check(header, raw_transactions, verified, commits)
        self._node.count_weight(block.weight)
        return block


class Node:
    """`name` is also what peers call it; `skew_ms` how wrong its clock is."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.peer = name.encode()
        self.key = ValidatorKey(secret(name))
        self.power = Power()
        self.disk = VirtualDisk(self.power)
        self.database = VirtualDatabase(self.power)
        self.skew_ms = 0
        self.boots = 0
        self.halted = ""
        self.is_up = False
        self.paused = False
        self.wiped = False
        self.forgot_heights = range(0)
        self._inputs: deque[Input | _Asked] = deque()
        self._is_busy = False
        self._risk: DoubleSignRisk | None = None
        self.safe_modes = 0
        self.ms_per_weight = 0.0
        self._executed_weight = 0
        self._format()

    def _format(self) -> None:
        """What `nodechain init` does."""
        Journal.create(FILES, disk=self.disk).close()
        SlotFile.create(HEAD, b"", disk=self.disk)

    # Life and death.

    def start(self) -> None:
        """Open what the disk holds, and run."""
        self.power.restore()
        self.boots += 1
        if self.boots > 1:
            self.world.note(f"{self.name} starts again")
        self.is_up, self.paused = True, False
        self._is_busy = False
        self._inputs.clear()
        self.database = self.database.reopened()
        head_file = HeadFile(SlotFile.open(HEAD, disk=self.disk))
        filed = head_file.filed
        found = StoreFound(True, 0 if filed is None else filed.sequence)
        self.store = BlockStore(cast(Database, self.database), head_file, History(), found)
        self.store._check(None)
        self.app = Weighed(self.world.genesis, self.store, self)
        self.journal, recovered = Journal.open_or_begin_anew(FILES, self.app.height, self.disk)
        self.replica = self._replica(recovered)
        self.run(PeersChanged(self.world.peers_of(self)))
        self.run(NodeStarted())

    def _replica(self, recovered: Recovered) -> Replica:
        nonce = hashlib.sha256(f"{self.world.seed}{self.name}{self.boots}".encode()).digest()
        settings = settings_of(self.world.genesis, self.world.timeouts)
        engine = Engine(settings, self.key, recovered, nonce)
        replica = Replica(self.app, engine, Mempool(REGISTRY), self.key)
        replica.resume(tuple((header, BODY.decode(data)) for header, data in recovered.bodies))
        return replica

    def crash(self) -> None:
        """The power goes."""
        if self.is_up:
            self.is_up = False
            self.world.note(f"{self.name} loses power")
            self.disk.power_cut(self.world.rng)
            self.world.log(self, "crash", "")

    def wipe(self) -> None:
        """Everything but the key is lost."""
        self.wiped = True
        self.is_up = False
        self.world.note(f"{self.name} has lost its disk")
        self.world.checks.lost_disk(self)
        self.disk = VirtualDisk(self.power)
        self.database = VirtualDatabase(self.power)
        self.power.restore()
        self._format()

    def resume_unsafely(self) -> None:
        """What `nodechain validate --unsafe-resume` does to the journal."""
        height = self.app.height if next(self.database.iterate(b"", None), None) else 0
        Journal.resume_unsafely(FILES, height, self.disk)[0].close()

    def backup(self) -> Backup:
        """A copy of everything that is on the disk, and the height of its head."""
        return self.disk.copy(), self.database.snapshot(), self.app.height

    def restore(self, backup: Backup) -> None:
        """Put an old copy back."""
        self.wiped = True
        self.is_up = False
        self.world.note(f"{self.name} has an old backup, of height {backup[2]}")
        self.world.checks.lost_disk(self)
        # Where nobody that answers has heard what it said after the backup, nothing can tell it: until those heights
        # are over it counts as a faulty one.
        self.forgot_heights = range(backup[2] + 1, self.world.highest_head() + 2)
        self.power.restore()
        self.disk = VirtualDisk(self.power)
        self.disk.durable = dict(backup[0])
        self.database = backup[1].with_power(self.power)

    # Inputs and actions.

    def count_weight(self, weight: int) -> None:
        """Work for a slow machine."""
        self._executed_weight += weight

    def now(self) -> Now:
        return Now(self.world.now_ms, self.world.genesis.time_ms + self.world.now_ms + self.skew_ms)

    def run(self, event: Input | _Asked) -> None:
        """Hand an input to the replica and perform what it asks for."""
        self._inputs.append(event)
        if not self._is_busy:
            self._work()

    def _work(self) -> None:
        """Inputs one after the other; executing a block takes its time, if this machine is slow."""
        self._is_busy = True
        try:
            while self._inputs and self.is_up and not self.halted:
                following = self._inputs.popleft()
                if isinstance(following, _Asked):
                    self._answer(following.peer, following.request)
                    continue
                actions = self.replica.step(following, self.now())
                self._note_safe_mode()
                cost_ms, self._executed_weight = self._executed_weight * self.ms_per_weight, 0
                if cost_ms:
                    self.world.after(int(cost_ms), partial(self._go_on, self.boots, actions))
                    return
                self._perform_all(actions)
        except PowerCut:
            self.crash()
            self.world.restart_later(self)
        self._is_busy = False
        if not self.is_up:
            self._inputs.clear()

    def _go_on(self, boots: int, actions: list[Action]) -> None:
        """The block is executed."""
        if boots == self.boots and self.is_up:
            try:
                self._perform_all(actions)
            except PowerCut:
                self.crash()
                self.world.restart_later(self)
            self._work()

    def _note_safe_mode(self) -> None:
        risk = self.replica.engine.risk
        if risk is not self._risk:
            self._risk = risk
            self.safe_modes += risk is not None
            self.world.note(f"{self.name} {'left safe mode' if risk is None else f'in safe mode: {risk.value}'}")

    def _perform_all(self, actions: list[Action]) -> None:
        for action in actions:
            self._perform(action)

    def _perform(self, action: Action) -> None:
        match action:
            case WriteJournal():
                self.world.checks.writes(self, action)
                self.journal.persist(
                    action.bodies, action.records, action.signed, action.risk, resumed_unsafely=action.resumed_unsafely
                )
            case StoreBlock():
                self._store(action.block, action.certificate)
            case Send():
                self.world.send(self, action.peer, action.message)
            case AnswerDecided():
                self._answer(action.peer, DecidedRequest(action.height))
            case Broadcast():
                self.world.checks.said(self, action.message)
                for peer in self.world.peers_of(self):
                    self.world.send(self, peer, action.message)
            case SetTimer():
                self.world.set_alarm(self, action.timer, action.at_ms)
            case Halt():
                self.halted = action.reason
                self.world.checks.stopped(self, action)
            case StopForUpgrade():
                self.world.checks.stopped(self, Halt("upgrade_required", f"version {action.version} is not known"))
            case Misbehaved():
                self.world.checks.blamed(self, action)
            case TransactionDropped():
                pass

    def _store(self, block: Block, certificate: Certificate) -> None:
        self.world.checks.decided(self, block, certificate)
        self.app.commit(block, certificate)
        self.world.checks.stored(self, block)
        self.world.log(self, "decides", f"height {block.header.height} round {certificate.round}")
        self.run(BlockStored())

    def timer_expired(self, alarm: Timer) -> None:
        self.run(TimerFired(alarm))

    def heard(self, peer: bytes, message: Message) -> None:
        self.run(_Asked(peer, message) if isinstance(message, TransferRequest) else PeerMessage(peer, message))

    def _answer(self, peer: bytes, request: Request) -> None:
        """What `nodechain.chain.serving` does in a thread."""
        block = None if isinstance(request, BlocksRequest | DecidedRequest) else request.block_hash
        answer = answer_to(self.app.store, None if block is None else self.replica.under_way(block), request)
        if answer is not None:
            self.world.send(self, peer, answer.message)

    def submit(self, raw: bytes) -> bool:
        """What the interface does with a transaction; whether it waits now."""
        if not self.is_up or self.paused or self.halted:
            return False
        try:
            self.replica.mempool.admit(raw, self.app.view(self.now().wall_ms))
        except (InvalidInput, InclusionError):
            return False
        self.run(TransactionAdmitted())
        return True
