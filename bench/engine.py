"""The consensus engine alone: `python -m bench.engine [--heights 60] [--rounds 5]`.

n engines in one process, real signatures, messages handed over as values; no ledger, no disk, no network: every block
is valid at once. Per size: the CPU of one height over all engines, of one engine, and messages taken a second.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections import deque
from statistics import median

import msgspec

from consensus.engine import Engine
from consensus.events import (
    AskProposal,
    BlockChecked,
    Broadcast,
    CheckBlock,
    Decide,
    Event,
    HeightStarted,
    MessageReceived,
    Now,
    ProposalReady,
    Send,
    Timer,
    TimerFired,
)
from consensus.messages import ConsensusMessage
from consensus.pacing import Intervals
from consensus.recovery import NOTHING_RECOVERED
from consensus.state import Settings
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Header
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet
from ledger.keys.crypto import Ed25519SecretKey, sha256
from nodechain.chain.validator_key import ValidatorKey

CHAIN = "bench-00000000"
GENESIS_HASH = bytes(32)
ROOT = bytes(32)


class Cluster:
    """Engines that hear each other at once, in the order in which things are said."""

    def __init__(self, count: int, mode: ConsensusMode) -> None:
        keys = [ValidatorKey(Ed25519SecretKey(sha256(bytes([place])))) for place in range(count)]
        self.keys = sorted(keys, key=lambda key: key.address)
        members = (ValidatorInfo(key.address, key.key, 1, bytes(20), "") for key in self.keys)
        self.validators = ValidatorSet(tuple(members))
        settings = Settings(GENESIS_HASH, mode, Intervals(0, 1_000), 2_000, 1_000)
        self.engines = [Engine(settings, key, NOTHING_RECOVERED, sha256(key.key)) for key in self.keys]
        self.head = Header(1, 1, CHAIN, 0, ROOT, 1, bytes(20), ROOT, ROOT, ROOT, ROOT, ROOT, ROOT, 0, ROOT, 1)
        self.now_ms = 1_000
        self.messages = 0
        self.decided = 0
        self._queue: deque[tuple[int, Event]] = deque()
        self._start()

    def _start(self) -> None:
        for index in range(len(self.engines)):
            self._queue.append((index, HeightStarted(self.head, None, self.validators, False)))
        self._run()

    def height(self) -> None:
        """One height, decided by all."""
        self.now_ms += 1_000
        self.decided = 0
        for index in range(len(self.engines)):
            self._queue.append((index, TimerFired(Timer.PROPOSE)))
        self._run()
        if self.decided != len(self.engines):
            raise SystemExit(f"{self.decided} of {len(self.engines)} engines decided")
        self._start()

    def _run(self) -> None:
        now = Now(self.now_ms, self.now_ms)
        while self._queue:
            index, event = self._queue.popleft()
            self.messages += isinstance(event, MessageReceived)
            for effect in self.engines[index].step(event, now):
                match effect:
                    case Broadcast():
                        heard = MessageReceived(index.to_bytes(2, "big"), effect.message)
                        self._queue.extend((other, heard) for other in range(len(self.engines)) if other != index)
                    case Send(peer=peer, message=message) if isinstance(message, ConsensusMessage):
                        heard = MessageReceived(index.to_bytes(2, "big"), message)
                        self._queue.append((int.from_bytes(peer, "big"), heard))
                    case AskProposal():
                        self._queue.append((index, ProposalReady(self._block(index), effect.round)))
                    case CheckBlock():
                        self._queue.append((index, BlockChecked(effect.header.hash(), True, 0)))
                    case Decide():
                        self.decided += 1
                        self.head = effect.header
                    case _:
                        pass

    def _block(self, index: int) -> Header:
        return msgspec.structs.replace(
            self.head,
            height=self.head.height + 1,
            parent=self.head.hash(),
            time_ms=self.head.time_ms + 1,
            proposer=self.keys[index].address,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heights", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    for mode in (ConsensusMode.PBFT, ConsensusMode.POA):
        for count in (1, 4, 7, 10, 16):
            cluster = Cluster(count, mode)
            runs, messages = [], 0
            for _ in range(options.rounds):
                before, cluster.messages = time.process_time(), 0
                for _ in range(options.heights):
                    cluster.height()
                runs.append((time.process_time() - before) / options.heights)
                messages = cluster.messages // options.heights
            cpu = median(runs)
            print(
                f"{mode.name:4} {count:2} validators: {cpu * 1e3:7.2f} ms CPU a height over all, "
                f"{cpu * 1e3 / count:6.2f} ms an engine, {messages:4} messages a height, "
                f"{messages / cpu:7,.0f} messages/s"
            )


if __name__ == "__main__":
    main()
