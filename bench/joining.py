"""Joining a long chain: `python -m bench.joining [--accounts 1000000] [--blocks 100000] [--last 1000]`.

One run, real processes on loopback, every signature checked. A node has the chain and its snapshot of `--last` blocks
before the head. One node takes the snapshot over (`nodechain snapshot fetch`) and follows the last blocks from its
peer; another one follows all blocks from the genesis. Both are done when they answer with the head.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from harness.cluster import get
from harness.grown_chain import INTERVAL_MS, GrownChain, account, acquaint_homes, grown_genesis
from harness.processes import NodeProcess, run, until
from ledger.chain.genesis import Genesis
from nodechain.chain.app import audit_rules
from nodechain.commands.audit import stored_blocks
from nodechain.home.home import Home
from nodechain.home.initialise import join_genesis
from nodechain.home.testnet import free_ports
from nodechain.store.store import Store

LONG_S = 7_200.0


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU in children that have ended."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Place:
    """A node's home and ports."""

    def __init__(self, folder: Path, name: str) -> None:
        self.home = folder / name
        self.p2p_port, self.api_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.api_port}"
        self.environment = {"NODECHAIN_HOME": str(self.home), "NODECHAIN_P2P_PORT": str(self.p2p_port)}

    def start(self) -> NodeProcess:
        """The node as a process."""
        arguments = ["node", "--api-port", str(self.api_port), "--snapshot-every", "0", "--log-level", "warning"]
        return NodeProcess(arguments, self.environment)

    def follow(self, height: int) -> None:
        """Start it, and wait until it has that height."""
        process = self.start()
        try:
            process.ready()
            until(lambda: get(self.url, "/v1/status", 60.0)["height"] >= height, "the head", LONG_S)
        finally:
            process.stop()


def grown(source: Place, options: argparse.Namespace) -> Genesis:
    """The chain in the source's home, with a snapshot before its last blocks."""
    started = time.perf_counter()
    each = -(-options.accounts // options.blocks)
    genesis = grown_genesis(time.time_ns() // 10**6 - (options.blocks + 100) * INTERVAL_MS, 0)

    def recipients(height: int) -> list[bytes]:
        return [account(number % options.accounts) for number in range((height - 1) * each, height * each)]

    chain = GrownChain(source.home, genesis)
    chain.grow(options.blocks - options.last, recipients)
    chain.close()
    made = run("snapshot", "make", "--output", "json", environment=source.environment, deadline_s=LONG_S).data
    chain = GrownChain(source.home, genesis, chain.paid)
    chain.grow(options.last, recipients)
    chain.close()
    seconds = time.perf_counter() - started
    print(f"chain of {chain.height:,} blocks, {chain.paid:,} transfers made in {seconds:.0f} s; snapshot of height "
          f"{made['height']:,}: {made['entries']:,} entries in {made['chunks']} chunks", flush=True)  # fmt: skip
    return genesis


def bytes_of_blocks(source: Place, genesis: Genesis) -> int:
    """What a node that follows from the genesis must read: headers, certificates and transactions."""
    total = 0
    with Store.open(Home(source.home).data, rules=audit_rules(genesis)) as store:
        head = store.head()
        assert head is not None
        for block in stored_blocks(store, 1, head.height):
            total += len(block.header) + len(block.certificate) + sum(len(raw) for raw in block.transactions)
    return total


def report(way: str, seconds: float, cpu_s: float, read: int, place: Place) -> None:
    """One way of joining."""
    print(f"{way:<22} {seconds:>8.1f} s {cpu_s:>8.1f} s CPU {read / 1e6:>8.1f} MB read "
          f"{size_of(place.home) / 1e6:>8.1f} MB on the disk", flush=True)  # fmt: skip


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Both ways, one after the other."""
    source, by_state, by_blocks = (Place(folder, name) for name in ("source", "by_state", "by_blocks"))
    genesis = grown(source, options)
    for place in (by_state, by_blocks):
        join_genesis(place.home, genesis)
    acquaint_homes(genesis.chain_id, {place.home: place.p2p_port for place in (source, by_state, by_blocks)})
    blocks_bytes = bytes_of_blocks(source, genesis)
    snapshot_bytes = size_of(Home(source.home).snapshots)
    process = source.start()
    try:
        process.ready()

        def fetch() -> None:
            command = ("snapshot", "fetch", "--node", source.url, "--output", "json")
            assert run(*command, environment=by_state.environment, deadline_s=LONG_S).code == 0

        fetched_s, fetched_cpu_s = timed(fetch)
        report("snapshot taken over", fetched_s, fetched_cpu_s, snapshot_bytes, by_state)
        followed_s, followed_cpu_s = timed(lambda: by_state.follow(options.blocks))
        last_bytes = blocks_bytes * options.last // options.blocks
        joined_s = fetched_s + followed_s
        report("and at the head", joined_s, fetched_cpu_s + followed_cpu_s, snapshot_bytes + last_bytes, by_state)
        replayed_s, replayed_cpu_s = timed(lambda: by_blocks.follow(options.blocks))
        report("all blocks followed", replayed_s, replayed_cpu_s, blocks_bytes, by_blocks)
        print(f"by its state a node is at the head {replayed_s / joined_s:.1f} times as fast")
    finally:
        process.stop()


def main() -> None:
    """Build, join in both ways, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--blocks", type=int, default=100_000)
    parser.add_argument("--last", type=int, default=1_000)
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"Python {platform.python_version()}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options)


if __name__ == "__main__":
    main()
