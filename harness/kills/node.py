"""A node that is killed at random moments under load, and the check that nothing was lost or doubled."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

from harness.load import AMOUNT, Client, Told
from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import BANK_SECTION
from ledger.chain.envelope import Transaction
from ledger.state.overlay import State
from nodechain.modules import REGISTRY

PAIRS = (("alice", "bob"), ("bob", "carol"), ("carol", "dave"), ("dave", "alice"))


class Killing:
    """A home, its clients, and a node that is killed and started again."""

    def __init__(self, folder: Path, seed: int, *, forked: bool = False) -> None:
        """`forked`: as `harness.processes.started` has it."""
        print(f"seed {seed}")
        self._forked = forked
        self.random = random.Random(seed)
        self.home = HomeFixture(folder / "home")
        self.environment = {
            "NODECHAIN_HOME": str(self.home.path),
            "NODECHAIN_PASSWORD_FILE": str(password_file(folder)),
        }
        self.clients = [Client(self.home, sender, to, folder / f"{sender}.log") for sender, to in PAIRS]
        self.recoveries_s: list[float] = []

    def start(self) -> NodeProcess:
        """Start the node and tell the clients where it is."""
        started = time.monotonic()
        node = NodeProcess(
            ["validate", "--api-port", "0", "--log-level", "error"], self.environment, forked=self._forked
        )
        url = node.url
        self.recoveries_s.append(time.monotonic() - started)
        for client in self.clients:
            client.point_at(url)
        return node

    def play(self, kills: int) -> None:
        """Kill so many times at random moments, then let everything be decided."""
        node = self.start()
        for client in self.clients:
            client.start()
        for _ in range(kills):
            self._pause(self.random.uniform(0.0, 0.6))
            node.process.send_signal(signal.SIGKILL)
            assert node.wait() == -signal.SIGKILL
            if self.random.random() < 0.25:
                self.kill_while_starting()
            node = self.start()
        self._pause(0.5)
        for client in self.clients:
            client.stop()
        assert node.stop() == 0

    @staticmethod
    def _pause(seconds: float) -> None:
        """Not to wait for something: the moment of a kill is random."""
        threading.Event().wait(seconds)

    def kill_while_starting(self) -> None:
        """A start that is killed before it serves."""
        node = NodeProcess(["validate", "--api-port", "0"], self.environment, forked=self._forked)
        self._pause(self.random.uniform(0.05, 0.5))
        node.process.send_signal(signal.SIGKILL)
        node.wait()

    @property
    def told(self) -> list[Told]:
        """Everything that any client was told."""
        return [told for client in self.clients for told in client.told]


def check_nothing_lost_or_doubled(killing: Killing) -> None:
    """Compare the clients' logs with the chain."""
    node = killing.home.open()
    try:
        store = node.app.store
        places: Counter[str] = Counter()
        applied: Counter[bytes] = Counter()
        for height in range(node.app.height + 1):
            block = store.block(height)
            assert block is not None
            receipts = [REGISTRY.receipts.decode_trusted(data) for data in store.receipts(height)]
            for raw, receipt in zip(block.transactions, receipts[1:], strict=True):
                transaction = Transaction(raw)
                places[transaction.id.hex()] += 1
                applied[transaction.sender] += receipt.applied
            for client in killing.clients:
                assert client.hashes.get(height, set()) <= {block.block_hash.hex()}
        assert set(places.values()) <= {1}
        waiting = {transaction.id.hex() for transaction in node.mempool.pool.transactions()}
        for told in killing.told:
            if told.height is None:
                assert told.identity in places or told.identity in waiting, "kept by promise, and gone"
                continue
            location = store.location(bytes.fromhex(told.identity))
            assert location is not None, "acknowledged, and gone"
            assert location.height == told.height
            assert told.code == ""
        state = State(store)
        start = {entry.address: entry.amount for entry in BANK_SECTION.of(killing.home.genesis).balances}
        for sender, recipient in PAIRS:
            mine, given = killing.home.address(sender), next(a for a, b in PAIRS if b == sender)
            expected = start[mine] + AMOUNT * (applied[killing.home.address(given)] - applied[mine])
            assert balance(state, mine, CURRENCY_ASSET).available == expected
            assert recipient != sender
    finally:
        node.close()
