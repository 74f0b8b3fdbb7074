"""The performance targets, as ratios in one run: `python -m bench.ratios [--rounds 5] [--seconds 4]`.

Machines differ by a factor of two and change from minute to minute, so a figure is divided by what the same machine
did beside it: V, the CPU of one Ed25519 verification by libsodium, and anvil (`bench.anvil_node`), driven by the same
kind of client. Each round measures V, anvil, one validator and four; a ratio is taken within a round, and the table
has medians over the rounds. Rows whose subject is not built yet are not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp

from bench import api, cluster, market_ledger, matching, tree
from bench.anvil_node import AnvilFigures, SignedTransfers, install, measure_anvil, sign_transfers
from harness.cluster import Cluster
from harness.footprint import LIGHT_CLIENT, load
from harness.processes import NodeProcess, clean_environment
from ledger.keys.crypto import Ed25519SecretKey, verify_ed25519
from ledger.state.tree import CACHE_BYTES
from market.cda.types import ExecutionPrice, MatchingRules, SelfTrade
from nodechain.chain.replay import replay
from nodechain.commands.audit import stored_blocks
from nodechain.commands.running.stopped_chain import stopped_chain
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis

MESSAGE: Final = bytes(144)
VERIFICATIONS: Final = 1_000
RESTING: Final = 10_000
LIGHT_RATE: Final = 50
"""Transfers a second at which the time to finality is measured."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table: `show` says a figure of the medians in words; `reach` and `go_for` are the aims."""

    name: str
    show: Callable[[Mapping[str, float]], str]
    reach: str
    go_for: str


TARGETS: Final = (
    Target("4 PBFT validators, batches / anvil's batches", lambda f: f"{f['four / anvil']:.2f}", "0.8", "1.1"),
    Target("CPU per transfer over 4 nodes, in V", lambda f: f"{f['four CPU / V']:.1f}", "8.5", "6.5"),
    Target("one validator, batches / anvil's batches", lambda f: f"{f['one / anvil']:.2f}", "2", "3"),
    Target("one at a time with receipt / anvil's", lambda f: f"{f['single / anvil']:.2f}", "1.2", "2"),
    Target("32 clients / anvil's submissions one by one", lambda f: f"{f['clients / anvil']:.2f}", "2", "3"),
    Target(
        "REST reads/s, 32 clients; p99",
        lambda f: f"{f['reads']:,.0f}; {f['reads p99']:.0f} ms", "10,000; 5 ms", "20,000",
    ),
    Target(
        "submit to final at 50 tx/s, p50 / p99, 4 validators",
        lambda f: f"{f['final p50']:.0f} / {f['final p99']:.0f} ms", "40 / 100", "15 / 50",
    ),
    Target("orders/s matched at 10,000 resting", lambda f: f"{f['matched']:,.0f}", "850,000", "1,000,000"),
    Target("orders/s matched and settled, one core", lambda f: f"{f['settled']:,.0f}", "", ""),
    Target("replay, all verified, one process, in V per transfer", lambda f: f"{f['replay / V']:.1f}", "1.6", "1.3"),
    Target("state root, 1,000 changed of 10^5 keys", lambda f: f"{f['root']:.1f} ms", "7", "5"),
    Target("memory of a validator, idle", lambda f: f"{f['memory']:.0f} MB", "80", "50"),
    Target("CLI --help / read", lambda f: f"{f['help']:.0f} / {f['read']:.0f} ms", "120 / 200", "80 / 120"),
    Target(
        "light signing client, memory / import",
        lambda f: f"{f['client']:.0f} MiB / {f['client import']:.0f} ms", "30 / 120", "24 / 80",
    ),
)  # fmt: skip


def verification_us() -> float:
    """V: CPU microseconds of one Ed25519 verification by libsodium of a message as long as a transfer."""
    key = Ed25519SecretKey(bytes(range(32)))
    signature, public_key = key.sign(MESSAGE), key.public_key[1:]
    started = time.process_time()
    for _ in range(VERIFICATIONS):
        assert verify_ed25519(public_key, MESSAGE, signature)
    return (time.process_time() - started) / VERIFICATIONS * 1e6


def memory_mb(pid: int) -> float:
    """The resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000


def command_ms(url: str, *arguments: str) -> float:
    """A command of the command line, from its start to its end."""
    environment = {**clean_environment(), "NODECHAIN_NODE": url}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "cli", *arguments], check=True, capture_output=True, env=environment)
    return (time.perf_counter() - started) * 1000


async def _drive_one(url: str, loads: api.Load, seconds: float) -> Figures:
    async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=300)) as client:
        found = {
            "one": await api.batches(client, loads, seconds),
            "single": await api.singles(client, loads, 1, 256),
            "clients": await api.singles(client, loads, 32, 1_600),
        }
        found["reads"], found["reads p99"] = await api.reads(client, loads, 6_400)
    return found


def one_validator(seconds: float, verification: float) -> Figures:
    """A single node under load, then its chain replayed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = api.make_home(folder)
        node = NodeProcess(["validate", "--api-port", "0", "--log-level", "error"], environment)
        try:
            node.ready()
            idle = memory_mb(node.process.pid)
            helped, read = command_ms(node.url, "--help"), command_ms(node.url, "status")
            loads = api.Load(read_genesis(Home(folder / "home").genesis).identity)
            found = asyncio.run(_drive_one(node.url, loads, seconds))
        finally:
            node.stop()
        with stopped_chain(folder / "home") as chain:
            started = time.process_time()
            replayed = replay(chain.genesis, stored_blocks(chain.store, 0, chain.head.height), lambda _height: None)
            used = time.process_time() - started
    found["replay / V"] = used / replayed.result.transactions * 1e6 / verification
    return {**found, "memory": idle, "help": helped, "read": read}


