"""Validators of a sharing community, whose clocks are moved together, and a wallet that outlives their deaths."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from harness.cluster import LOOK_S, Cluster
from harness.processes import until
from ledger.chain.envelope import Transaction
from ledger.encoding.codec import encode
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.transactions import BatchItem
from nodechain.client.node_client import RestClient
from nodechain.demo.community import meter_places
from nodechain.demo.sharing.members import FOUNDER, sharing_template
from nodechain.demo.sharing.week import MeasuredWeek
from nodechain.demo.wallet import NamedPayload, Wallet
from nodechain.errors import NodeError
from nodechain.home.genesis_file import ValidatorSection
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import PASSWORD, places, write_testnet

VALIDATORS = 4
TICKS = os.sysconf("SC_CLK_TCK")
_DECIDED = re.compile(r"(?P<at>\S+Z) info +block decided height=(?P<height>[0-9]+) ")
BACK_S = 180.0
SUBMIT_S = 600.0
"""Until a batch is decided, whoever dies meanwhile and however busy the machine is."""
WAIT_S = 5
"""So long a node is waited for, before another one is asked with the same bytes."""


class SharingCluster(Cluster):
    """Four validators; whoever comes back after a kill has its clock moved to where all others' is."""

    def __init__(self, folder: Path, week: MeasuredWeek, *, forked: bool = False) -> None:
        where = places(VALIDATORS, ("127.0.0.1",), 0)
        sections = tuple(ValidatorSection(key=place.name, account=FOUNDER, name=place.name) for place in where)
        template = sharing_template(week).model_copy(update={"validators": sections})
        names = (FOUNDER, *(house.name for house in week.houses))
        net = write_testnet(folder / "net", where, template, names, time_ms=week.street.start_ms)
        super().__init__(folder, VALIDATORS, net=net, forked=forked)
        keys = Keystore(self.client / "keys", cost=COST_LIGHT)
        for place in meter_places(week.street):
            keys.create(place.name, KeyKind.METER, PASSWORD)
        self.clock_ms = week.street.start_ms
        self._starting: set[int] = set()
        self.cpu_s = 0.0
        self.lines: list[str] = []

    def start(self, number: int, *more: str, ahead_ms: int = 0) -> None:
        """See `Cluster`."""
        super().start(number, "--standing-clock", *more, ahead_ms=ahead_ms)

    def start_all(self, deadline_s: float = BACK_S) -> None:
        """See `Cluster`."""
        super().start_all(deadline_s)
        self.move(self.clock_ms)

    def bring_back(self, *numbers: int) -> None:
        """Start some again, wait until they vote, and move their clocks; one may need the other to go on."""
        for number in numbers:
            self._starting.add(number)
            self.start(number)
        for number in numbers:
            until(partial(self.is_signing, number), f"validator {number} back", BACK_S, LOOK_S)
            # From here on `move` reaches it; the time that it missed is there already.
            self._starting.discard(number)
            self._move_one(number)

    def kill(self, number: int) -> None:
        """See `Cluster`; what it had used and logged is counted."""
        self._count(number)
        super().kill(number)

    def close(self) -> None:
        """See `Cluster`."""
        for number, process in enumerate(self.processes):
            if process is not None and process.process.poll() is None:
                self._count(number)
        super().close()

    def _count(self, number: int) -> None:
        process = self.processes[number]
        assert process is not None
        fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
        self.cpu_s += (int(fields[11]) + int(fields[12])) / TICKS
        self.lines += process.errors

    def move(self, time_ms: int) -> None:
        """The clocks of all that run, however busy they are; the others' when they are back."""
        self.clock_ms = time_ms
        for number in range(self.count):
            self._move_one(number)

    def _move_one(self, number: int) -> None:
        until(lambda: self._is_away(number) or self._has_moved(number), f"validator {number}'s clock", BACK_S, LOOK_S)

    def _is_away(self, number: int) -> bool:
        """Whether a validator is dead, or on its way back: its clock is moved when it votes."""
        return self.processes[number] is None or number in self._starting

    def _has_moved(self, number: int) -> bool:
        status = self.status(number)
        if status is not None and int(status["clock_ms"]) >= self.clock_ms:
            # Who has been away begins at its head's time, which may be a little later; no clock goes back.
            return True
        try:
            with closing(RestClient(self.url(number), timeout_s=10)) as api:
                api.move_clock(self.clock_ms)
        except (NodeError, OSError):
            return False
        return True

    def block_intervals_ms(self) -> list[int]:
        """Between two blocks that one run of a validator decided one after the other, in rising order, of all logs."""
        found, before = [], (0, 0.0)
        for line in self.lines:
            told = _DECIDED.match(line)
            if told is None:
                continue
            height, at_s = int(told["height"]), datetime.fromisoformat(told["at"]).timestamp()
            if before[0] == height - 1:
                found.append(round((at_s - before[1]) * 1000))
            before = height, at_s
        return sorted(found)


