"""A week of a sharing community on four validators that are killed all the time, its bills, and a node that joins.

What must hold: every account's sums and every bill are the rule's, to the base unit, on every validator; every bill is
proven by its file and the genesis; who joined by a snapshot settles a correction as the others do.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

from devices.profile import load_profile
from harness.cluster import LOOK_S, get
from harness.kills.join import Place
from harness.kills.sharing_cluster import BACK_S, Killer, PatientWallet, SharingCluster
from harness.processes import DEADLINE_S, PROGRAM, Outcome, run, until
from ledger.bank.assets import CURRENCY_ASSET
from ledger.sharing.allocation_rules import Dynamic
from ledger.sharing.payloads import ChangeScheme
from market.denominations import Denominations
from nodechain.client.node_client import RestClient
from nodechain.demo.community import PROFILE, REGISTERS, ReadProfile
from nodechain.demo.sharing.members import CLOSED, FOUNDER, OPENED, SCHEME, Members, sharing_points
from nodechain.demo.sharing.operator_story import OperatorStory
from nodechain.demo.sharing.play import FEE, HOUR_MS, PRICES
from nodechain.demo.sharing.rules import SharingTerms
from nodechain.demo.sharing.settled import SUMS_DIFFER, SettledSums
from nodechain.demo.sharing.week import DAY_SLOTS, SLOT_MS, MeasuredWeek
from nodechain.demo.wallet import NamedPayload
from nodechain.errors import NodeError
from nodechain.home.initialise import join_genesis
from nodechain.home.scheme_file import read_scheme_file
from nodechain.network.cards import Card, Cards
from nodechain.network.identity import load_or_create

T = TypeVar("T")
SOURCES = "own-then-operator"
"""Our meters' values are settled as they come, the operator's as corrections of them."""
LATE_READER = "meter-house05"
"""Its readings of the second day come a day later."""
AWAY = 3
MAX_KILLS = 10_000
RETRIES = 40
COMMAND_S = 900.0
"""An import, or all PDFs of a run, on a busy machine."""


class SharingKilling:
    """One community; a validator is away for the whole of the week's third day (or last). `kills`: at most so many."""

    def __init__(
        self, folder: Path, week: MeasuredWeek, seed: int, *, pause_s: float, kills: int = MAX_KILLS,
        forked: bool = False,
    ) -> None:  # fmt: skip
        print(f"seed {seed}")
        self.folder = folder
        self._forked = forked
        self.week = week
        self.cluster = SharingCluster(folder, week, forked=forked)
        self.random = random.Random(seed)
        self.points = sharing_points(week)
        self.operator = OperatorStory(week, self.points)
        self.killer = Killer(self.cluster, seed, pause_s, kills)
        self.joiner = self._make_joiner()
        self.seconds: dict[str, float] = {}
        self._open = ExitStack()
        self._read = _profile()
        self.retries = 0

    def _make_joiner(self) -> Place:
        """A home that knows the genesis and the validators, whose nodes know it too."""
        genesis = self.cluster.net.genesis
        place = Place(self.folder / "joiner", forked=self._forked)
        join_genesis(place.home, genesis)
        identity = load_or_create(place.home / "node")
        address = (f"127.0.0.1:{place.p2p_port}",)
        own = Card("joiner", genesis.chain_id, identity.node_id, identity.certificate, address, b"")
        for number in range(self.cluster.count):
            theirs = Cards(self.cluster.home(number) / "peers", genesis.chain_id)
            for card in theirs.load():
                Cards(place.home / "peers", genesis.chain_id).add(card)
            theirs.add(own)
        return place

    def play(self) -> None:
        """Set up, then the week under kills, with the operator's first file and what was late in it."""
        started = time.monotonic()
        self.cluster.start_all()
        names = [house.name for house in self.week.houses]
        meters = [point.place.name for point in self.points]
        self.wallet = PatientWallet(self.cluster, [*names, *meters, FOUNDER], self.random.randrange(2**32))
        self._open.callback(self.wallet.close)
        self.members = Members(self.wallet, self.week, self.points, sources=SOURCES)
        self.members.register(self._read)
        self._open_scheme()
        terms = SharingTerms(Dynamic(), PRICES, FEE, {point.number: point.direction for point in self.points})
        self.settled = SettledSums(self.members, terms)
        self._took("set up", started)
        self.killer.start()
        self._measure()
        self.deliver("operator's file", 6, self.operator.first_messages)
        self.deliver("late file", 8, lambda folder, at_ms: [self.operator.late_message(folder, at_ms)])
        self.killer.stop()

    def timed(self, what: str, do: Callable[[], T]) -> T:
        """What a piece of work gives; how long it took is printed."""
        started = time.monotonic()
        found = do()
        print(f"{what}: {time.monotonic() - started:.1f} s", flush=True)
        return found

    def _took(self, what: str, started: float) -> None:
        self.seconds[what] = round(time.monotonic() - started, 1)
        height = max(self.cluster.heights())
        print(f"{what}: {self.seconds[what]} s, {self.killer.kills} kills, height {height}", flush=True)

    def _open_scheme(self) -> None:
        """For the week: what comes after it has no data."""
        decimals = Denominations.of(self.cluster.net.genesis).assets[CURRENCY_ASSET - 1].decimals
        files = self.members.scheme_files()
        for name, scheme, from_slot in ((OPENED, 0, self.week.first_slot), (CLOSED, SCHEME, self.week.end_slot)):
            file = self.folder / name
            file.write_text(files[name])
            terms = read_scheme_file(file, CURRENCY_ASSET, decimals, self.wallet.address)
            self.wallet.submit([NamedPayload(FOUNDER, ChangeScheme(scheme, from_slot, terms))])

    def command(self, *arguments: str, node: int = 0, program: str = PROGRAM) -> Outcome:
        """A command of the founder, once."""
        words = (*arguments, "--node", self.cluster.url(node), "-o", "json")
        sender = ("--from", FOUNDER) if arguments[1] in ("import", "final") else ()
        return run(*words, *sender, environment=self.cluster.environment, deadline_s=COMMAND_S, program=program)

    def _measure(self) -> None:
        """Day by day; on one day a validator is away, and a meter's readings of one day come a day late."""
        started = time.monotonic()
        away_day, late_day = min(2, self.week.days - 1), min(1, self.week.days - 1)
        kept: list[NamedPayload] = []
        for day in range(self.week.days):
            if day == away_day:
                self.killer.take_away(AWAY)
            self.wallet.move_clock(self.week.day_start_ms(day + 1))
            made = {
                point.place.name: self.members.readings(self._read, point, day * DAY_SLOTS, DAY_SLOTS)
                for point in self.points
            }
            late = [made.pop(LATE_READER)] if day == late_day else []
            # A meter's numbers rise: what was late goes before what came after it, as an outbox does it.
            self._send_late(kept, day)
            self.wallet.submit(list(made.values()))
            kept = late
            if day == away_day:
                self.killer.give_back(AWAY)
            print(f"day {day + 1}: {time.monotonic() - started:.0f} s, {self.killer.kills} kills", flush=True)
        self._send_late(kept, self.week.days - 1)
        self._took("readings", started)

    def _send_late(self, kept: list[NamedPayload], day: int) -> None:
        """A meter's next transaction is taken in when `reading_interval` has passed: the clocks move on by a slot."""
        if kept:
            self.wallet.submit(kept)
            self.wallet.move_clock(self.week.day_start_ms(day + 1) + SLOT_MS)

    def deliver(self, what: str, hour: int, write: Callable[[Path, int], list[Path]]) -> None:
        """Files that the operator makes at an hour of the day after the week, imported however often that takes."""
        started = time.monotonic()
        created_ms = self.week.day_start_ms(self.week.days) + hour * HOUR_MS
        files = write(self.folder / "operator", created_ms)
        self.wallet.move_clock(created_ms + HOUR_MS // 2)
        book = self.folder / "points.csv"
        book.write_text(self.members.point_book())
        words = ("sharing", "import", *map(str, files), "--points", str(book), "--test-traffic", "--yes")
        while (sent := self.command(*words, node=self.random.randrange(self.cluster.count))).code:
            self.retries += 1
            assert self.retries < RETRIES, sent.out
        assert not any(file["left_out"] for file in sent.data["sent"]), sent.data
        self.require_settled()
        self._took(what, started)

    def require_settled(self) -> None:
        """Every account's sums are the rule's, on every validator; raises `NodeError` where they never are."""
        for number in range(self.cluster.count):
            with closing(RestClient(self.cluster.url(number), timeout_s=60)) as api:
                for _attempt in range(RETRIES):
                    try:
                        self.settled.wait(api, self.operator.values)
                        break
                    except (NodeError, OSError) as error:
                        if getattr(error, "code", "") == SUMS_DIFFER:
                            raise
                        time.sleep(0.2)

    def join(self) -> int:
        """The node joins by a snapshot of now, and follows; the snapshot's height."""
        started = time.monotonic()
        source = self.cluster.processes[0]
        assert source is not None
        assert source.stop() == 0
        self.cluster.processes[0] = None
        made = run("snapshot", "make", "-o", "json", environment={"NODECHAIN_HOME": str(self.cluster.home(0))}).data
        self.cluster.bring_back(0)
        self.at_one_height()
        words = ("snapshot", "fetch", "--node", self.cluster.url(0), "-o", "json")
        fetched = run(*words, environment=self.joiner.environment, deadline_s=3 * DEADLINE_S).data
        assert fetched["state_root"] == made["state_root"]
        self.joiner.start()
        self._took("join", started)
        return int(made["height"])

    def at_one_height(self) -> int:
        """Wait until all validators have the same head; its height."""
        until(lambda: len(set(self.cluster.heights())) == 1, "one height", BACK_S, LOOK_S)
        return self.cluster.height(0)

    def correct(self) -> None:
        """The operator's correction; who joined has the same block and state as all others after it."""
        self.deliver("correction", 12, self.operator.corrections)
        height = self.at_one_height()
        (agreed,) = self.cluster.roots(height)
        if self.joiner.process is None:
            return
        until(lambda: self._joined_to(height), "the joiner at the head", BACK_S, LOOK_S)
        header = get(self.joiner.url, f"/v1/blocks/{height}")["header"]
        assert (header["hash"], header["state_root"]) == agreed
        with closing(RestClient(self.joiner.url, timeout_s=60)) as api:
            for planted in self.operator.planted:
                slot = self.week.first_slot + planted.place
                theirs, ours = (node.sharing.slot(SCHEME, slot)["run"] for node in (self.wallet.nodes[0], api))
                for part in ("run", "version", "inputs_root", "rows_root"):
                    assert ours[part] == theirs[part], (slot, ours, theirs)

    def _joined_to(self, height: int) -> bool:
        status = self.joiner.status()
        return status is not None and status["height"] >= height

    def end_period(self) -> None:
        """The meters' last reading, when the billed days are over."""
        self.wallet.move_clock(self.week.day_start_ms(self.week.days + 1))
        last = self.week.slots + DAY_SLOTS - 1
        self.wallet.submit([self.members.readings(self._read, point, last, 1) for point in self.points])
        self.at_one_height()

    @property
    def funded(self) -> list[str]:
        """Who got currency at the start, and has moved nothing of it but by sharing."""
        return [house.name for house in self.week.houses]

    def close(self) -> None:
        """End everything."""
        if self.killer.is_alive():
            self.killer.halt()
        self.joiner.end()
        self._open.close()
        self.cluster.close()


def _profile() -> ReadProfile:
    """What of the meters' profile is in a binding."""
    loaded = load_profile(PROFILE)
    return ReadProfile(loaded.hash(), {kind: loaded.register(name).obis_bytes for kind, name in REGISTERS.items()})
