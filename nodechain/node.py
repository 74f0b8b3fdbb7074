"""A running node: what it owns, and the order in which that starts and stops.

Start: lock, genesis, store (audited), journal, pending transactions, driver and network, then the interface. Stop:
interface, network and driver, pending log, journal, store, lock. One task group owns every task; the first failure ends
all.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from pathlib import Path
from typing import Final

import msgspec

from consensus.bodies import BODY
from consensus.engine import Engine
from consensus.pacing import Intervals
from consensus.recovery import Recovered
from consensus.state import Settings
from ledger.chain.blocks import Block
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction, full_hash_of
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import Event
from ledger.errors import InclusionError, InvalidInput
from ledger.keys.selftest import check_ed25519_verifier
from ledger.sharing.credit_events import MonthSettled
from ledger.sharing.events import SlotSettled, SourcesDiffer
from nodechain.chain.app import Application, audit_rules
from nodechain.chain.decisions import Decisions, TransactionOutcome
from nodechain.chain.driver import Driver
from nodechain.chain.journal_opening import open_journal
from nodechain.chain.peer_messages import ClockComparison, PeerMessages
from nodechain.chain.replica import Replica
from nodechain.chain.safe_mode import SafeMode
from nodechain.chain.serving import Serving
from nodechain.chain.sync_progress import SyncProgress
from nodechain.chain.validator_key import ValidatorKey
from nodechain.clock import Clock, PlayedClock, SystemClock
from nodechain.errors import StorageFailed, UpgradeRequired
from nodechain.files.disk_use import DiskWatch
from nodechain.files.durable_file import make_directory
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.home.lock import HomeLock
from nodechain.journal.journal import Journal
from nodechain.mempool.admission import Admission
from nodechain.mempool.mempool import Mempool
from nodechain.mempool.pending import PendingLog
from nodechain.mempool.verify import Verifier
from nodechain.modules import REGISTRY
from nodechain.network.cards import Cards
from nodechain.network.clock_offset import ClockOffset, Offset
from nodechain.network.directory import Directory
from nodechain.network.identity import load
from nodechain.network.introductions import introduce
from nodechain.network.network import Network, NetworkHooks
from nodechain.process.open_files import peers_share, raise_limit
from nodechain.snapshots.files import SnapshotFolder
from nodechain.snapshots.task import SnapshotTask
from nodechain.store.layout import DATABASE
from nodechain.store.records import History
from nodechain.store.store import Store

log = logging.getLogger("nodechain.node")

UNADVERTISED: Final = "-"


class P2p(msgspec.Struct, frozen=True):
    """Where peers are listened for, and under which address they reach this node if that is another one.

    `advertise` UNADVERTISED: who has no card with an address of this node cannot dial it.
    """

    host: str
    port: int
    advertise: str = ""

    def addresses(self, port: int) -> tuple[str, ...]:
        """What the node's introduction says; `port` is the one that was bound."""
        if self.advertise == UNADVERTISED:
            return ()
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.advertise or f"{host}:{port}",)


class NodeOptions(msgspec.Struct, frozen=True):
    """How to run.

    `archive` keeps every past state; `unsafe_resume` starts a validator whose journal is lost; `standing_clock`: on a
    chain with a simulated clock, time moves only when the player moves it; `p2p`: where to listen for peers, None for
    a node on its own; `verify_workers`: processes for the signatures of large batches; `snapshot_every`: heights
    between two snapshots, 0 for none.
    """

    archive: bool = False
    unsafe_resume: bool = False
    standing_clock: bool = False
    p2p: P2p | None = None
    verify_workers: int = 0
    snapshot_every: int = 0


class Counted(msgspec.Struct):
    """What happened since the node started, for its metrics."""

    blocks: int = 0
    transactions: int = 0
    refused: int = 0
    commit_ms: int = 0
    runs: int = 0
    corrections: int = 0
    substituted: int = 0
    differences: int = 0

    def take(self, event: Event) -> None:
        """What operators of shared energy look at: runs, substitutes in them, sources that differ."""
        match event:
            case SlotSettled() | MonthSettled():
                self.runs += 1
                self.corrections += event.run > 1
                self.substituted += event.substituted
            case SourcesDiffer():
                self.differences += 1


DEFAULT_OPTIONS: Final = NodeOptions()


