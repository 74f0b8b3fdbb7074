"""A meter that runs for ever: read at every interval, store, submit; what fails is tried again, nothing is dropped.

The two loops know of each other only through the outbox: a dead network does not stop reading, a dead bus does not
stop sending.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec

from devices.client import DeviceClient
from devices.clock import DeviceClock
from devices.collector import Collector, JudgedSample
from devices.errors import BadData, BadNodeAnswer, EnvironmentFault, LinkFault, NodeRefusal
from devices.follower import Follower
from devices.outbox import Outbox
from devices.readings import ReadingSigner
from devices.stopping import wait_or_stop
from devices.submitter import Backoff, Pushed, PushProgress, Submitter, building_with


class RunnerReports(msgspec.Struct, frozen=True):
    """Who hears of what happens: each is called at once and must return quickly."""

    taken: Callable[[JudgedSample], None]
    pushed: Callable[[Pushed], None]
    failed: Callable[[Exception], None]


class MeterRunner:
    """Reads with `collectors` every `interval_s` (at multiples of it on the device's clock) and submits.

    `signers` are the keys of all meters of the outbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        collectors: tuple[Collector, ...],
        client: DeviceClient,
        follower: Follower,
        signers: tuple[ReadingSigner, ...],
        clock: DeviceClock,
        reports: RunnerReports,
        *,
        interval_s: int = 900,
        draw: random.Random,
    ) -> None:
        self._outbox = outbox
        self._collectors = collectors
        self._client = client
        self._follower = follower
        self._signers = {signer.public_key: signer for signer in signers}
        self._clock = clock
        self._reports = reports
        self._interval_ms = interval_s * 1000
        self._draw = draw

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; a batch on its way stays in the outbox."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read_for_ever(stop))
            tasks.create_task(self._submit_for_ever(stop))

    async def run_once(self) -> tuple[tuple[JudgedSample, ...], tuple[Pushed, ...], tuple[Pushed, ...]]:
        """Read all meters once and submit what is pending: what was read, what each push brought, and how it ended.

        Raises what fails in reading.
        """
        taken: list[JudgedSample] = []
        for collector in self._collectors:
            taken.extend(await collector.collect())
        pushed: list[Pushed] = []

        def heard(entry: Pushed) -> None:
            pushed.append(entry)
            self._reports.pushed(entry)

        try:
            left = await (await self._submitter(heard)).drain(attempts=3)
        except (EnvironmentFault, NodeRefusal, BadNodeAnswer) as error:
            # What was read is stored: a run that reaches no node has done half of its work.
            meters = self._signers
            left = tuple(Pushed(meter, PushProgress.UNREACHABLE, error.code, error.detail) for meter in meters)
            for entry in left:
                heard(entry)
        return tuple(taken), tuple(pushed), left

    async def _read_for_ever(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await asyncio.gather(*(self._read_one(collector, stop) for collector in self._collectors))
            now_ms = self._clock.now_ms()
            await wait_or_stop(stop, (self._interval_ms - now_ms % self._interval_ms) / 1000)

    async def _read_one(self, collector: Collector, stop: asyncio.Event) -> None:
        """One meter's readings of this interval; trouble on the bus is tried again for half the interval."""
        backoff = Backoff(self._draw, first_s=0.5, most_s=10)
        deadline_ms = self._clock.now_ms() + self._interval_ms // 2
        while not stop.is_set():
            try:
                for taken in await collector.collect():
                    self._reports.taken(taken)
                return
            except (LinkFault, BadData) as error:
                self._reports.failed(error)
            if self._clock.now_ms() >= deadline_ms:
                return
            await wait_or_stop(stop, backoff.next_s())

    async def _submit_for_ever(self, stop: asyncio.Event) -> None:
        backoff = Backoff(self._draw)
        while not stop.is_set():
            try:
                submitter = await self._submitter(self._reports.pushed)
            except (EnvironmentFault, NodeRefusal, BadNodeAnswer) as error:
                self._reports.failed(error)
                await wait_or_stop(stop, backoff.next_s())
                continue
            await submitter.run(stop)

    async def _submitter(self, report: Callable[[Pushed], None]) -> Submitter:
        """A submitter for the node's chain, to which the outbox is tied from the first time on."""
        chain = await self._follower.start()
        return Submitter(
            self._outbox,
            self._client,
            self._follower,
            building_with(self._signers, chain),
            draw=self._draw,
            report=report,
        )
