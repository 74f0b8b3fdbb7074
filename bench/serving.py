"""What serving blocks in a thread costs the loop: `python -m bench.serving`.

A chain of small blocks and one of large ones; ranges are read and encoded as for a peer that syncs, without a pause and
without a price, on the loop and in a thread beside it. Late: how much later than asked a timer of 1 ms comes.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from consensus.messages import BlocksRequest
from harness.node import HomeFixture
from ledger.chain.blocks import Block, Chain, genesis_block
from ledger.chain.header import Certificate, CommitSignature
from ledger.encoding.codec import encode
from nodechain.chain.app import record_of
from nodechain.chain.block_answers import answer_to
from nodechain.modules import REGISTRY
from nodechain.process.worker import Worker
from nodechain.store.records import BlockRecord
from nodechain.store.store import Store

SECONDS = 5.0
TIMER_S = 0.001


def fill(folder: Path, count: int, transactions: int) -> Store:
    """A store with so many blocks of so many transactions; their content is noise of the usual size."""
    home = HomeFixture(folder / "home")
    store = Store.open(folder / "store")
    genesis: Block = genesis_block(Chain(REGISTRY, home.genesis))
    store.commit(record_of(genesis, b""))
    parent = genesis.header
    for height in range(1, count + 1):
        header = replace(parent, height=height, parent=parent.hash(), time_ms=parent.time_ms + 1)
        signatures = tuple(CommitSignature(index, os.urandom(64)) for index in range(3))
        store.commit(
            BlockRecord(
                height=height, block_hash=header.hash(), header=encode(header),
                certificate=encode(Certificate(height, 0, header.hash(), signatures)),
                transactions=tuple(os.urandom(180) for _ in range(transactions)), receipts=(b"",) * (transactions + 1),
                transaction_ids=tuple(os.urandom(32) for _ in range(transactions)), account_index=(),
                state_changes={}, tree_buckets={}, state_root=header.state_root, next_validators=None,
            )
        )  # fmt: skip
        parent = header
    return store


async def measure(serve: Callable[[], Awaitable[int]] | None) -> tuple[list[float], int, int]:
    """How late the timers came (ms), answers and bytes."""
    late: list[float] = []
    answers = size = 0
    end = time.perf_counter() + SECONDS

    async def serving() -> None:
        nonlocal answers, size
        while serve is not None and time.perf_counter() < end:
            size += await serve()
            answers += 1

    task = asyncio.create_task(serving())
    while time.perf_counter() < end:
        due = time.perf_counter() + TIMER_S
        await asyncio.sleep(TIMER_S)
        late.append((time.perf_counter() - due) * 1000)
    await task
    return late, answers, size


async def compare(name: str, store: Store) -> None:
    """Three lines: nothing, on the loop, in a thread."""
    worker = Worker("serving")
    request = BlocksRequest(1, 64)

    def make() -> int:
        answer = answer_to(store, None, request)
        return 0 if answer is None else len(encode(answer.message))

    async def on_the_loop() -> int:
        size = make()
        await asyncio.sleep(0)
        return size

    async def in_a_thread() -> int:
        return await worker.run(make)

    for how, serve in (("nothing", None), ("on the loop", on_the_loop), ("in a thread", in_a_thread)):
        late, answers, size = await measure(serve)
        late.sort()
        print(
            f"{name:<8} {how:<12} {answers / SECONDS:>8.0f}/s {size / SECONDS / 2**20:>7.1f} MiB/s   late p50 "
            f"{statistics.median(late):>6.2f} ms  p99 {late[int(0.99 * len(late))]:>6.2f} ms  most {late[-1]:>7.2f} ms",
            flush=True,
        )
    worker.close()


def main() -> None:
    """Two chains."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{stamp}, {machine}, Python {platform.python_version()}")
    for name, count, transactions in (("small", 200, 2), ("large", 8, 5_500)):
        with tempfile.TemporaryDirectory() as folder:
            store = fill(Path(folder), count, transactions)
            try:
                asyncio.run(compare(name, store))
            finally:
                store.close()


if __name__ == "__main__":
    main()
