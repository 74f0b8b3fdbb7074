"""What a chain on which nothing happens writes in a year: `python -m bench.idle [--blocks N]`.

Real blocks of 1, 4 and 64 validators with the COMMITs of all, made and stored as a node does, at the heartbeat of the
genesis; measured is the store's directory as it lies there; fewer blocks than a year's are counted up.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from harness.chain import address, make_genesis, secret
from ledger.chain.certificate import commit_message
from ledger.chain.genesis import GenesisValidator
from ledger.chain.header import Certificate, CommitSignature
from nodechain.chain.app import Application
from nodechain.store.store import Store

HEARTBEAT_MS: Final = 6 * 3_600_000
YEAR_MS: Final = 365 * 86_400_000


def grow(path: Path, count: int, blocks: int) -> int:
    """So many heartbeats of `count` validators, proposed in turn; the bytes on the disk."""
    names = [f"validator {number}" for number in range(count)]
    genesis = make_genesis(
        validators=tuple(GenesisValidator(secret(name).public_key[1:], address(name), name) for name in names),
        max_validators=64,
        heartbeat_ms=HEARTBEAT_MS,
        tree_bits=16,
    )
    with Store.open(path) as store:
        app = Application(genesis, store)
        members = app.parent.validators.members
        for height in range(1, blocks + 1):
            block, _left_out = app.propose(
                (),
                time_ms=genesis.time_ms + height * HEARTBEAT_MS,
                proposer=members[height % count].address,
                verified=frozenset(),
            )
            message = commit_message(genesis.hash, height, 0, block.hash)
            entries = tuple(
                CommitSignature(index, secret(member.name).sign(message)) for index, member in enumerate(members)
            )
            certificate = Certificate(height, 0, block.hash, entries)
            app.commit(block, certificate)
            app.advance(block, certificate)
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=YEAR_MS // HEARTBEAT_MS)
    blocks = parser.parse_args().blocks
    sys.stdout.write("validators  blocks  bytes/block  MB/year\n")
    for count in (1, 4, 64):
        with tempfile.TemporaryDirectory() as folder:
            first = grow(Path(folder) / "begun", count, 1)
            per_block = (grow(Path(folder) / "grown", count, blocks) - first) / (blocks - 1)
        a_year = per_block * (YEAR_MS // HEARTBEAT_MS) / 10**6
        sys.stdout.write(f"{count:>10}  {blocks:>6}  {per_block:>11.0f}  {a_year:>7.1f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
