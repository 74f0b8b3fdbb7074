"""A street of 24 meters on three kinds of lines for a measured week, while clients, buses and validators are killed.

Each bus has a simulator and a client of its own, both processes; four validators decide. Everybody dies by SIGKILL at
random moments and comes back. What must hold in the end: the ledger has every watt-hour of the load profile once.
"""

from __future__ import annotations

import csv
import json
import random
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from devices.outbox import Outbox
from devices.profile import load_profile
from harness.cluster import Cluster
from harness.processes import DEADLINE_S, Process, run, started, until
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.keys.address import address_of, format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from ledger.metering.payloads import BindMeter, MeteringTypeNumber, MeterTerms
from ledger.metering.schema import MeterKind
from nodechain.client.node_client import RestClient
from nodechain.demo.street import DATA_FILE
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import PASSWORD, free_ports

QUARTER_MS: Final = 900_000
PROFILE: Final = "schneider-iem3155"
MAX_POWER_W: Final = 40_000
PLAYED_MS: Final = 45 * 60_000
"""All intervals are played within this: a meter is bound within the hour after it was read, on a real clock."""
HOUSES: Final = 16
ROOFS: Final = (1, 4, 7, 10, 13, 16)
BUSES: Final = ("pty", "pty", "gateway", "tcp")
DATA: Final = Path("nodechain") / "data" / DATA_FILE


@dataclass(frozen=True, slots=True)
class Metered:
    """One meter: its key's name, the account, what it measures, its column of the data."""

    name: str
    account: str
    kind: MeterKind
    column: str


def street() -> list[Metered]:
    """Sixteen loads and six roofs, and two more loads: 24 meters."""
    loads = [
        Metered(f"load{house}", f"user{house}", MeterKind.CONSUMPTION, f"house{house:02d}_load_wh")
        for house in range(1, HOUSES + 3)
    ]
    roofs = [
        Metered(f"roof{house}", f"user{house}", MeterKind.PRODUCTION, f"house{house:02d}_pv_wh") for house in ROOFS
    ]
    return loads + roofs


def consecutive_ports(count: int) -> int:
    """The first of so many ports in a row that are free now."""
    while True:
        first = free_ports(1)[0]
        with ExitStack() as probes:
            for port in range(first, first + count):
                probe = probes.enter_context(socket.socket())
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    break
            else:
                return first


class Stepped:
    """A command that answers a line with a line, and may be dead at any moment."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path, *, forked: bool) -> None:
        self._forked = forked
        self._arguments = arguments
        self._environment = environment
        self._log = log
        self._process: Process | None = None
        self.starts = 0

    def start(self) -> dict[str, Any]:
        """Start it, again and again if it dies meanwhile, and return the data of its first line."""
        end = time.monotonic() + DEADLINE_S
        while True:
            assert time.monotonic() < end, self._log.read_text()[-2_000:]
            self.kill()
            self.starts += 1
            with self._log.open("ab") as sink:
                self._process = started(
                    [*self._arguments, "--step", "--output", "json"], self._environment, forked=self._forked,
                    stdin=subprocess.PIPE, stderr=sink.fileno(),
                )  # fmt: skip
            first = self._line()
            if first is not None:
                return first

    def step(self, line: str = "") -> dict[str, Any] | None:
        """Send a line; the data of the answer, or None if it is dead."""
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any] | None:
        assert self._process is not None
        stdout: IO[str] | None = self._process.stdout
        line = stdout.readline() if stdout is not None else ""
        if not line.endswith("\n"):
            return None
        envelope = json.loads(line)
        data: dict[str, Any] | None = envelope["data"] if envelope["success"] else None
        return data

    def shoot(self) -> None:
        """SIGKILL from another thread; whoever waits for a line finds out."""
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """SIGKILL, if it runs, and everything of it is given back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with suppress(BrokenPipeError):
                        stream.close()
            self._process = None


