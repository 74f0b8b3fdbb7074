"""A day of a large sharing community on four real validators: `python -m bench.sharing_validators [--points 10000]`.

Real processes, TLS and sockets; the chain's clock is moved on. All points are registered with their owners' consent,
the operator's file of a summer's day is imported in parts by four custodians, and the run settles 96 slots. CPU is that
of the four processes over the day; between blocks: what one validator logged while the day was imported and settled.
`--corrections N`: then another file changes the values of N points.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.cluster import SERVER_BLOCK_WEIGHT, cpu_s
from bench.sharing_day import PRODUCER_EVERY, ROWS, RULES, day_energies
from harness.cluster import Cluster
from harness.processes import until
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.envelope import Signature
from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import Value
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.allocation_rules import AllocationRule
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.payloads import ChangeScheme
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.slots.limits import MAX_POINTS_PER_OWNER
from ledger.slots.payloads import ImportRow, ImportSlots, PointTerms, RegisterPoint
from ledger.slots.schema import Direction
from nodechain.client.node_client import RestClient
from nodechain.demo.wallet import NamedPayload, Wallet
from nodechain.home.genesis_file import parse_template
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import PASSWORD, places, write_testnet

VALIDATORS: Final = 4
REGISTRARS: Final = 16
CUSTODIANS: Final = 4
SLOTS: Final = 96
SLOT_MS: Final = 900_000
START_MS: Final = 1_767_312_000_000
"""2026-01-02."""
_DECIDED: Final = re.compile(r"(?P<at>\S+Z) info +block decided height=(?P<height>[0-9]+) ")
TEMPLATE: Final = """
name = "scale"
modules = ["energy"]
voters = ["founder"]
banker = "founder"
members = [{members}]
[consensus]
min_interval = "100ms"
simulated_clock = true
[ledger]
block_weight = {weight}
[slots]
zone = "UTC"
offsets = [["1970-01-01T00:00Z", 0]]
custodians = [{registrars}]
registrars = [{registrars}]
[sharing]
managers = ["founder"]
{validators}
"""


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


class LargeCommunity:
    """Four validators, and as many members as so many points need."""

    def __init__(self, folder: Path, points: int, block_weight: int) -> None:
        self.points = points
        self.owners = [f"user{number}" for number in range(-(-points // MAX_POINTS_PER_OWNER))]
        self.registrars = [f"operator{number}" for number in range(REGISTRARS)]
        where = places(VALIDATORS, ("127.0.0.1",), 0)
        people = ["founder", *self.registrars, *self.owners]
        sections = "\n".join(
            f'[[validators]]\nkey = "{place.name}"\naccount = "founder"\nname = "{place.name}"' for place in where
        )
        text = TEMPLATE.format(
            members=_quoted(people), weight=block_weight, registrars=_quoted(self.registrars), validators=sections
        )
        net = write_testnet(folder / "net", where, parse_template(text), people, time_ms=START_MS)
        self.cluster = Cluster(folder, VALIDATORS, net=net)
        self.cluster.start_all(180)
        apis = [RestClient(self.cluster.url(number), timeout_s=180) for number in range(VALIDATORS)]
        keys = Keystore(self.cluster.client / "keys")
        self.wallet = Wallet(keys, PASSWORD, people, apis[0], apis[1:])
        self.signed_ms = apis[0].status()["clock_ms"] or START_MS
        self.day = self.signed_ms // DAY_MS + 1
        self.first_slot = self.day * SLOTS

    def register(self) -> None:
        """All points, numbered as they are registered, by the registrars in turn."""
        genesis_hash = self.wallet.chain.genesis_hash
        for first in range(0, self.points, 256):
            batch = [
                NamedPayload(self._registrar(number), self._registration(number, genesis_hash))
                for number in range(first + 1, min(first + 256, self.points) + 1)
            ]
            self.wallet.submit(batch)

    def _registration(self, number: int, genesis_hash: bytes) -> RegisterPoint:
        secret = self.wallet.secret(self.owners[(number - 1) // MAX_POINTS_PER_OWNER])
        owner = self.wallet.address(self.owners[(number - 1) // MAX_POINTS_PER_OWNER])
        name = sha256(b"point %d" % number).digest()
        # An owner's consents rise, and none is used twice.
        signed_ms = self.signed_ms - self.points + number
        terms = PointTerms(owner, int(direction(number)), "", 0, name, False, self.first_slot, signed_ms)
        return RegisterPoint(terms, secret.public_key, (Signature(0, secret.sign(terms.message(genesis_hash))),))

    def _registrar(self, number: int) -> str:
        """One for all points of an owner, so that they come in order."""
        return self.registrars[(number - 1) // MAX_POINTS_PER_OWNER % REGISTRARS]

    def open(self, rule: str) -> list[int]:
        """The scheme of all points; their numbers, which are those of registration."""
        numbers = list(range(1, self.points + 1))
        for first in range(0, self.points, MAX_SCHEME_ROWS):
            some = numbers[first : first + MAX_SCHEME_ROWS]
            terms = SchemeTerms(
                "scale", CURRENCY_ASSET,
                tuple(Participant(n, () if direction(n) == Direction.INJECTION else (1 + n % 97,)) for n in some),
                AllocationRule(RULES[rule]), MidMarket(300_000, 80_000), 10_000, self.wallet.address("founder"),
                SourceOrder.OPERATOR, 1_000, 72 * 3_600_000, Settlement.PERIOD,
            )  # fmt: skip
            change = ChangeScheme(1 if first else 0, self.first_slot, terms, *((True,) if first else ()))
            self.wallet.submit([NamedPayload("founder", change)])
        return numbers

    def parts(self, numbers: Sequence[int], version: int) -> Iterator[list[NamedPayload]]:
        """The day's values of some points: a file a custodian, a part of each at a time."""
        shares = [numbers[place::CUSTODIANS] for place in range(CUSTODIANS)]
        issued_ms = self.day * DAY_MS + version
        for part, first in enumerate(range(0, max(map(len, shares)), ROWS)):
            batch: list[NamedPayload] = []
            for place, share in enumerate(shares):
                rows = tuple(self._row(number, version) for number in share[first : first + ROWS])
                if rows:
                    file = sha256(b"file %d %d" % (place, version)).digest()
                    batch.append(NamedPayload(self.registrars[place], _import(file, issued_ms, part, rows)))
            yield batch

    def _row(self, number: int, version: int) -> ImportRow:
        energies = [energy + version for energy in day_energies(direction(number), random.Random(number))]
        steps = tuple(after - before for before, after in pairwise(energies))
        return ImportRow(number, self.first_slot, 0, energies[0], steps)

    def settled(self) -> int:
        """How many slots have a run on the first validator."""
        return len(list(self.wallet.api.sharing.runs(1)))

    def intervals_ms(self, after: int, until_height: int) -> list[int]:
        """Between blocks of these heights as the first validator logged them, in rising order."""
        process = self.cluster.processes[0]
        assert process is not None
        found, before = [], (0, 0.0)
        for line in process.errors:
            told = _DECIDED.match(line)
            if told is None:
                continue
            height, at_s = int(told["height"]), datetime.fromisoformat(told["at"]).timestamp()
            if before[0] == height - 1 and after < height <= until_height:
                found.append(round((at_s - before[1]) * 1000))
            before = height, at_s
        return sorted(found)

    def disk_bytes(self) -> int:
        """What the first validator's home takes."""
        home = self.cluster.home(0)
        return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def direction(number: int) -> Direction:
    """One point in four injects."""
    return Direction.INJECTION if number % PRODUCER_EVERY == 0 else Direction.OFFTAKE


