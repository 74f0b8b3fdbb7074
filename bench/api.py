"""A single node end to end: `python -m bench.api`. Client and node are processes of their own on one machine.

Signed transfers of 256 accounts over HTTP: in batches of 512, one at a time, and by 32 clients at once; and reads.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import platform
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from harness.node import PASSWORD
from harness.processes import NodeProcess, password_file
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import encode
from ledger.keys.address import address_of, format_address, format_key
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.home.genesis_file import BalanceSection, ValidatorSection, read_template
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.home.initialise import initialise
from nodechain.home.keystore import Keystore

ACCOUNTS = 256
BATCH = 512


def secret(number: int) -> Ed25519SecretKey:
    """The key of an account."""
    return Ed25519SecretKey(hashlib.sha256(f"account {number}".encode()).digest())


class Load:
    """Signed transfers, each account's in order."""

    def __init__(self, chain: ChainIdentity) -> None:
        self._chain = chain
        self._secrets = [secret(number) for number in range(ACCOUNTS)]
        self._addresses = [address_of(key.public_key) for key in self._secrets]
        self._nonces = [0] * ACCOUNTS

    def sign(self, account: int) -> bytes:
        """The account's next transfer."""
        self._nonces[account] += 1
        key = self._secrets[account]
        payload = Transfer(CURRENCY_ASSET, self._addresses[(account + 1) % ACCOUNTS], 1)
        envelope = unsigned(self._chain.id, BankTypeNumber.TRANSFER, key.public_key, self._nonces[account], payload)
        return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self._chain.genesis_hash))),))

    def batch(self) -> bytes:
        """A batch of two transfers of each account."""
        return encode([self.sign(number % ACCOUNTS) for number in range(BATCH)])

    def address(self, number: int) -> str:
        """An account's address."""
        return format_address(self._addresses[number])


def make_home(folder: Path) -> dict[str, str]:
    """A home whose genesis funds all accounts; the environment of its node."""
    keystore = Keystore(folder / "keys", cost=COST_LIGHT)
    key = keystore.create("validator", KeyKind.VALIDATOR, PASSWORD)
    addresses = [format_address(address_of(secret(number).public_key)) for number in range(ACCOUNTS)]
    template = read_template("dev").model_copy(
        update={
            "members": tuple(addresses),
            "voters": (addresses[0],),
            "banker": addresses[0],
            "units": (),
            "balances": tuple(
                BalanceSection.model_validate({"address": address, "amount": "1000"}) for address in addresses
            ),
            "validators": (ValidatorSection(key=format_key(key.public_key), account=addresses[0], name="v"),),
        }
    )
    initialise(folder / "home", template, password=PASSWORD, time_ms=time.time_ns() // 10**6, cost=COST_LIGHT)
    (folder / "keys" / "validator.json").rename(folder / "home" / "keys" / "validator.json")
    return {"NODECHAIN_HOME": str(folder / "home"), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}


async def post(client: aiohttp.ClientSession, path: str, body: bytes) -> dict[str, object]:
    """POST and insist on success."""
    async with client.post(path, data=body) as answer:
        found: dict[str, object] = await answer.json(content_type=None)
        if answer.status != 200:
            raise RuntimeError(str(found))
        return found


async def batches(client: aiohttp.ClientSession, load: Load, seconds: float) -> float:
    """Decided transfers a second, two batches under way at a time; signing is done before."""
    prepared = [load.batch() for _ in range(int(seconds * 14))]
    started = time.perf_counter()
    pending: set[asyncio.Task[dict[str, object]]] = set()
    for body in prepared:
        if len(pending) >= 2:
            _done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        pending.add(asyncio.create_task(post(client, "/v1/transactions/batch?wait=decided", body)))
        await asyncio.sleep(0)
    for answer in await asyncio.gather(*pending):
        results = answer["results"]
        assert isinstance(results, list)
        assert all(result["status"] == "decided" and not result["code"] for result in results)
    return len(prepared) * BATCH / (time.perf_counter() - started)


async def singles(client: aiohttp.ClientSession, load: Load, clients: int, count: int) -> float:
    """Decided transfers a second, one request each, `clients` at a time."""
    prepared = [[load.sign(number * 8 % ACCOUNTS) for _ in range(count // clients)] for number in range(clients)]

    async def one(bodies: list[bytes]) -> None:
        for body in bodies:
            await post(client, "/v1/transactions?wait=decided", body)

    started = time.perf_counter()
    await asyncio.gather(*(one(bodies) for bodies in prepared))
    return clients * (count // clients) / (time.perf_counter() - started)


async def reads(client: aiohttp.ClientSession, load: Load, count: int) -> tuple[float, float]:
    """Reads of accounts a second, 32 at a time; and the milliseconds in which 99 of 100 are answered."""
    times: list[float] = []

    async def one(number: int) -> None:
        for step in range(count // 32):
            begun = time.perf_counter()
            async with client.get(f"/v1/accounts/{load.address((number + step) % ACCOUNTS)}") as answer:
                await answer.read()
            times.append(time.perf_counter() - begun)

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(32)))
    seconds = time.perf_counter() - started
    return len(times) / seconds, sorted(times)[int(0.99 * len(times))] * 1000


async def measure(url: str, chain: ChainIdentity, rounds: int, seconds: float) -> None:
    """All figures, medians of the rounds."""
    load = Load(chain)
    rows: dict[str, list[float]] = {}
    timeout = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(url, timeout=timeout) as client:
        for _ in range(rounds):
            rows.setdefault("transfers decided/s, batches of 512", []).append(await batches(client, load, seconds))
            rows.setdefault("transfers decided/s, one at a time", []).append(await singles(client, load, 1, 300))
            rows.setdefault("transfers decided/s, 32 clients", []).append(await singles(client, load, 32, 3_200))
            rows.setdefault("account reads/s, 32 clients", []).append((await reads(client, load, 6_400))[0])
    for name, values in rows.items():
        print(f"{name:<40} {statistics.median(values):>9,.0f}   (of {', '.join(f'{value:,.0f}' for value in values)})")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{stamp}, {machine}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        node = NodeProcess(["validate", "--api-port", "0", "--log-level", "error"], make_home(Path(folder)))
        try:
            node.ready()
            chain = read_genesis(Home(Path(folder)).genesis).identity
            asyncio.run(measure(node.url, chain, options.rounds, options.seconds))
        finally:
            node.stop()


if __name__ == "__main__":
    main()
