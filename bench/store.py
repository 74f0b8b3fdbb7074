"""What it costs to store a block: `python -m bench.store [--blocks N] [--transactions N] [--directory DIR]`.

Each block has transactions of 144 bytes with an id, a receipt of 90 bytes and two index entries each, and changes two
state entries (of 100,000) and their tree buckets (of 65,536) per transaction. Prints medians; the disk is the one
under DIR (or the temporary directory), so say which one it was.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from ledger.state.full_key import split_key
from nodechain.store.layout import Location
from nodechain.store.records import BlockRecord, History
from nodechain.store.store import Store

ACCOUNTS = 100_000
BUCKETS = 65_536


def genesis(chance: random.Random) -> BlockRecord:
    accounts = {b"\1" + number.to_bytes(20, "big"): chance.randbytes(24) for number in range(ACCOUNTS)}
    buckets = {number: chance.randbytes(110) for number in range(BUCKETS)}
    return BlockRecord(0, bytes(32), bytes(300), bytes(200), (), (), (), (), accounts, buckets, bytes(32))


def block(chance: random.Random, height: int, count: int) -> BlockRecord:
    changed = {b"\1" + chance.randrange(ACCOUNTS).to_bytes(20, "big"): chance.randbytes(24) for _ in range(2 * count)}
    return BlockRecord(
        height=height,
        block_hash=chance.randbytes(32),
        header=chance.randbytes(300),
        certificate=chance.randbytes(300),
        transactions=tuple(chance.randbytes(144) for _ in range(count)),
        receipts=tuple(chance.randbytes(90) for _ in range(count)),
        transaction_ids=tuple(chance.randbytes(32) for _ in range(count)),
        account_index=tuple(
            (chance.randrange(ACCOUNTS).to_bytes(20, "big"), index) for index in range(count) for _ in range(2)
        ),
        state_changes=changed,
        tree_buckets={chance.randrange(BUCKETS): chance.randbytes(110) for _ in changed},
        state_root=chance.randbytes(32),
    )


def commits(
    store: Store, chance: random.Random, blocks: int, count: int, *, remembered: bool = True
) -> tuple[list[float], list[float]]:
    """Wall and CPU milliseconds of each commit; the block is made outside the measurement.

    With `remembered` the commit is given what execution has read, as a node does.
    """
    wall, cpu = [], []
    for _ in range(blocks):
        head = store.head()
        record = block(chance, 1 if head is None else head.height + 1, count)
        reader = store.block_reader()
        if remembered:
            for full_key in record.state_changes:
                reader.get(*split_key(full_key))
        started, used = time.perf_counter(), time.thread_time()
        store.commit(record, executed_on=reader)
        wall.append((time.perf_counter() - started) * 1e3)
        cpu.append((time.thread_time() - used) * 1e3)
    return wall, cpu


def report(name: str, samples: list[float], unit: str) -> None:
    ordered = sorted(samples)
    median, p99 = statistics.median(ordered), ordered[len(ordered) * 99 // 100]
    print(f"{name:<56} median {median:9.3f} {unit}   p99 {p99:9.3f} {unit}   n {len(ordered)}")


def reads(store: Store, chance: random.Random, count: int) -> None:
    head = store.head()
    height = 0 if head is None else head.height
    timings: dict[str, list[float]] = {"state": [], "receipt": [], "past state": [], "history page of 50": []}
    with store.snapshot() as snapshot:
        for _ in range(2_000):
            key = chance.randrange(ACCOUNTS).to_bytes(20, "big")
            place = Location(chance.randrange(1, height + 1), chance.randrange(count))
            past = snapshot.at(chance.randrange(snapshot.state_floor(), height + 1))
            for name, read in (
                ("state", lambda key=key: snapshot.get(1, key)),
                ("receipt", lambda place=place: snapshot.receipt(place)),
                ("past state", lambda past=past, key=key: past.get(1, key)),
                ("history page of 50", lambda key=key: snapshot.account_history(key, limit=50)),
            ):
                started = time.perf_counter()
                read()
                timings[name].append((time.perf_counter() - started) * 1e6)
    for name, samples in timings.items():
        report(f"read: {name}", samples, "us")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the store.")
    parser.add_argument("--blocks", type=int, default=200)
    parser.add_argument("--transactions", type=int, default=500)
    parser.add_argument("--window", type=int, default=100, help="heights whose state is kept")
    parser.add_argument("--directory", type=Path, default=None)
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors")
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        with Store.open(Path(directory), history=History(heights=options.window)) as store:
            store.commit(genesis(chance))
            cases = ((0, True), (1, True), (options.transactions, True), (options.transactions, False))
            for count, remembered in cases:
                wall, cpu = commits(store, chance, options.blocks, count, remembered=remembered)
                how = "" if remembered else ", old values read again"
                report(f"commit, {count} transactions{how}, wall", wall, "ms")
                report(f"commit, {count} transactions{how}, CPU", cpu, "ms")
                if count:
                    per_transaction = statistics.median(cpu) * 1e3 / count
                    print(f"{'':<56} {per_transaction:.1f} us of CPU per transaction")
        started = time.perf_counter()
        with Store.open(Path(directory), history=History(heights=options.window)) as store:
            print(f"{'reopen without audit':<56} {(time.perf_counter() - started) * 1e3:.1f} ms")
            reads(store, chance, options.transactions)


if __name__ == "__main__":
    main()