class PatientWallet(Wallet):
    """Signs once, and asks one validator after the other with the same bytes until all is decided."""

    def __init__(self, cluster: SharingCluster, names: Iterable[str], seed: int) -> None:
        self._cluster = cluster
        self._random = random.Random(seed)
        self._nodes = [RestClient(cluster.url(number), timeout_s=3 * WAIT_S) for number in range(cluster.count)]
        keystore = Keystore(cluster.client / "keys", cost=COST_LIGHT)
        super().__init__(keystore, PASSWORD, names, self._nodes[0])

    @property
    def nodes(self) -> Sequence[RestClient]:
        """A client of each validator."""
        return self._nodes

    def move_clock(self, time_ms: int) -> None:
        """Of every validator."""
        self._cluster.move(time_ms)

    def submit(self, batch: Sequence[NamedPayload], *, may_fail: bool = False) -> list[BatchItem]:
        """See `Wallet`; whoever dies meanwhile."""
        waiting = [self.sign(named) for named in batch]
        end, last = time.monotonic() + SUBMIT_S, ""
        found: list[BatchItem] = []
        while waiting:
            assert time.monotonic() < end, f"{len(waiting)} of {len(batch)} are not decided: {last}"
            api = self._random.choice(self._nodes)
            try:
                api.submit_batch(encode(waiting), wait_s=WAIT_S)
                left = []
                for raw in waiting:
                    answer = api.transaction(Transaction(raw).id.hex())
                    if answer["status"] != "decided":
                        left.append(raw)
                        continue
                    assert may_fail or not answer["code"], answer
                    found.append(
                        BatchItem(id=answer["id"], status="decided", height=answer["height"], code=answer["code"],
                                  explanation=answer["explanation"])
                    )  # fmt: skip
                waiting = left
            except (NodeError, OSError) as error:
                last = str(error)
                time.sleep(0.05)
        return found

    def close(self) -> None:
        """Hang up."""
        for api in self._nodes:
            api.close()


class Killer(threading.Thread):
    """SIGKILLs validators at random moments and starts them again, until it is stopped; now and then two at once.

    While one is away for longer nobody else dies: four validators go on without one, not without two.
    """

    def __init__(self, cluster: SharingCluster, seed: int, pause_s: float, most: int) -> None:
        super().__init__(name="killer", daemon=True)
        self._cluster = cluster
        self._random = random.Random(seed)
        self._pause_s = pause_s
        self._most = most
        self._stopped = threading.Event()
        self._away: set[int] = set()
        self._lock = threading.Lock()
        self.kills = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Until `stop`; what fails is kept for whoever waits."""
        try:
            # The pauses are the random moments at which validators die: nothing is waited for.
            while not self._stopped.wait(self._random.uniform(0.5, 1.5) * self._pause_s):
                with self._lock:
                    if not self._away and self.kills < self._most:
                        self._kill_some()
        except BaseException as failure:
            self.failure = failure
            raise

    def _kill_some(self) -> None:
        victims = self._random.sample(range(self._cluster.count), 2 if self._random.random() < 0.25 else 1)
        for victim in victims:
            self._cluster.kill(victim)
            self.kills += 1
        time.sleep(self._random.uniform(0.0, 0.3))
        self._cluster.bring_back(*victims)

    def take_away(self, number: int) -> None:
        """Kill one for longer."""
        with self._lock:
            self._away.add(number)
            self._cluster.kill(number)
            self.kills += 1

    def give_back(self, number: int) -> None:
        """Start it again."""
        with self._lock:
            self._cluster.bring_back(number)
            self._away.discard(number)

    def halt(self) -> None:
        """End it when whom it killed last is back."""
        self._stopped.set()
        self.join()

    def stop(self) -> None:
        """End it, and fail if it failed."""
        self.halt()
        if self.failure is not None:
            raise AssertionError(f"killer: {self.failure}") from self.failure