class Bus(threading.Thread):
    """One bus: steps its simulator, has its client read it, and kills either now and then."""

    def __init__(self, kind: str, folder: Path, meters: list[Metered], killing: StreetKilling, chance: float) -> None:
        super().__init__(name=folder.name, daemon=True)
        self._folder = folder
        self._meters = meters
        self._killing = killing
        self._intervals = killing.intervals
        self._chance = chance
        self._random = random.Random(f"{killing.seed} {folder.name}")
        self.kills = {"client": 0, "bus": 0}
        self.failure: BaseException | None = None
        self._stopped = False
        folder.mkdir()
        where = {"pty": ["--pty", str(folder / "line")], "gateway": ["--rtu-tcp"], "tcp": ["--tcp"]}[kind]
        if kind != "pty":
            where.append(str(killing.ports(folder.name)))
        columns = [part for meter in meters for part in ("--column", meter.column)]
        self._simulator = Stepped(
            ["meter", "simulate", PROFILE, *where, "--profile-csv", str(DATA), *columns,
             "--state", str(folder / "state")], {}, folder / "simulator.log", forked=killing.forked,
        )  # fmt: skip
        nodes = [part for url in killing.urls for part in ("--node", url)]
        self._client = Stepped(
            ["meter", "street", str(folder / "street.json"), "--outbox", str(folder / "outbox.db"), *nodes],
            killing.cluster.environment, folder / "client.log", forked=killing.forked,
        )  # fmt: skip

    def run(self) -> None:
        """Play all intervals; what fails is kept for the test."""
        try:
            self._play()
        except BaseException as failure:
            self.failure = failure
            raise
        finally:
            self._client.kill()
            self._simulator.kill()

    def stop(self) -> None:
        """End it before its time."""
        self._stopped = True
        self._client.shoot()
        self._simulator.shoot()

    def _play(self) -> None:
        played = self._start_simulator()
        self._client.start()
        for interval in range(self._intervals):
            if self._stopped:
                return
            while played <= interval:
                answer = self._simulator.step()
                played = self._start_simulator() if answer is None else int(answer["played"])
            self._round(self._killing.start_ms + (interval + 1) * self._killing.step_ms, kill=True)
        extra, played_ms = 0, self._killing.start_ms + self._intervals * self._killing.step_ms
        while not self._round(played_ms + (extra + 1) * 1_000, kill=False):
            extra += 1
            assert extra < 100, (self._folder / "client.log").read_text()[-2_000:]

    def _start_simulator(self) -> int:
        first = self._simulator.start()
        entries = [
            {"name": meter.name, "profile": PROFILE, "at": entry["at"], "device_id": entry["device_id"],
             "key": meter.name, "max_power_w": self._killing.max_power_w}
            for meter, entry in zip(self._meters, first["meters"], strict=True)
        ]  # fmt: skip
        (self._folder / "street.json").write_text(json.dumps(entries))
        return int(first["played"])

    def _round(self, time_ms: int, *, kill: bool) -> bool:
        """A round at this time; whether all was read and settled."""
        victim, timer = self._draw() if kill else ("", None)
        answer = self._client.step(str(time_ms))
        if timer is not None:
            timer.join()
        if victim == "bus":
            self._start_simulator()
        if answer is None or victim == "client":
            self._client.start()
            return self._round(time_ms, kill=False)
        return not answer["failed"] and not answer["unsettled"]

    def _draw(self) -> tuple[str, threading.Timer | None]:
        """Who dies in this round, if anybody, a little later."""
        if self._random.random() >= self._chance:
            return "", None
        victim = self._random.choice(("client", "bus"))
        self.kills[victim] += 1
        target = self._client if victim == "client" else self._simulator
        timer = threading.Timer(self._random.uniform(0.0, 0.4), target.shoot)
        timer.start()
        return victim, timer


