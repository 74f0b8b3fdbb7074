"""What the state tree costs: `python -m bench.tree [--keys 100000 1000000] [--rounds 9] [--bits 16]`.

A block that changes 1,000 keys of a state: `plan` (the root) and `apply`, with every bucket read from a storage in
memory and with the tree's own cache; the size of proofs and the time to verify one; and the same for 10^4 keys ground
into one bucket. Prints the machine and medians; a run of 10^6 keys needs about 1 GB.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from statistics import median

from ledger.encoding.codec import encode
from ledger.state.proofs import STATE_PROOF, prove, verify_state_proof
from ledger.state.tree import CACHE_BYTES, InMemoryTreeStorage, StateTree, bucket_index, key_hash

CHANGED = 1_000
GROUND = 10_000
PROOFS = 500

State = dict[bytes, bytes]


def key_of(number: int) -> bytes:
    """A full key of 21 bytes, as an account's."""
    return b"\x01" + sha256(number.to_bytes(8, "big")).digest()[:20]


def timed_us(work: Callable[..., object], *arguments: object) -> float:
    """One call, in microseconds."""
    start = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - start) * 1e6


def build(bits: int, state: Mapping[bytes, bytes], cache_limit: int) -> tuple[StateTree, InMemoryTreeStorage]:
    """A tree over a state, and its storage."""
    storage = InMemoryTreeStorage()
    tree = StateTree.load(bits, (), cache_limit=cache_limit)
    update = tree.plan(state, storage)
    storage.write(update)
    tree.apply(update)
    return tree, storage


def block_cost(tree: StateTree, storage: InMemoryTreeStorage, state: State, keys: list[bytes], rounds: int) -> None:
    """`plan` and `apply` of blocks that change 1,000 keys: others each time, or always the same."""
    chance = random.Random()
    hot = chance.sample(keys, CHANGED)
    for name in ("anywhere", "same keys"):
        plans, applies, written = [], [], []
        for _ in range(rounds):
            changes = {
                key: chance.randbytes(40) for key in (hot if name == "same keys" else chance.sample(keys, CHANGED))
            }
            plans.append(timed_us(tree.plan, changes, storage))
            update = tree.plan(changes, storage)
            storage.write(update)
            applies.append(timed_us(tree.apply, update))
            written.append(sum(len(blob or b"") for blob in update.buckets.values()))
            state.update(changes)
        print(
            f"  {CHANGED} keys changed, {name:9}: plan {median(plans) / 1000:6.2f} ms, "
            f"apply {median(applies) / 1000:5.2f} ms, blobs {median(written) / 1000:.0f} kB"
        )


def proof_cost(tree: StateTree, storage: InMemoryTreeStorage, state: State, keys: list[bytes], name: str) -> None:
    """Sizes and times of proofs for some keys."""
    made, sizes, decoded, verified = [], [], [], []
    for key in keys:
        made.append(timed_us(prove, tree, storage, key, state.get))
        raw = encode(prove(tree, storage, key, state.get))
        sizes.append(len(raw))
        decoded.append(timed_us(STATE_PROOF.decode, raw))
        proof = STATE_PROOF.decode(raw)
        verified.append(timed_us(verify_state_proof, tree.root, key, proof))
    print(
        f"  {name:8} proofs: {min(sizes)} / {median(sizes):.0f} / {max(sizes)} bytes (least, median, most), "
        f"made {median(made):.0f} us, decoded {median(decoded):.1f} us, verified {median(verified):.1f} us"
    )


def measure(bits: int, count: int, rounds: int) -> None:
    """One size of state."""
    print(f"{count} random keys, 2^{bits} buckets")
    chance = random.Random(1)
    keys = [key_of(number) for number in range(count)]
    state: State = {key: chance.randbytes(40) for key in keys}
    print(" every bucket read from the storage")
    block_cost(*build(bits, state, 0), state, keys, rounds)
    print(" with the default cache")
    tree, storage = build(bits, state, CACHE_BYTES)
    block_cost(tree, storage, state, keys, rounds)
    proof_cost(tree, storage, state, chance.sample(keys, PROOFS), "present")
    proof_cost(tree, storage, state, [key_of(count + number) for number in range(PROOFS)], "absent")
    blobs = list(storage.buckets())
    print(f"  load {timed_us(StateTree.load, bits, blobs) / 1e6:.2f} s from {len(blobs)} blobs")


def measure_ground(rounds: int) -> None:
    """10^4 keys in one bucket of 16 (one of 2^16 costs the same, but takes minutes to grind)."""
    print(f"{GROUND} keys ground into one bucket of 2^4")
    keys: list[bytes] = []
    number = 0
    while len(keys) < GROUND + PROOFS:
        key = key_of(number)
        number += 1
        if bucket_index(4, key_hash(key)) == 0:
            keys.append(key)
    absent = keys[GROUND:]
    del keys[GROUND:]
    state: State = dict.fromkeys(keys, b"value")
    tree, storage = build(4, state, 0)
    one = [timed_us(tree.plan, {key: b"other"}, storage) for key in keys[:rounds]]
    print(f"  1 key changed: plan {median(one) / 1000:.2f} ms, {len(storage.bucket(0) or b'') / 1000:.0f} kB written")
    block_cost(tree, storage, state, keys, rounds)
    proof_cost(tree, storage, state, keys[:PROOFS], "present")
    proof_cost(tree, storage, state, absent, "absent")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="measure the state tree")
    parser.add_argument("--keys", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--bits", type=int, default=16)
    chosen = parser.parse_args()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, medians of {chosen.rounds}"
    )
    for count in chosen.keys:
        measure(chosen.bits, count, chosen.rounds)
    measure_ground(chosen.rounds)


if __name__ == "__main__":
    main()