def _import(file: bytes, issued_ms: int, part: int, rows: tuple[ImportRow, ...]) -> Value:
    return ImportSlots(file, issued_ms, part, rows)


def measure(community: LargeCommunity, numbers: Sequence[int], version: int, what: str) -> None:
    """Import and settle, and print what it took."""
    cluster, api = community.cluster, community.wallet.api
    height, disk, used, began = api.status()["height"], community.disk_bytes(), cpu_s(cluster), time.monotonic()
    for batch in community.parts(numbers, version):
        community.wallet.submit(batch)
    imported_s, imported_cpu = time.monotonic() - began, cpu_s(cluster) - used
    until(lambda: _at_rest(community), "the run", 3_000, 1.0)
    taken, cpu, end = time.monotonic() - began, cpu_s(cluster) - used, api.status()["height"]
    times = community.intervals_ms(height, end)
    each = cpu / VALIDATORS
    print(
        f"{what}: {end - height} blocks in {taken:.0f} s by the clock (import {imported_s:.0f} s); CPU of four"
        f" validators {cpu:.1f} s (import {imported_cpu:.1f} s), {each:.1f} s each: {each / 86_400:.4%} of a core's day"
        f"; between blocks median {times[len(times) // 2]} ms, 99 % {times[len(times) * 99 // 100]} ms, longest"
        f" {times[-1]} ms; home grew by {(community.disk_bytes() - disk) / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    roots = cluster.roots(min(cluster.heights()))
    print(f"  all validators have the same state: {len(roots) == 1}")


def _at_rest(community: LargeCommunity) -> bool:
    """Whether nothing waits: the heartbeat alone makes blocks then."""
    before = community.wallet.api.status()["height"]
    if community.settled() < SLOTS:
        return False
    time.sleep(3)
    return bool(community.wallet.api.status()["height"] - before <= 2)


def main() -> None:
    parser = argparse.ArgumentParser(description="measure a day of slots on four validators")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--rule", choices=RULES, default="static-redistributed")
    parser.add_argument("--corrections", type=int, default=0)
    parser.add_argument("--server", action="store_true", help="blocks for servers, not for the slowest machine")
    chosen = parser.parse_args()
    weight = SERVER_BLOCK_WEIGHT if chosen.server else MIN_BLOCK_WEIGHT
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" Python {platform.python_version()}: {chosen.points} points x {SLOTS} slots, {chosen.rule}, block weight"
        f" {weight}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        community = LargeCommunity(Path(folder), chosen.points, weight)
        try:
            began = time.monotonic()
            community.register()
            numbers = community.open(chosen.rule)
            print(f"set up in {time.monotonic() - began:.0f} s", flush=True)
            community.wallet.move_clock((community.first_slot + SLOTS) * SLOT_MS + 60_000)
            measure(community, numbers, 0, "a day")
            if chosen.corrections:
                measure(community, numbers[: chosen.corrections], 1, f"other values of {chosen.corrections} points")
        finally:
            community.cluster.close()


if __name__ == "__main__":
    main()
