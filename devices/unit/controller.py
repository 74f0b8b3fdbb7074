"""A unit at work: poll its meters, enforce sessions, ring, archive; report what was measured, and get it decided.

Reading and reporting know of each other only through the file of reports: a dead network stops neither meters nor
relays, a dead bus stops no report.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from decimal import Decimal

import msgspec

from devices.clock import DeviceClock
from devices.drivers.relay import Relay
from devices.errors import DeviceError
from devices.follower import Follower
from devices.stopping import wait_or_stop
from devices.submitter import Backoff
from devices.unit.alarms import Alarm
from devices.unit.archive import Archive, ArchivedValue
from devices.unit.reporter import Reporter, ReportOutcome
from devices.unit.reports import Reports
from devices.unit.sensing import Sensed, SensedChannel
from devices.unit.sessions import KnownSession, Verdict, may_draw


class UnitRound(msgspec.Struct, frozen=True):
    """What one poll of all channels brought; `relays`: why each consumer's contact is closed or open."""

    time_ms: int
    sensed: dict[str, Sensed]
    alarms: tuple[Alarm, ...]
    relays: dict[str, Verdict]
    reported: int


class Listeners(msgspec.Struct, frozen=True):
    """Who hears of what happens: each is called at once and must return quickly."""

    polled: Callable[[UnitRound], None]
    pushed: Callable[[ReportOutcome, str], None]
    failed: Callable[[str], None]


class UnitController:
    """One storage unit. `relays` by channel; `report_ms`: between two reports, at multiples on the device's clock."""

    def __init__(
        self,
        channels: tuple[SensedChannel, ...],
        relays: dict[str, Relay],
        reports: Reports,
        archive: Archive,
        reporter: Reporter,
        follower: Follower,
        clock: DeviceClock,
        listeners: Listeners,
        *,
        poll_ms: int,
        report_ms: int,
        draw: random.Random,
    ) -> None:
        self._channels = channels
        self._relays = relays
        self._reports = reports
        self._archive = archive
        self._reporter = reporter
        self._follower = follower
        self._clock = clock
        self._listeners = listeners
        self._poll_ms = poll_ms
        self._report_ms = report_ms
        self._draw = draw
        self._sessions: dict[str, KnownSession] = {}
        self._reported_ms = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then every relay is opened, so that nobody draws unwatched."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._poll_for_ever(stop))
                tasks.create_task(self._push_for_ever(stop))
        finally:
            await self.open_all()

    async def poll(self, *, report: bool | None = None) -> UnitRound:
        """One round. `report`: whether what was measured is stored for the chain now; None: when it is time."""
        now_ms = self._clock.now_ms()
        found = await asyncio.gather(*(channel.poll(now_ms) for channel in self._channels))
        sensed = {channel.channel.name: one for channel, one in zip(self._channels, found, strict=True)}
        due = now_ms // self._report_ms != self._reported_ms // self._report_ms if report is None else report
        reported = self._report(now_ms) if due else 0
        relays = await self._enforce(sensed, now_ms)
        alarms = tuple(alarm for one in found for alarm in one.alarms)
        self._archive.store(_values(now_ms, sensed, relays), alarms)
        return UnitRound(now_ms, sensed, alarms, relays, reported)

    def _report(self, now_ms: int) -> int:
        counted = [one for one in (channel.due() for channel in self._channels) if one is not None]
        if counted:
            self._reports.count(counted)
        self._reported_ms = now_ms
        return sum(item is not None for _, _, _, item in counted)

    async def _enforce(self, sensed: dict[str, Sensed], now_ms: int) -> dict[str, Verdict]:
        verdicts = {}
        for channel in self._channels:
            name, relay = channel.channel.name, self._relays.get(channel.channel.name)
            if relay is None:
                continue
            known = await self._session(name, channel.channel.account)
            counted = sensed[name].counted_wh
            # A meter that does not answer would let somebody draw unseen.
            verdict = Verdict.UNKNOWN if counted is None else may_draw(known, counted, now_ms)
            verdicts[name] = verdict
            try:
                await relay.put(closed=verdict.closed)
            except DeviceError as error:
                self._listeners.failed(f"relay of {name}: {error.code}: {error.detail}")
        return verdicts

    async def _session(self, name: str, account: bytes) -> KnownSession | None:
        """The newest proven session; the one known before where no node proves one now."""
        try:
            await self._follower.start()
            session, height = await self._follower.session(account, self._reporter.address)
        except DeviceError as error:
            self._listeners.failed(f"session of {name}: {error.code}: {error.detail}")
        else:
            self._sessions[name] = KnownSession(session, self._reports.reported_wh(account, height))
        return self._sessions.get(name)

    async def push_all(self, *, attempts: int = 8) -> tuple[ReportOutcome, str]:
        """Push until nothing waits, or `attempts` pushes in all brought no decision."""
        outcome, why = await self._reporter.push()
        backoff = Backoff(self._draw)
        while outcome is not ReportOutcome.IDLE and attempts > 0:
            if outcome is not ReportOutcome.DECIDED or why:
                attempts -= 1
                await asyncio.sleep(backoff.next_s())
            outcome, why = await self._reporter.push()
        return outcome, why

    async def open_all(self) -> None:
        """Open every relay; what fails is told."""
        for name, relay in self._relays.items():
            try:
                await relay.put(closed=False)
            except DeviceError as error:
                self._listeners.failed(f"relay of {name}: {error.code}: {error.detail}")

    async def _poll_for_ever(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._listeners.polled(await self.poll())
            await wait_or_stop(stop, (self._poll_ms - self._clock.now_ms() % self._poll_ms) / 1000)

    async def _push_for_ever(self, stop: asyncio.Event) -> None:
        backoff = Backoff(self._draw)
        while not stop.is_set():
            outcome, why = await self._reporter.push()
            if outcome is not ReportOutcome.IDLE:
                self._listeners.pushed(outcome, why)
            if outcome is ReportOutcome.DECIDED and not why:
                backoff.reset()
                continue
            await wait_or_stop(stop, 1.0 if outcome is ReportOutcome.IDLE else backoff.next_s())


def _values(now_ms: int, sensed: dict[str, Sensed], relays: dict[str, Verdict]) -> list[ArchivedValue]:
    found = [
        ArchivedValue(now_ms, name, gauge, value) for name, one in sensed.items() for gauge, value in one.gauges.items()
    ]
    found += [
        ArchivedValue(now_ms, name, "counted_wh", Decimal(one.counted_wh))
        for name, one in sensed.items()
        if one.counted_wh is not None
    ]
    return found + [ArchivedValue(now_ms, name, "relay", Decimal(verdict.closed)) for name, verdict in relays.items()]
