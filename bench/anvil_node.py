"""What this project's figures are compared with: anvil, one Ethereum node in Rust, without consensus, in memory.

Installed by npm from `bench/anvil/package-lock.json` into `bench/anvil/node_modules` when it is not there yet; nothing
else needs it. It is driven as our nodes are in `bench.api`: signed transfers of many accounts, signed beforehand, over
HTTP, in batches of 512 of which two are under way, one at a time with a receipt, and by 32 clients at once.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

FOLDER: Final = Path(__file__).parent / "anvil"
PROGRAM: Final = FOLDER / "node_modules" / ".bin" / "anvil"
ACCOUNTS: Final = 256
BATCH: Final = 512
BATCHES: Final = 8
SINGLES: Final = 256
CLIENTS: Final = 32
RECEIPT_POLL_S: Final = 0.0005
DEADLINE_S: Final = 60.0
STALL_S: Final = 5.0
ATTEMPTS: Final = 8


@dataclass(frozen=True, slots=True)
class AnvilFigures:
    """Transfers a second."""

    batches: float
    with_receipt: float
    """One at a time, each until its receipt is there."""
    submissions: float
    """One at a time, each until the node has answered."""
    clients: float
    """32 clients, each until the node has answered."""


class Stalled(Exception):
    """anvil has taken a batch and mines empty blocks only: seen with two batches under way, whatever their accounts."""


@dataclass(frozen=True, slots=True)
class SignedTransfers:
    """Raw transactions, and the accounts that pay for them."""

    addresses: tuple[str, ...]
    transactions: tuple[str, ...]


def install() -> None:
    """Install what the lock file names; raises `CalledProcessError` where npm fails."""
    if not PROGRAM.exists():
        subprocess.run(["npm", "ci", "--prefix", str(FOLDER), "--silent", "--no-audit", "--no-fund"], check=True)


def sign_transfers() -> SignedTransfers:
    """As many as one measurement sends; they are good for every fresh node."""
    count = BATCH * BATCHES + 3 * SINGLES
    done = subprocess.run(
        ["node", "sign.mjs", str(count), str(ACCOUNTS)], cwd=FOLDER, check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    return SignedTransfers(tuple(found["addresses"]), tuple(found["transactions"]))


class AnvilNode:
    """A fresh node that makes a block whenever there is something to put into it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen([str(PROGRAM), "--silent", "--port", str(port)])

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


async def call(client: aiohttp.ClientSession, method: str, *parameters: object) -> Any:
    """One request; its result."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    async with client.post("", json=body) as answer:
        found = await answer.json(content_type=None)
    if "error" in found:
        raise RuntimeError(str(found["error"]))
    return found["result"]


async def call_all(client: aiohttp.ClientSession, method: str, parameters: list[list[object]]) -> list[Any]:
    """One batch of requests; their results in order."""
    body = [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": given} for number, given in enumerate(parameters)
    ]
    async with client.post("", json=body) as answer:
        found = await answer.json(content_type=None)
    errors = [entry["error"] for entry in found if "error" in entry]
    if errors:
        raise RuntimeError(str(errors[0]))
    return [entry["result"] for entry in sorted(found, key=lambda entry: int(entry["id"]))]


async def until_answering(client: aiohttp.ClientSession) -> None:
    """Wait until the node takes requests."""
    end = time.monotonic() + DEADLINE_S
    while True:
        try:
            await call(client, "eth_chainId")
            return
        except aiohttp.ClientError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.02)


async def until_mined(client: aiohttp.ClientSession, hashes: list[str]) -> None:
    """Wait until all of them have a receipt; raises `Stalled`."""
    end = time.monotonic() + STALL_S
    while not all(await call_all(client, "eth_getTransactionReceipt", [[name] for name in hashes])):
        if time.monotonic() > end:
            raise Stalled
        await asyncio.sleep(RECEIPT_POLL_S)


async def send_batches(client: aiohttp.ClientSession, raw: tuple[str, ...]) -> float:
    """Mined transfers a second."""

    async def send(batch: tuple[str, ...]) -> None:
        hashes = await call_all(client, "eth_sendRawTransaction", [[transaction] for transaction in batch])
        await until_mined(client, hashes[-1:])

    two = asyncio.Semaphore(2)

    async def send_in_turn(batch: tuple[str, ...]) -> None:
        async with two:
            await send(batch)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for first in range(0, len(raw), BATCH):
            group.create_task(send_in_turn(raw[first : first + BATCH]))
    return len(raw) / (time.perf_counter() - started)


async def send_singles(client: aiohttp.ClientSession, raw: tuple[str, ...], *, receipts: bool) -> float:
    """Transfers a second, one request each, one at a time."""
    started = time.perf_counter()
    for transaction in raw:
        name = await call(client, "eth_sendRawTransaction", transaction)
        if receipts:
            await until_mined(client, [name])
    return len(raw) / (time.perf_counter() - started)


async def send_by_clients(client: aiohttp.ClientSession, raw: tuple[str, ...]) -> float:
    """Transfers a second, one request each, 32 at a time; each client has accounts of its own."""

    async def one(number: int) -> None:
        for transaction in raw[number::CLIENTS]:
            await call(client, "eth_sendRawTransaction", transaction)

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(CLIENTS)))
    return len(raw) / (time.perf_counter() - started)


async def _measure(url: str, signed: SignedTransfers) -> AnvilFigures:
    raw, place = signed.transactions, BATCH * BATCHES
    async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=DEADLINE_S)) as client:
        await until_answering(client)
        await call_all(client, "anvil_setBalance", [[address, hex(10**20)] for address in signed.addresses])
        return AnvilFigures(
            await send_batches(client, raw[:place]),
            await send_singles(client, raw[place : place + SINGLES], receipts=True),
            await send_singles(client, raw[place + SINGLES : place + 2 * SINGLES], receipts=False),
            await send_by_clients(client, raw[place + 2 * SINGLES :]),
        )


def measure_anvil(signed: SignedTransfers) -> AnvilFigures:
    """All figures of a fresh node; another one where it stalls, which its own figures so leave out."""
    for attempt in range(1, ATTEMPTS + 1):
        node = AnvilNode()
        try:
            return asyncio.run(_measure(node.url, signed))
        except* Stalled:
            print(f"  anvil mines no more of what it has taken (attempt {attempt} of {ATTEMPTS})", flush=True)
        finally:
            node.stop()
    raise Stalled
