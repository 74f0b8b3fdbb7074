"""Four real validators, clients of the second and third one, and the attacker's process; what is measured of them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import aiohttp
import msgspec

from bench.cluster import Load as Transfers
from bench.cluster import decided
from bench.withstands.attacker import Told
from bench.withstands.load import Load, Vantage
from harness.cluster import Cluster
from harness.processes import until
from ledger.chain.validator_set import validator_address
from ledger.light.headers import LIGHT_BLOCK
from nodechain.network.cards import Card, Cards
from nodechain.network.identity import NodeIdentity, load_or_create

CLIENTS: Final = 4
ACCOUNTS: Final = 128
PER_ACCOUNT: Final = 8
"""Transfers of one account in a batch of the history."""

WARM_UP_BLOCKS: Final = 80
"""More than the longest range of blocks that a peer may ask for."""

LAST_BLOCKS: Final = 5
"""In which the attacked validator must have voted; a certificate holds the first quorum of votes, three of four."""

TICKS: Final = os.sysconf("SC_CLK_TCK")

SILENT: Final = """\
import socket, time
_known = socket.getaddrinfo
def getaddrinfo(host, *more, **named):
    if str(host).endswith(".silent"):
        time.sleep(10)
        raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
    return _known(host, *more, **named)
socket.getaddrinfo = getaddrinfo
"""
"""Python reads it as `sitecustomize` at the start of every node: names that end so are asked of nobody, for as long as
the system's resolver waits for a name server that is silent."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one stretch of time. `rss_kib`: what the attacked node grew by; `in_consensus`: it voted to the end."""

    acknowledged: float
    longest_gap_s: float
    rss_kib: int
    in_consensus: bool
    attacker_cpu: float


def cpu_s(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_kib(pid: int) -> int:
    """Memory of a process that is resident now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


class Attacker:
    """The attacker's process; see `attacker.py`."""

    def __init__(self, load: Load, told: Told) -> None:
        command = [sys.executable, "-m", "bench.withstands.attacker", load.name, msgspec.json.encode(told).decode()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", self._process.wait(10)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def order(self, *words: str) -> None:
        """`load`, `burn SHARE` or `rest`."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End it, by the end of its orders."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Scene:
    """The running cluster with its attacker."""

    def __init__(self, cluster: Cluster, transfers: Transfers, attacker: Attacker) -> None:
        self._cluster = cluster
        self._transfers = transfers
        self._stretches = 0
        self.attacker = attacker

    def victim_pid(self) -> int:
        """Of the attacked node."""
        process = self._cluster.processes[0]
        assert process is not None
        return process.process.pid

    def measure(self, seconds: float) -> Figures:
        """What clients get, and what becomes of the attacked node, for so long."""
        victim, attacker = self.victim_pid(), self.attacker.pid
        rss, cpu, began = rss_kib(victim), cpu_s(attacker), time.monotonic()
        moments = asyncio.run(self._pay(seconds))
        lasted = time.monotonic() - began
        gaps = [after - before for before, after in zip([0.0, *moments], [*moments, seconds], strict=True)]
        return Figures(
            acknowledged=len(moments) / lasted,
            longest_gap_s=max(gaps),
            rss_kib=rss_kib(victim) - rss,
            in_consensus=self._is_in_consensus(),
            attacker_cpu=(cpu_s(attacker) - cpu) / lasted,
        )

    def _is_in_consensus(self) -> bool:
        """Whether the last blocks that another node stores hold its vote: its own interface may be the target."""
        members = sorted(validator_address(entry.key) for entry in self._cluster.net.genesis.validators)
        names = {entry.name: validator_address(entry.key) for entry in self._cluster.net.genesis.validators}
        place = members.index(names[self._cluster.net.places[0].name])
        head = self._cluster.height(1)
        return any(place in self._voters_at(height) for height in range(head - LAST_BLOCKS, head + 1))

    def _voters_at(self, height: int) -> list[int]:
        with urlopen(f"{self._cluster.url(1)}/v1/light/blocks/{height}", timeout=5) as answer:
            block = LIGHT_BLOCK.decode(bytes.fromhex(msgspec.json.decode(answer.read())["block"]))
        return [vote.validator for vote in block.certificate.signatures]

    async def _pay(self, seconds: float) -> list[float]:
        """Transfers one after the other by each client; the moments of the acknowledgements, rising.

        Each time of other accounts: what was not decided in time may still be, and holds up only its own sender.
        """
        began, moments, first = time.monotonic(), list[float](), self._stretches * CLIENTS % (ACCOUNTS - CLIENTS)
        self._stretches += 1

        async def pay(client: aiohttp.ClientSession, number: int) -> None:
            url = self._cluster.url(1 + number % 2)
            while True:
                raw = self._transfers.sign(first + number)
                async with client.post(f"{url}/v1/transactions?wait=decided&timeout=60", data=raw) as answer:
                    found = await answer.json(content_type=None)
                    assert answer.status in (200, 202), found
                    if found["status"] == "decided":
                        moments.append(time.monotonic() - began)

        async with aiohttp.ClientSession() as client:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await asyncio.gather(*(pay(client, number) for number in range(CLIENTS)))
        return sorted(moments)

    def warm_up(self, history: int) -> None:
        """Blocks enough that every load has something to ask for, and at least so many transactions."""
        while self._cluster.height(1) < WARM_UP_BLOCKS:
            asyncio.run(self._pay(2))
        asyncio.run(self._make_history(history))

    async def _make_history(self, count: int) -> None:
        each = ACCOUNTS - CLIENTS
        async with aiohttp.ClientSession() as client:
            for _ in range(-(-count // (each * PER_ACCOUNT))):
                body = self._transfers.batch(0, each, PER_ACCOUNT)
                await decided(client, self._cluster.url(1), body)


@contextmanager
def playing(folder: Path, load: Load, history: int | None) -> Iterator[Scene]:
    """A fresh network for one load; `history` transactions in its chain, or as many as the load says."""
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(SILENT)
    os.environ["PYTHONPATH"] = str(folder / "site")
    cluster = Cluster(folder, accounts=ACCOUNTS, log_level="warning")
    follower = load_or_create(folder / "follower" / "node")
    _admit(cluster, follower)
    told = Told(
        net=str(cluster.net.folder),
        follower=str(folder / "follower" / "node"),
        url=cluster.url(0),
        p2p_port=cluster.net.places[0].p2p_port,
        victim_id=load_or_create(cluster.home(0) / "node").node_id.hex(),
        keys=tuple(f"user{number}" for number in range(ACCOUNTS - 3, ACCOUNTS + 1)),
    )
    attacker: Attacker | None = None
    running = range(3) if load.vantage is Vantage.VALIDATOR else range(4)
    try:
        for number in running:
            cluster.start(number)
        attacker = Attacker(load, told)
        until(lambda: all(cluster.is_signing(number) for number in running), "votes of all")
        scene = Scene(cluster, Transfers(cluster), attacker)
        scene.warm_up(load.history if history is None else history)
        yield scene
    finally:
        if attacker is not None:
            attacker.close()
        cluster.close()


def _admit(cluster: Cluster, follower: NodeIdentity) -> None:
    card = Card("follower", cluster.net.genesis.chain_id, follower.node_id, follower.certificate, (), b"")
    for number in range(cluster.count):
        Cards(cluster.home(number) / "peers", cluster.net.genesis.chain_id).add(card)
