"""A node that joins by a snapshot, SIGKILLed at random moments, as are the nodes that it joins from."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any

from harness.cluster import get
from harness.grown_chain import INTERVAL_MS, GrownChain, account, acquaint_homes, grown_genesis
from harness.processes import DEADLINE_S, NodeProcess, Process, run, started, until
from nodechain.home.initialise import join_genesis
from nodechain.home.testnet import free_ports

FUNDED = 60_000
"""Accounts of the genesis: a state of some chunks."""
SNAPSHOT_AT = 50
JSON = ("--output", "json")


class Place:
    """One node: home, ports, process."""

    def __init__(self, home: Path, *, forked: bool = False) -> None:
        self.home = home
        self._forked = forked
        self.p2p_port, self.api_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.api_port}"
        self.environment = {"NODECHAIN_HOME": str(home), "NODECHAIN_P2P_PORT": str(self.p2p_port)}
        self.process: NodeProcess | None = None

    def start(self) -> None:
        """Without waiting for it."""
        words = ["node", "--api-port", str(self.api_port), "--snapshot-every", "0"]
        self.process = NodeProcess(words, self.environment, forked=self._forked)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Stop or kill it."""
        if self.process is not None:
            self.process.stop(number)
            self.process = None

    def status(self) -> Any:
        """None where it does not answer."""
        try:
            return get(self.url, "/v1/status")
        except (OSError, ValueError):
            return None


def _answers(place: Place) -> bool:
    return place.status() is not None


class JoinKilling:
    """Two sources with one chain, and a joiner that knows nothing but the genesis and their cards."""

    def __init__(self, folder: Path, seed: int, blocks: int, funded: int = FUNDED, *, forked: bool = False) -> None:
        """`forked`: as `harness.processes.started` has it; the first source and what makes the snapshot are not."""
        print(f"seed {seed}")
        self.random = random.Random(seed)
        self.sources = [Place(folder / "source1"), Place(folder / "source2", forked=forked)]
        self.joiner = Place(folder / "joiner", forked=forked)
        self._forked = forked
        self.kills = {"joiner": 0, "source": 0}
        first = self.sources[0]
        genesis = grown_genesis(time.time_ns() // 10**6 - (blocks + 1_000) * INTERVAL_MS, funded)
        chain = GrownChain(first.home, genesis)
        chain.grow(SNAPSHOT_AT, lambda height: [account(height), account(funded + height)])
        chain.close()
        self.snapshot = run("snapshot", "make", *JSON, environment=first.environment).data
        chain = GrownChain(first.home, genesis, chain.paid)
        chain.grow(blocks - SNAPSHOT_AT, lambda height: [account(height), account(funded + height)])
        chain.close()
        self.height = chain.height
        shutil.copytree(first.home, self.sources[1].home)
        join_genesis(self.joiner.home, genesis)
        places = [*self.sources, self.joiner]
        acquaint_homes(genesis.chain_id, {place.home: place.p2p_port for place in places})

    def start_sources(self) -> None:
        """And wait until both answer."""
        for source in self.sources:
            source.start()
        for source in self.sources:
            until(partial(_answers, source), "the source")

    def kill_a_source(self) -> None:
        """It is started again at once; how long it is away is its start."""
        source = self.random.choice(self.sources)
        source.end(signal.SIGKILL)
        source.start()
        self.kills["source"] += 1

    def fetch(self, kills: int) -> int:
        """Take the snapshot over, over so many kills; returns how often the command had to be given."""
        command = ["snapshot", "fetch", "--node", self.sources[0].url, "--also", self.sources[1].url, *JSON]
        starts = 0
        while True:
            starts += 1
            process = started(command, self.joiner.environment, forked=self._forked)
            try:
                # The waiting is the random moment of a kill; nothing is waited for.
                while self._ended_within(process, self._moment() if kills else DEADLINE_S) is None:
                    assert kills, "the snapshot was not taken over"
                    kills -= 1
                    if self.random.random() < 0.5:
                        process.kill()
                        self.kills["joiner"] += 1
                    else:
                        self.kill_a_source()
                assert process.stdout is not None
                out = process.stdout.read()
            finally:
                process.kill()
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()
            if process.returncode == 0:
                return starts
            # A node that was away when all nodes were asked what they have is not used; the command is given again.
            assert process.returncode == -signal.SIGKILL or "no_source" in out, out

    def _moment(self) -> float:
        """Within what a fetch takes: who is not forked has its imports before it."""
        return self.random.uniform(0.0, 0.3) if self._forked else self.random.uniform(0.1, 1.0)

    @staticmethod
    def _ended_within(process: Process, seconds: float) -> int | None:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def follow(self, kills: int) -> None:
        """Run the joined node until it has all blocks, over so many kills."""
        self.joiner.start()
        # The sleeps are the random moments of the kills: nothing is waited for.
        for _ in range(kills):
            time.sleep(self.random.uniform(0.1, 2.0))
            if self.random.random() < 0.5:
                self.joiner.end(signal.SIGKILL)
                self.joiner.start()
                self.kills["joiner"] += 1
            else:
                self.kill_a_source()
        until(self._at_head, "the joiner at the head", 3 * DEADLINE_S)

    def _at_head(self) -> bool:
        status = self.joiner.status()
        return status is not None and status["height"] == self.height

    def check(self) -> None:
        """The joined node is at the sources' block and state, and an audit from its snapshot on is sound."""
        (theirs, ours) = (get(place.url, f"/v1/blocks/{self.height}") for place in (self.sources[0], self.joiner))
        assert ours == theirs
        self.close()
        words = ("audit", "--from", str(SNAPSHOT_AT + 1), *JSON)
        audited = run(*words, environment=self.joiner.environment, deadline_s=3 * DEADLINE_S).data
        assert (audited["sound"], audited["from"], audited["height"]) == (True, SNAPSHOT_AT + 1, self.height)

    def close(self) -> None:
        """Stop all that run."""
        for place in (*self.sources, self.joiner):
            place.end()