async def _drive_four(net: Cluster, seconds: float) -> tuple[float, float, list[float]]:
    loads, urls = cluster.Load(net), [net.url(0)]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=300)) as client:
        await cluster.full_load(client, net, loads, urls, 1)
        rate, cpu_us = await cluster.full_load(client, net, loads, urls, seconds)
        return rate, cpu_us, await cluster.at_rate(client, loads, urls, LIGHT_RATE, seconds, group=1)


def four_validators(seconds: float) -> Figures:
    """Four processes with TLS, gossip and logs, under load and at 50 transfers a second."""
    with tempfile.TemporaryDirectory() as folder:
        net = Cluster(
            Path(folder), 4, accounts=cluster.ACCOUNTS, log_level="error", block_weight=cluster.SERVER_BLOCK_WEIGHT
        )
        try:
            net.start_all()
            rate, cpu_us, times = asyncio.run(_drive_four(net, seconds))
        finally:
            net.close()
    return {
        "four": rate, "four CPU": cpu_us,
        "final p50": cluster.percentile(times, 0.5), "final p99": cluster.percentile(times, 0.99),
    }  # fmt: skip


def in_process(seed: int) -> Figures:
    """What needs no node: matching, the state root, what a meter's client loads."""
    rules = MatchingRules(ExecutionPrice.RESTING, SelfTrade.CANCEL_OLDEST, matching.TICK)
    wall, _cpu, _trades, _left = matching.mixed(RESTING, 50_000, 200, rules, seed)
    settled_wall, *_rest = market_ledger.run(RESTING, 5_000, 200, seed, None)
    chance = random.Random(seed)
    keys = [tree.key_of(number) for number in range(100_000)]
    state_tree, storage = tree.build(16, {key: chance.randbytes(40) for key in keys}, CACHE_BYTES)
    roots = []
    for _ in range(5):
        changes = {key: chance.randbytes(40) for key in chance.sample(keys, 1_000)}
        roots.append(tree.timed_us(state_tree.plan, changes, storage) / 1000)
    started = time.perf_counter()
    resident = load(*LIGHT_CLIENT)["resident_kib"]
    imported = (time.perf_counter() - started) * 1000
    assert isinstance(resident, int)
    return {
        "matched": 50_000 / wall, "settled": 5_000 / settled_wall, "root": statistics.median(roots),
        "client": resident / 1024, "client import": imported,
    }  # fmt: skip


def one_round(number: int, signed: SignedTransfers, seconds: float) -> tuple[Figures, AnvilFigures]:
    """Everything once, with its ratios."""
    verification = statistics.median(verification_us() for _ in range(5))
    anvil = measure_anvil(signed)
    found = {
        "V": verification, **one_validator(seconds, verification), **four_validators(seconds), **in_process(number),
    }  # fmt: skip
    found["four CPU / V"] = found["four CPU"] / verification
    found["four / anvil"] = found["four"] / anvil.batches
    found["one / anvil"] = found["one"] / anvil.batches
    found["single / anvil"] = found["single"] / anvil.with_receipt
    found["clients / anvil"] = found["clients"] / anvil.submissions
    return found, anvil


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    install()
    signed = sign_transfers()
    loads, rounds = [os.getloadavg()[0]], []
    for number in range(options.rounds):
        rounds.append(one_round(number, signed, options.seconds))
        loads.append(os.getloadavg()[0])
    median = {name: statistics.median(found[name] for found, _ in rounds) for name in rounds[0][0]}
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    print(
        f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, medians of"
        f" {options.rounds}; load before the rounds {', '.join(f'{value:.1f}' for value in loads[:-1])} (with the"
        " bench's own)"
    )
    batches, receipts, submissions, clients = (
        statistics.median(getattr(anvil, name) for _, anvil in rounds) for name in AnvilFigures.__dataclass_fields__
    )
    print(f"V = {median['V']:.1f} us CPU, one Ed25519 verification by libsodium")
    print(
        f"anvil: {batches:,.0f} tx/s in batches, {receipts:,.0f}/s one at a time with receipt, {submissions:,.0f}/s"
        f" submitted one by one, {clients:,.0f}/s by 32 clients"
    )
    print(
        f"here: one validator {median['one']:,.0f} tx/s in batches, {median['single']:,.0f}/s one at a time,"
        f" {median['clients']:,.0f}/s by 32 clients; four {median['four']:,.0f} tx/s, {median['four CPU']:,.0f} us CPU"
        " each"
    )
    print("\n| figure | measured | reach | go for |\n| --- | --- | --- | --- |")
    for target in TARGETS:
        print(f"| {target.name} | {target.show(median)} | {target.reach} | {target.go_for} |")


if __name__ == "__main__":
    main()