class StreetKilling:
    """The validators, the keys, and the buses."""

    def __init__(self, folder: Path, seed: int, intervals: int, *, forked: bool = False) -> None:
        """`forked`: as `harness.processes.started` has it."""
        print(f"seed {seed}")
        self.seed = seed
        self.folder = folder
        self.intervals = intervals
        self.random = random.Random(seed)
        self.cluster = Cluster(
            folder, accounts=HOUSES + 2, log_level="warning", parameters={"reading_interval": "1s"}, forked=forked
        )
        self.forked = forked
        self.meters = street()
        self.node_kills = 0
        now_ms = time.time_ns() // 10**6
        self.step_ms = min(PLAYED_MS // (intervals + 1), QUARTER_MS)
        self.start_ms = now_ms - (intervals + 1) * self.step_ms
        self.max_power_w = -(-MAX_POWER_W * QUARTER_MS // self.step_ms)
        self._ports: dict[str, int] = {}
        keys = Keystore(self.cluster.client / "keys", cost=COST_LIGHT)
        for meter in self.meters:
            keys.create(meter.name, KeyKind.METER, PASSWORD)
        self._buses: list[Bus] = []

    def ports(self, bus: str) -> int:
        """The first of some free ports of a bus, the same over its restarts."""
        if bus not in self._ports:
            self._ports[bus] = consecutive_ports(len(self.meters) // len(BUSES))
        return self._ports[bus]

    @property
    def urls(self) -> list[str]:
        """Of all validators."""
        return [self.cluster.url(number) for number in range(self.cluster.count)]

    def bind(self) -> None:
        """Every meter to the battery and its account, with the consent of all three."""
        loaded = load_profile(PROFILE)
        profile, register = loaded.hash(), loaded.register("energy_import")
        battery = self.cluster.key("battery")
        with closing(RestClient(self.urls[0], timeout_s=60)) as api:
            for nonce, meter in enumerate(self.meters, 1):
                key, account = self.cluster.key(meter.name), self.cluster.key(meter.account)
                terms = MeterTerms(
                    address_of(battery.public_key), address_of(account.public_key), int(meter.kind), key.public_key,
                    bytes(32), profile, register.obis_bytes, register.exponent, 1, 0, self.max_power_w,
                    self.start_ms, 0, 0,
                )  # fmt: skip
                message = terms.message(self.cluster.net.genesis.hash)
                consent = (Signature(0, account.sign(message)),)
                binding = BindMeter(terms, key.sign(message), account.public_key, consent)
                api.submit(self._signed(battery, nonce, binding), wait_s=60)

    def _signed(self, key: Ed25519SecretKey, nonce: int, payload: BindMeter) -> bytes:
        chain_id = self.cluster.net.genesis.chain_id
        envelope = unsigned(chain_id, MeteringTypeNumber.BIND_METER, key.public_key, nonce, payload)
        return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self.cluster.net.genesis.hash))),))

    def play(self, *, chance: float, node_pause_s: float) -> None:
        """All buses side by side; `chance` of a kill in a round, and a validator every so often."""
        per_bus = len(self.meters) // len(BUSES)
        for place, kind in enumerate(BUSES):
            mine = self.meters[place * per_bus : (place + 1) * per_bus]
            self._buses.append(Bus(kind, self.folder / f"bus{place}", mine, self, chance))
        for bus in self._buses:
            bus.start()
        # The pauses are the random moments at which validators die: nothing is waited for.
        while any(bus.is_alive() for bus in self._buses):
            time.sleep(self.random.uniform(0.5, 1.5) * node_pause_s)
            victim = self.random.randrange(self.cluster.count)
            self.cluster.kill(victim)
            self.node_kills += 1
            time.sleep(self.random.uniform(0.0, 0.5))
            self.cluster.start(victim)
            until(partial(self.cluster.is_signing, victim), f"validator {victim} back")
        for bus in self._buses:
            bus.join()
            if bus.failure is not None:
                raise AssertionError(f"{bus.name}: {bus.failure}") from bus.failure

    @property
    def kills(self) -> dict[str, int]:
        """Of each kind of victim."""
        found = {"validator": self.node_kills, "client": 0, "bus": 0}
        for bus in self._buses:
            for victim, count in bus.kills.items():
                found[victim] += count
        return found

    def check(self) -> tuple[int, int]:
        """Every watt-hour once, on every validator; then an audit. Returns Wh and readings."""
        with DATA.open(newline="") as source:
            rows = list(csv.DictReader(source))[: self.intervals]
        total = sum(int(row[meter.column]) for row in rows for meter in self.meters)
        height = max(self.cluster.heights())
        until(lambda: min(self.cluster.heights()) >= height, "one height")
        for url in self.urls:
            with closing(RestClient(url, timeout_s=60)) as api:
                self._check_one(api, rows)
        readings = self._check_sequences()
        self.cluster.close()
        words = ("audit", "--output", "json")
        audited = run(*words, environment={"NODECHAIN_HOME": str(self.cluster.home(0))}, deadline_s=600).data
        assert audited["sound"]
        return total, readings

    def _check_one(self, api: RestClient, rows: list[dict[str, str]]) -> None:
        metered: dict[str, dict[str, int]] = {}
        for meter in self.meters:
            expected = sum(int(row[meter.column]) for row in rows)
            shown = api.meter(self.cluster.key(meter.name).public_key)
            assert shown["register_wh"] == expected, (meter.name, shown, expected)
            sums = metered.setdefault(meter.account, {"load": 0, "roof": 0})
            sums["load" if meter.kind is MeterKind.CONSUMPTION else "roof"] += expected
        for account, sums in metered.items():
            address = format_address(self.cluster.address(account))
            household = api.account(address)["metered"]
            loads, roofs = (
                household["consumed_wh"] + household["imported_wh"],
                household["produced_wh"] + household["exported_wh"],
            )
            assert (loads, roofs) == (sums["load"], sums["roof"]), (account, household, sums)

    def _check_sequences(self) -> int:
        """Every meter's numbers in the outboxes: no hole, no number over two bodies. Returns how many there are."""
        count = 0
        for bus in self._buses:
            with Outbox(self.folder / bus.name / "outbox.db") as outbox:
                for summary in outbox.summaries():
                    batches = sorted(
                        (batch.first_sequence, batch.nonce) for batch in outbox.batches(summary.meter, most=10**6)
                        if batch.state == "decided"
                    )  # fmt: skip
                    numbers = [number for first, last in batches for number in range(first, last + 1)]
                    assert numbers == list(range(1, summary.last_sequence + 1)), (bus.name, summary)
                    assert (summary.refused, summary.pending, summary.on_the_way) == (0, 0, 0), summary
                    count += len(numbers)
        return count

    def close(self) -> None:
        """End everything."""
        for bus in self._buses:
            bus.stop()
        self.cluster.close()
