"""A running node: what it owns, and the order in which that starts and stops.

Start: lock, genesis, store (audited), journal, pending transactions, driver, then the interface. Stop: interface,
driver, pending log, journal, store, lock. One task group owns every task; the first failure ends all.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from consensus.bodies import BODY
from consensus.engine import EMPTY_MEMORY, Engine
from consensus.pacing import Intervals
from consensus.records import SignRecord, Step
from consensus.recovery import Memory
from consensus.state import Settings
from ledger.blocks import Block
from ledger.context import Context
from ledger.errors import InclusionError, InvalidInput
from ledger.genesis import GENESIS, ConsensusMode, Genesis
from ledger.selftest import check_ed25519_verifier
from ledger.transactions.envelope import Transaction
from nodechain.app import REGISTRY, Application, audit_rules
from nodechain.clock import Clock, PlayedClock, SystemClock
from nodechain.decisions import Decision, Decisions
from nodechain.driver import Driver
from nodechain.errors import DataDamaged, StorageFailed, UsageError
from nodechain.home import Home
from nodechain.journal.journal import Journal
from nodechain.lock import HomeLock
from nodechain.mempool import Mempool
from nodechain.pending import PendingLog
from nodechain.replica import Replica
from nodechain.store.records import History
from nodechain.store.store import Store
from nodechain.validator_key import ValidatorKey

log = logging.getLogger("nodechain.node")


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """How to run.

    `archive` keeps every past state; `unsafe_resume` starts a validator whose journal is lost; `standing_clock`: on a
    chain with a simulated clock, time moves only when the player moves it.
    """

    archive: bool = False
    unsafe_resume: bool = False
    standing_clock: bool = False


@dataclass(slots=True)
class Counted:
    """What happened since the node started, for its metrics."""

    blocks: int = 0
    transactions: int = 0
    refused: int = 0
    commit_ms: int = 0


DEFAULT_OPTIONS: Final = NodeOptions()


class Node:
    """A validator's node. Made by `Node.open`; `run` until cancelled; then `close`."""

    def __init__(
        self,
        home: Home,
        lock: HomeLock,
        app: Application,
        journal: tuple[Journal, Memory],
        key: ValidatorKey,
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
        self._lock = lock
        self.key = key
        self._journal, memory = journal
        self._engine = Engine(settings_of(genesis), key, memory, secrets.token_bytes(32))
        replica = Replica(app, self._engine, self.mempool, key)
        replica.resume(tuple((header, BODY.decode(data)) for header, data in memory.bodies))
        self._driver = Driver(replica, self._journal, self.clock, decided=self._decided, dropped=self._dropped)
        self._view: Context | None = None
        self._pending, kept = PendingLog.open(home.path / "journal" / "pending", self._waiting_bytes)
        self._restore(kept)

    @classmethod
    def open(cls, path: Path, key: ValidatorKey, options: NodeOptions = DEFAULT_OPTIONS) -> Node:
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
                _require_alone(app, key)
                journal = _open_journal(home, app.height, unsafe_resume=options.unsafe_resume)
                return cls(home, lock, app, journal, key, options)
            except BaseException:
                store.close()
                raise
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Release what the node holds, in the reverse order of opening."""
        try:
            self._pending.close()
        except StorageFailed as error:
            log.warning("pending transactions could not be rewritten: %s", error)
        self._journal.close()
        self.app.store.close()
        self._lock.release()

    async def run(self) -> None:
        """Make blocks until cancelled; raises what ended it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pending.run(), name="pending")
            tasks.create_task(self._driver.run(), name="driver")

    def view(self) -> Context:
        """The head as the next block would see it, kept until the next block."""
        if self._view is None:
            self._view = self.app.view(self.clock.wall_ms())
        return self._view

    def admit(self, raw: bytes) -> Transaction:
        """Check a transaction and let it wait for a block; raises `InvalidInput` or `InclusionError`."""
        transaction = self.mempool.admit(raw, self.view())
        self._driver.transactions_wait()
        return transaction

    async def submit(self, raw: bytes) -> Transaction:
        """Admit, and return when the transaction will survive a restart of this node."""
        transaction = self.admit(raw)
        await self._pending.keep(raw)
        return transaction

    async def submit_and_wait(self, raw: bytes, timeout_s: float) -> tuple[Transaction, Decision | None]:
        """Admit and wait for the decision; None when it did not come in time (it may still)."""
        transaction = self.admit(raw)
        waiter = self.decisions.expect(transaction.id)
        try:
            return transaction, await asyncio.wait_for(waiter, timeout_s)
        except TimeoutError:
            await self._pending.keep(raw)
            return transaction, None
        finally:
            self.decisions.forget(transaction.id, waiter)

    def forget_view(self) -> None:
        """The clock was moved: what the next block sees is another time."""
        self._view = None

    def make_block_now(self) -> None:
        """Ask for a block without waiting for the idle interval (dev and demo)."""
        self._driver.transactions_wait()

    def _decided(self, block: Block) -> None:
        self._view = None
        self.counted.blocks += 1
        self.counted.transactions += len(block.transactions)
        self.counted.refused += sum(not receipt.applied for receipt in block.executed.receipts)
        self.counted.commit_ms += self._driver.last_commit_ms
        self.decisions.block_stored(block)
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


def settings_of(genesis: Genesis) -> Settings:
    """What consensus takes from a genesis."""
    return Settings(
        genesis.chain_id,
        ConsensusMode(genesis.mode),
        Intervals(genesis.min_interval_ms, genesis.idle_interval_ms),
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


def read_genesis(path: Path) -> Genesis:
    """The genesis of a home; raises `DataDamaged` if it cannot be read."""
    try:
        return GENESIS.decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", code="no_genesis") from error
    except InvalidInput as error:
        raise DataDamaged(
            f"{path} is no genesis: {error.detail}",
            code="bad_genesis",
            advice="Get the chain's genesis file again from another member and compare the chain id.",
        ) from error


def _open_journal(home: Home, height: int, *, unsafe_resume: bool) -> tuple[Journal, Memory]:
    """The journal of a validator that decides alone: nobody could tell it what it has forgotten, so any doubt stops."""
    files = home.journal_files
    if unsafe_resume:
        log.warning("unsafe resume: the journal is written anew; never run this key twice")
        signed = SignRecord(height, 0, int(Step.APPLIED), bytes(32))
        return Journal.create(files, signed), Memory(signed, None, (), None, overruled=True)
    if height == 0 and not files.sign_state.exists() and not files.wal.exists():
        return Journal.create(files), EMPTY_MEMORY
    journal, memory = Journal.open(files, height)
    if memory.doubt is not None or memory.last.height > height + 1:
        journal.close()
        older = "journal" if memory.last.height < height else "chain"
        raise DataDamaged(
            f"the head is at height {height}, the sign-state at {memory.last.height}: the {older} is an older copy",
            code="restored_backup",
            advice="Put the newer copy back. A single validator that has lost it for good and whose key runs nowhere "
            "else may start with `nodechain validate --unsafe-resume`.",
        )
    return journal, memory


def _require_alone(app: Application, key: ValidatorKey) -> None:
    members = app.parent.validators.members
    if len(members) != 1 or members[0].address != key.address:
        raise UsageError(
            "the validator set does not consist of this validator alone",
            code="not_alone",
            advice="This version has no network yet and runs chains with one validator; see Limits in the README.",
        )