class Node:
    """A validator's node, or with `key` None one that follows. Made by `Node.open`; `run` until cancelled; `close`."""

    def __init__(
        self,
        home: Home,
        lock: HomeLock,
        app: Application,
        journal: tuple[Journal | None, Recovered],
        key: ValidatorKey | None,
        options: NodeOptions,
    ) -> None:
        genesis = app.chain.genesis
        self.home = home
        self.app = app
        self.genesis = genesis
        self.chain_id = genesis.chain_id
        self.mempool = Mempool(REGISTRY)
        self.decisions = Decisions()
        self.counted = Counted()
        self.clock = _clock_for(app, standing=options.standing_clock)
        self.key = key
        self.p2p_port = 0
        self._max_peers = peers_share(raise_limit())
        self._lock = lock
        self._options = options
        self._journal, recovered = journal
        self.engine = Engine(settings_of(genesis), key, recovered, secrets.token_bytes(32))
        self.replica = Replica(app, self.engine, self.mempool, key)
        self.replica.resume(tuple((header, BODY.decode(data)) for header, data in recovered.bodies))
        self.admission = Admission(
            self.mempool, Verifier(genesis.hash, options.verify_workers), self.view, self._admitted
        )
        self._messages = PeerMessages()
        self.network = self._make_network()
        self._serving = Serving(app.store, self.replica.under_way, self.network.table, self.clock)
        self._driver = Driver(
            self.replica, self._journal, self.clock, self.network, self._serving,
            decided=self._decided, dropped=self._dropped,
        )  # fmt: skip
        self._progress = SyncProgress(self.clock)
        self.disk = DiskWatch(home.data / DATABASE)
        self.clock_offset = ClockOffset(genesis.drift_ms)
        self._clocks = ClockComparison(self.clock_offset, self.network, app, key, self.clock)
        self._messages.connect(self._driver, self._serving, self.network, self._clocks)
        self.snapshots = SnapshotTask(SnapshotFolder(home.snapshots), app.store, genesis, options.snapshot_every)
        self._view: Context | None = None
        if key is not None and app.parent.validators.by_address(key.address) is None:
            log.warning("this key is in no validator set as yet: the node follows, and votes once voters have added it")
        self._pending, kept = PendingLog.open(home.pending, self._waiting_bytes)
        self._restore(kept)

    @classmethod
    def open(cls, path: Path, key: ValidatorKey | None, options: NodeOptions = DEFAULT_OPTIONS) -> Node:
        """Open a home that `init` made. Raises a `NodeError` with advice: locked, damaged, wrong chain, disk."""
        check_ed25519_verifier()
        home = Home(path)
        home.require_initialised()
        lock = HomeLock(home.lock)
        try:
            genesis = read_genesis(home.genesis)
            store = Store.open(home.data, history=History(archive=options.archive), rules=audit_rules(genesis))
            try:
                app = Application(genesis, store)
                require_known_rules(app)
                journal = open_journal(home, app, key, unsafe_resume=options.unsafe_resume)
                return cls(home, lock, app, journal, key, options)
            except BaseException:
                store.close()
                raise
        except BaseException:
            lock.release()
            raise

    def _make_network(self) -> Network:
        make_directory(self.home.peers)
        identity = load(self.home.node)
        cards = Cards(self.home.peers, self.chain_id)
        validators = self.app.parent.validators
        file = self.home.peers / "introductions"
        directory = Directory(identity, cards, file, self.genesis.identity, validators, self.clock)
        hooks = NetworkHooks(
            heard=self._messages.heard,
            asked=self._messages.asked,
            peers_changed=self._messages.peers_changed,
            offer=self.admission.offer,
            raw_of=self.mempool.raw_of,
            waiting=lambda: [transaction.full_hash for transaction in self.mempool.pool.transactions()],
            height=lambda: self.app.height,
        )
        network = Network(identity, directory, self.genesis.hash, self.clock, hooks, max_open=self._max_peers)
        p2p = self._options.p2p
        if p2p is not None:
            self.p2p_port = network.listen(p2p.host, p2p.port)
            if self.key is not None:
                addresses = p2p.addresses(self.p2p_port)
                sequence = max(self.clock.wall_ms(), directory.sequence + 1)
                network.introduce(introduce(self.key, self.genesis.identity, identity.certificate, addresses, sequence))
        return network

    def close(self) -> None:
        """Release what the node holds, in the reverse order of opening."""
        try:
            self._pending.close()
        except StorageFailed as error:
            log.warning("pending transactions could not be rewritten: %s", error)
        self.admission.close()
        if self._journal is not None:
            self._journal.close()
        self.app.store.close()
        self._lock.release()

    async def run(self) -> None:
        """Make blocks until cancelled; raises what ended it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pending.run(), name="pending")
            tasks.create_task(self.admission.run(), name="admission")
            tasks.create_task(self._driver.run(), name="driver")
            tasks.create_task(self.snapshots.run(), name="snapshots")
            tasks.create_task(self._serving.run(), name="serving")
            if self._options.p2p is not None:
                tasks.create_task(self.network.run(), name="network")

    @property
    def safe_mode(self) -> SafeMode | None:
        """Why this validator signs nothing for now, and until when; None if it is not in safe mode."""
        risk = self.engine.risk
        return None if risk is None else SafeMode(risk, self.engine.leaves_safe_mode_at)

    @property
    def offset(self) -> Offset | None:
        """How this machine's clock stands to those of the others; None on a chain with a simulated clock."""
        return self._clocks.offset

    @property
    def behind(self) -> int:
        """Blocks that others have and this node has not."""
        return max(self.replica.target - self.app.height, 0)

    def view(self) -> Context:
        """The head as the next block would see it, kept until the next block."""
        if self._view is None:
            # As the next block: a block that came from a clock ahead of ours binds it.
            self._view = self.app.view(max(self.clock.wall_ms(), self.app.parent.header.time_ms + 1))
        return self._view

    async def submit(self, raw: bytes) -> Transaction:
        """Admit, and return when the transaction will survive a restart of this node."""
        transaction = await self.admission.submit(raw, self._of_own_user)
        await self._pending.keep(raw)
        return transaction

    async def submit_and_wait(self, raw: bytes, timeout_s: float) -> tuple[Transaction, TransactionOutcome | None]:
        """Admit and wait for the decision; None when it did not come in time (it may still).

        What waits here already, bytes and all, is waited for.
        """
        waiters: list[asyncio.Future[TransactionOutcome]] = []

        def expect(transaction: Transaction) -> None:
            self._of_own_user(transaction)
            waiters.append(self.decisions.expect(transaction.id))

        transaction = self.mempool.pool.by_full_hash(full_hash_of(raw))
        if transaction is not None:
            waiters.append(self.decisions.expect(transaction.id))
        else:
            transaction = await self.admission.submit(raw, expect)
        (waiter,) = waiters
        try:
            return transaction, await asyncio.wait_for(waiter, timeout_s)
        except TimeoutError:
            await self._pending.keep(raw)
            return transaction, None
        finally:
            self.decisions.forget(transaction.id, waiter)

    def _of_own_user(self, transaction: Transaction) -> None:
        self.network.admitted(transaction.full_hash)

    def _admitted(self, _transaction: Transaction) -> None:
        self._driver.transactions_wait()

    def clock_moved(self) -> None:
        """What the next block sees is another time, at which the head is still the newest."""
        self._view = None
        self._driver.repeat()

    def make_block_now(self) -> None:
        """Ask for a block though nothing is due (dev and demo)."""
        self._driver.make_block()

    def _decided(self, block: Block) -> None:
        self._view = None
        self.counted.blocks += 1
        self.counted.transactions += len(block.transactions)
        self.counted.refused += sum(not receipt.applied for receipt in block.executed.receipts)
        self.counted.commit_ms += self._driver.last_commit_ms
        for receipt in block.executed.receipts:
            for event in receipt.events:
                self.counted.take(event)
        self.decisions.block_stored(block)
        self.network.set_validators(block.executed.validators)
        self._progress.reached(block.header.height, self.replica.target)
        self.snapshots.reached(block.header.height)
        log.info(
            "block decided",
            extra={"height": block.header.height, "transactions": len(block.transactions), "hash": block.hash.hex()},
        )

    def _dropped(self, transaction: Transaction, code: str) -> None:
        log.info("transaction dropped", extra={"id": transaction.id.hex(), "code": code})
        self.decisions.dropped(transaction.id, code)

    def _waiting_bytes(self) -> list[bytes]:
        return [transaction.raw for transaction in self.mempool.pool.transactions()]

    def _restore(self, kept: tuple[bytes, ...]) -> None:
        for raw in kept:
            try:
                self.mempool.admit(raw, self.view())
            except (InvalidInput, InclusionError) as error:
                log.debug("a pending transaction is not taken up again: %s", error)


def require_known_rules(app: Application) -> None:
    """Raise `UpgradeRequired` where the stored chain goes on under rules that this program does not know."""
    unknown = app.unknown_upgrade()
    if unknown is not None:
        raise UpgradeRequired(unknown.height, unknown.version, app.chain.registry.newest, unknown.release)


def settings_of(genesis: Genesis) -> Settings:
    """What consensus takes from a genesis."""
    return Settings(
        genesis.hash,
        ConsensusMode(genesis.mode),
        Intervals(genesis.min_interval_ms, genesis.heartbeat_ms),
        genesis.drift_ms,
        genesis.block_weight,
    )


def _clock_for(app: Application, *, standing: bool) -> Clock:
    """Real time, or on a simulated chain a played clock: from the head, or from now where it runs."""
    system = SystemClock()
    if not app.chain.genesis.simulated_clock:
        return system
    head_ms = app.parent.header.time_ms
    return PlayedClock(head_ms if standing else max(head_ms, system.wall_ms()), standing=standing)
