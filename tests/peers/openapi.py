"""`python -m tests.peers.openapi`: Schemathesis asks a real node by its own description, with all of its checks.

Three visitors ask in turn: a stranger, a member who has signed in (both through a proxy, by its header), and the
machine's own user, who reads everything. No server error, no undocumented answer. `make openapi REQUESTS=50000` asks
so often; the gate (test_openapi.py) 2,000 times.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.chain import ENT
from harness.node import PASSWORD, HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Transaction
from ledger.encoding.codec import encode
from ledger.energy.payloads import EnergyProduced, OpenSession
from ledger.keys.address import format_address, format_key
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.client.login import LoginKey, sign_in
from nodechain.client.rest import NodeApi
from tests.support import peers

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
CONFIGURATION: Final = HERE / "schemathesis.toml"
HOOKS: Final = HERE / "schemathesis_hooks.py"
THROUGH_A_PROXY: Final = "Via: 1.1 proxy"
"""Who comes so is nobody's own machine, and signs in or is a stranger."""
IN_TURN: Final = 40
"""Signed transactions that are there to be sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one visitor's run came to: answers by operation and status, and what Schemathesis said."""

    answers: Mapping[str, int]
    code: int
    said: str

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.answers.values())


@dataclass(frozen=True, slots=True)
class Served:
    """A node of a process of its own, with a life on its chain; `values`: the file that the hooks read."""

    url: str
    token: str
    values: Path

    def visitors(self) -> dict[str, tuple[str, ...]]:
        """Who asks, by the headers that say so."""
        return {
            "stranger": (THROUGH_A_PROXY,),
            "member": (THROUGH_A_PROXY, f"Authorization: Bearer {self.token}"),
            "operator": (),
        }


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A validator on loopback, asked by its own description."""
    home = HomeFixture(folder / "home")
    arguments = ["validate", "--home", str(home.path), "--api-port", "0", "--standing-clock"]
    node = NodeProcess(arguments, {"NODECHAIN_PASSWORD_FILE": str(password_file(folder, PASSWORD))})
    try:
        values, alice = folder / "values.json", home.key("alice")
        with closing(NodeApi(node.url)) as api:
            values.write_text(json.dumps(_values(home, _live(home, api))))
            token = sign_in(api, LoginKey(alice.public_key, 0, alice.sign))
        yield Served(node.url, token, values)
    finally:
        code = node.stop()
    assert code == 0, node.errors


def _live(home: HomeFixture, api: NodeApi) -> list[str]:
    """Something of everything; the ids."""
    found = []
    for raw in (
        home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 5)),
        home.raw("battery", EnergyProduced(1, home.address("alice"), 10_000)),
        home.raw("alice", OpenSession(home.address("battery"), 2 * ENT, 0)),
        home.raw("alice", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, ENT // 2, ENT, 0)),
        home.raw("bob", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT // 2, ENT // 2, 0)),
    ):
        decided: Any = api.post("/v1/transactions?wait=decided", raw, object).data
        assert decided["code"] == "", decided
        found.append(Transaction(raw).id.hex())
    return found


def _values(home: HomeFixture, decided: list[str]) -> dict[str, Any]:
    names = ("alice", "bob", "carol", "battery", "bank")
    keys = [home.key(name).public_key for name in names]
    waiting = [home.raw("bob", Transfer(CURRENCY_ASSET, home.address("alice"), 1)) for _ in range(IN_TURN)]
    bodies = [*waiting, encode(waiting[:3]), encode([waiting[0], b"\x00"])]
    return {
        "formats": {
            "account-address": [format_address(home.address(name)) for name in names],
            "public-key": [key.hex() for key in keys],
            "meter-key": [*(key.hex() for key in keys), *(format_key(key) for key in keys)],
            "transaction-id": [*decided, "00" * 32],
            "time-zone": ["UTC", "Europe/Berlin", "America/St_Johns"],
        },
        "bodies": [body.hex() for body in bodies],
    }


def schemathesis() -> Path:
    """The program, in the environment of the peers; without it the test is skipped."""
    return peers.file([str(ROOT / ".venvs" / "peers" / "bin" / "schemathesis")])


def ask(
    node: Served,
    headers: tuple[str, ...],
    phases: str,
    *,
    examples: int,
    seed: int,
    deadline_s: float,
    more: tuple[str, ...] = (),
) -> Asked:
    """One visitor's run: `coverage` is each boundary of each parameter, `fuzzing` so many examples an operation."""
    shown = [part for header in headers for part in ("--header", header)]
    done = subprocess.run(
        [
            str(schemathesis()), "--config-file", str(CONFIGURATION), "run", f"{node.url}/openapi.json",
            "--checks", "all", "--phases", phases, "--max-examples", str(examples), "--seed", str(seed),
            "--continue-on-failure", "--no-shrink", "--no-color", *shown, *more,
        ],
        cwd=node.values.parent,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS), "NODECHAIN_PEER_VALUES": str(node.values)},
        capture_output=True,
        text=True,
        timeout=deadline_s,
        check=False,
    )  # fmt: skip
    counted = node.values.with_suffix(".answers")
    answers = json.loads(counted.read_text()) if counted.exists() else {}
    counted.unlink(missing_ok=True)
    return Asked(answers, done.returncode, done.stdout + done.stderr)


def main() -> int:
    """Ask until there were so many requests; 1 if a check failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers.openapi", description=__doc__)
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--examples", type=int, default=150, help="of an operation, in one run")
    parser.add_argument("--first-seed", type=int, default=1, help="of the first round: for a run in parts")
    given = parser.parse_args()
    sent, seed, failed, statuses = 0, given.first_seed - 1, 0, Counter[str]()
    started = time.monotonic()
    while sent < given.requests:
        seed += 1
        # A chain of its own for each round: the token lasts an hour, and waiting transactions are spent.
        with tempfile.TemporaryDirectory() as name, served(Path(name)) as node:
            for visitor, headers in node.visitors().items():
                found = ask(node, headers, "coverage,fuzzing", examples=given.examples, seed=seed, deadline_s=20_000)
                sent += found.requests
                failed += found.code != 0
                for answer, times in found.answers.items():
                    statuses[answer.rsplit(" ", 1)[1]] += times
                print(f"{visitor}, seed {seed}: {found.requests} requests, ended with {found.code}", flush=True)
                if found.code:
                    print(found.said, flush=True)
    print(
        f"{sent} requests in {time.monotonic() - started:.0f} s, {failed} runs with findings; answers {dict(statuses)}"
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
