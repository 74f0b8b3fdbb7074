"""Light clients and proofs: `python -m bench.light [--headers 100000] [--changes 50] [--keys 10000 100000 1000000]`.

A client that follows every header, and one that skips, over many changes of four validators: time, memory, bytes. Then
proofs against the size of the state, also with 10^4 keys ground into one bucket. Real signatures; no network.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.tree import build, key_of
from harness.light_chain import LightChain
from harness.light_node import Served, changing
from ledger.encoding.codec import encode
from ledger.light.headers import LIGHT_BLOCK, follow
from ledger.state.proofs import STATE_PROOF, prove, verify_state_proof
from ledger.state.tree import bucket_index, key_hash
from nodechain.light.client import LightClient
from nodechain.light.store import LightStore

BITS = 16
GROUND_BITS = 12
"""Keys for one of 2^16 buckets take 16 times as long to grind; their proofs are two levels, 192 bytes, longer."""
GROUND = 10_000
PROOFS = 500


def every_header(chain: LightChain, blocks: list[bytes]) -> tuple[float, int, int]:
    """Seconds, peak bytes of memory and bytes read of a client that follows all."""
    trusted, read = chain.trusted(), 0
    tracemalloc.start()
    started = time.perf_counter()
    for data in blocks[1:]:
        trusted = follow(chain.terms, trusted, LIGHT_BLOCK.decode(data), chain.now_ms)
        read += len(data)
    seconds = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert trusted.header == chain.head
    return seconds, peak, read


def skipping(chain: LightChain) -> tuple[float, int, int, int]:
    """The same for one that goes to the head over as few changes as it can; the last figure is headers read."""
    read = 0

    def count(_path: str, answer: dict[str, str]) -> dict[str, str]:
        nonlocal read
        read += len(answer["block"]) // 2 if "block" in answer else 0
        return answer

    with tempfile.TemporaryDirectory() as folder:
        api = Served(chain, count)
        client = LightClient(
            api, LightStore(Path(folder) / "light", chain.trusted()), chain.terms, lambda: chain.now_ms
        )
        tracemalloc.start()
        started = time.perf_counter()
        assert client.sync().header == chain.head
        seconds = time.perf_counter() - started
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return seconds, peak, read, len([path for path in api.asked if "blocks" in path])


def ground_keys() -> list[bytes]:
    """Keys of one bucket."""
    found: list[bytes] = []
    number = 0
    while len(found) < GROUND:
        key = b"\x02" + number.to_bytes(8, "big")
        if bucket_index(GROUND_BITS, key_hash(key)) == 0:
            found.append(key)
        number += 1
    return found


def proofs(count: int, crowd: list[bytes]) -> None:
    """Size of proofs and time to verify them at a state of so many keys; with a crowd, of keys in its bucket."""
    chance = random.Random(7)
    keys = [key_of(number) for number in range(count)] + crowd
    state = {key: chance.randbytes(40) for key in keys}
    asked = chance.sample(crowd or keys, PROOFS)
    tree, storage = build(GROUND_BITS if crowd else BITS, state, 0)
    sizes, times = [], []
    for key in asked:
        data = encode(prove(tree, storage, key, state.get))
        started = time.perf_counter()
        verify_state_proof(tree.root, key, STATE_PROOF.decode(data))
        times.append((time.perf_counter() - started) * 1e6)
        sizes.append(len(data))
    what = f"10^4 of 2^{GROUND_BITS}'s bucket 0" if crowd else f"2^{BITS} buckets"
    print(
        f"{count:>9,} keys, {what:<24} {median(sizes):>6,.0f} B median {max(sizes):>6,} B longest "
        f"{median(times):>6.1f} us to decode and verify"
    )


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--headers", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--keys", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"Python {platform.python_version()}")  # fmt: skip
    if options.headers:
        chain = changing(options.changes, every=options.headers // (options.changes + 1))
        blocks = [encode(block) for block in chain.blocks]
        seconds, peak, read = every_header(chain, blocks)
        count = len(blocks) - 1
        print(f"every header: {count:,} headers, {options.changes} changes: {seconds:.1f} s, "
              f"{seconds / count * 1e6:.0f} us each, {peak / 1024:.0f} KiB, "
              f"{read / 2**20:.1f} MiB read")  # fmt: skip
        seconds, peak, read, headers = skipping(chain)
        print(f"skipping: {headers} headers read, {seconds * 1e3:.1f} ms, {peak / 1024:.0f} KiB, "
              f"{read / 1024:.1f} KiB read")  # fmt: skip
    crowd = ground_keys()
    for count in options.keys:
        proofs(count, [])
        proofs(count, crowd)


if __name__ == "__main__":
    main()
