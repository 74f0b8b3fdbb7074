"""Several validators on this machine, real processes over real TLS: `python -m bench.cluster`.

Signed transfers in batches over HTTP to one validator, or to all in turn; decided transfers a second, CPU per transfer
over all nodes, and the time from submission to finality at half of that load. Client and nodes share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from harness.cluster import Cluster
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.encoding.codec import encode
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey

SERVER_BLOCK_WEIGHT = 54_000
"""A third of a round on a machine like the one measured; the default is for one six times slower (decision 0010)."""

ACCOUNTS = 128
IN_FLIGHT = 4
"""Batches under way, of a quarter of the accounts each."""
PER_ACCOUNT = 16
"""Transfers of an account in a batch at full load."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. Times in ms, CPU in microseconds a transfer over all nodes."""

    rate: float
    cpu_us: float
    half_p50_ms: float
    half_p99_ms: float
    light_p50_ms: float
    light_p99_ms: float


class Load:
    """Signed transfers of funded accounts, each account's in order."""

    def __init__(self, cluster: Cluster) -> None:
        self._chain_id = cluster.net.genesis.chain_id
        self._genesis_hash = cluster.net.genesis.hash
        self._keys: list[Ed25519SecretKey] = [cluster.key(f"user{number + 1}") for number in range(ACCOUNTS)]
        self._addresses = [address_of(key.public_key) for key in self._keys]
        self._nonces = [0] * ACCOUNTS

    def sign(self, account: int) -> bytes:
        """The account's next transfer."""
        self._nonces[account] += 1
        key = self._keys[account]
        payload = Transfer(CURRENCY_ASSET, self._addresses[(account + 1) % ACCOUNTS], 1)
        envelope = unsigned(self._chain_id, BankTypeNumber.TRANSFER, key.public_key, self._nonces[account], payload)
        return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self._genesis_hash))),))

    def batch(self, first: int, accounts: int, each: int) -> bytes:
        """So many transfers of each of so many accounts."""
        chosen = [(first + number) % ACCOUNTS for number in range(accounts)]
        return encode([self.sign(account) for account in chosen for _ in range(each)])


def cpu_s(cluster: Cluster) -> float:
    """CPU seconds that all nodes have used."""
    total = 0
    for process in cluster.processes:
        if process is not None:
            fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


async def decided(client: aiohttp.ClientSession, url: str, body: bytes) -> int:
    """POST a batch and wait until all of it is decided; how many."""
    async with client.post(f"{url}/v1/transactions/batch?wait=decided&timeout=60", data=body) as answer:
        found = await answer.json(content_type=None)
        assert answer.status == 200, found
        assert all(result["status"] == "decided" and not result["code"] for result in found["results"]), found
        return len(found["results"])


async def full_load(
    client: aiohttp.ClientSession, cluster: Cluster, load: Load, urls: Sequence[str], seconds: float
) -> tuple[float, float]:
    """Decided transfers a second, and CPU microseconds each. Each quarter of the accounts has a batch in flight."""
    width = ACCOUNTS // IN_FLIGHT
    count, end = 0, time.perf_counter() + seconds

    async def worker(number: int) -> None:
        nonlocal count
        while time.perf_counter() < end:
            body = load.batch(number * width, width, PER_ACCOUNT)
            done = await decided(client, urls[number % len(urls)], body)
            count += done

    used, started = cpu_s(cluster), time.perf_counter()
    await asyncio.gather(*(worker(number) for number in range(IN_FLIGHT)))
    return count / (time.perf_counter() - started), (cpu_s(cluster) - used) / max(count, 1) * 1e6


async def at_rate(
    client: aiohttp.ClientSession, load: Load, urls: Sequence[str], rate: float, seconds: float, *, group: int
) -> list[float]:
    """Milliseconds from submission to finality of every request, at a fixed rate whatever the answers."""
    times: list[float] = []

    async def one(number: int, body: bytes) -> None:
        started = time.perf_counter()
        await decided(client, urls[number % len(urls)], body)
        times.append((time.perf_counter() - started) * 1000)

    interval = group / rate
    tasks: list[asyncio.Task[None]] = []
    begun = time.perf_counter()
    for number in range(int(seconds / interval)):
        body = load.batch(number * group, group, 1)
        await asyncio.sleep(max(begun + number * interval - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(one(number, body)))
    await asyncio.gather(*tasks)
    return times


def percentile(values: list[float], share: float) -> float:
    """Of the sorted values."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


async def measure(cluster: Cluster, load: Load, seconds: float) -> Figures:
    """All figures of one cluster."""
    urls = [cluster.url(number) for number in range(cluster.count) if cluster.processes[number] is not None]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=300)) as client:
        await full_load(client, cluster, load, urls[:1], 2)
        rate, cpu_us = await full_load(client, cluster, load, urls[:1], seconds)
        half = await at_rate(client, load, urls[:1], rate / 2, seconds, group=32)
        light = await at_rate(client, load, urls[:1], 50, seconds, group=1)
    return Figures(
        rate, cpu_us, percentile(half, 0.5), percentile(half, 0.99), percentile(light, 0.5), percentile(light, 0.99)
    )


def run(count: int, mode: str, seconds: float, *, one_down: bool = False, interval_ms: int = 100) -> Figures:
    """A fresh cluster, measured."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(
            Path(folder),
            count,
            mode=mode,
            accounts=ACCOUNTS,
            log_level="error",
            min_interval_ms=interval_ms,
            block_weight=SERVER_BLOCK_WEIGHT,
        )
        try:
            cluster.start_all()
            if one_down:
                cluster.kill(count - 1)
            figures = asyncio.run(measure(cluster, Load(cluster), seconds))
            heights = [height for height in cluster.heights() if height > 0]
            assert max(heights) - min(heights) < 20, heights
            return figures
        finally:
            cluster.close()


def main() -> None:
    """Print one line a cluster."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--validators", type=int, nargs="*", default=[1, 4, 7, 10])
    parser.add_argument("--modes", nargs="*", default=["pbft", "poa"])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one-down", action="store_true")
    parser.add_argument("--interval", type=int, default=100)
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{stamp}, {machine}, Python {platform.python_version()}, medians of {options.rounds}")
    print("mode  validators  decided/s  CPU us/tx  half load p50/p99 ms  50 tx/s p50/p99 ms")
    for mode in options.modes:
        for count in options.validators:
            runs = [
                run(count, mode, options.seconds, one_down=options.one_down, interval_ms=options.interval)
                for _ in range(options.rounds)
            ]
            middle = [
                statistics.median(getattr(figures, name) for figures in runs) for name in Figures.__dataclass_fields__
            ]
            rate, cpu, half50, half99, light50, light99 = middle
            print(
                f"{mode:<5} {count:>10} {rate:>10,.0f} {cpu:>10,.0f} {half50:>10,.0f} /{half99:>7,.0f} "
                f"{light50:>10,.0f} /{light99:>7,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
