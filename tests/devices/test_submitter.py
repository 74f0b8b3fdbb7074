"""From outbox to chain through a node that loses, delays and refuses: each reading decided once, in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.client import DeviceClient, TransactionStatus
from devices.clock import PlayedDeviceClock
from devices.collector import Collector, Stream, store
from devices.drivers.driver import Confirmation
from devices.drivers.modbus import ModbusDriver
from devices.errors import Misuse
from devices.follower import Follower
from devices.links.modbus import ModbusLink
from devices.meter import MeterLimits, MeterState, StatusFlag
from devices.outbox import UNKNOWN, Build, NewReading, Outbox
from devices.outbox_file import Batch
from devices.profile import load_profile
from devices.readings import Reading, ReadingHeader, SignedBatch, build_batch
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.submitter import Backoff, Pushed, PushProgress, Submitter
from harness.fake_chain import TOWN
from harness.fake_node import FakeNode
from ledger.keys.crypto import Ed25519SecretKey

KEY = Ed25519SecretKey(bytes(32))
METER = KEY.public_key
IMPORT = bytes((1, 0, 1, 8, 0, 255))
EXPORT = bytes((1, 0, 2, 8, 0, 255))
HEAD = ReadingHeader(bytes(32), 1, 2, 0, IMPORT, 0)


def signing(*keys: Ed25519SecretKey, valid_until: Callable[[], int] = lambda: 0) -> Callable[[bytes], Build]:
    by_public_key = {key.public_key: key for key in keys}

    def for_meter(meter: bytes) -> Build:
        def build(header: ReadingHeader, readings: tuple[Reading, ...]) -> SignedBatch:
            return build_batch(by_public_key[meter], TOWN, header, readings, valid_until_height=valid_until())

        return build

    return for_meter


async def no_nap(seconds: float) -> None:
    await asyncio.sleep(0)


class Scene:
    """An outbox with one meter, a fake node, a client and a submitter between them."""

    def __init__(self, folder: Path, node: FakeNode, valid_until: int = 0) -> None:
        self.outbox = Outbox(folder / "outbox.db")
        self.outbox.add_meter(METER)
        self.node = node
        self.valid_until = valid_until
        self.client = DeviceClient([node.url], timeout_s=5)
        self.follower = Follower(self.client, self.outbox, lambda: 10**12)
        self.reports: list[Pushed] = []
        self.submitter = Submitter(
            self.outbox,
            self.client,
            self.follower,
            signing(KEY, valid_until=lambda: self.valid_until),
            draw=random.Random(1),
            most_readings=3,
            idle_s=0.01,
            sleep=no_nap,
            report=self.reports.append,
        )
        self.place = 0

    def append(self, count: int) -> None:
        for _ in range(count):
            self.place += 1
            self.outbox.append([NewReading(METER, self.place * 1_000, self.place * 7, HEAD)])

    @property
    def on_chain(self) -> list[tuple[int, int, int]]:
        return self.node.readings.get(METER, [])

    def expected(self, *numbers: int) -> list[tuple[int, int, int]]:
        return [(number, number * 1_000, number * 7) for number in numbers]

    def close(self) -> None:
        self.client.close()
        self.outbox.close()


def play(folder: Path, body: Callable[[Scene], Awaitable[None]], *, valid_until: int = 0) -> None:
    async def main() -> None:
        async with FakeNode() as node:
            scene = Scene(folder, node, valid_until)
            await scene.follower.start()
            scene.outbox.reconcile(METER, UNKNOWN)
            try:
                await body(scene)
            finally:
                scene.close()

    asyncio.run(main())


def test_all_readings_are_decided_in_order_in_batches(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        assert (await scene.submitter.push(METER)).progress is PushProgress.IDLE
        scene.append(7)
        assert [pushed.progress for pushed in await scene.submitter.drain()] == [PushProgress.IDLE]
        assert scene.on_chain == scene.expected(*range(1, 8))
        assert len(scene.node.bodies) == 3
        assert [pushed.progress for pushed in scene.reports] == [PushProgress.DECIDED] * 3
        assert scene.outbox.summaries()[0].decided == 7

    play(tmp_path, body)


@pytest.mark.parametrize("mood", ["lost", "dropped", "busy", "mempool_full"])
def test_a_batch_is_sent_again_byte_for_byte_until_it_is_decided(tmp_path: Path, mood: str) -> None:
    async def body(scene: Scene) -> None:
        scene.append(2)
        scene.node.moods.extend([mood] * 2 if mood == "lost" else [mood] * 3)
        await scene.submitter.drain()
        assert scene.on_chain == scene.expected(1, 2)
        assert len(set(scene.node.bodies)) == 1
        assert scene.outbox.summaries()[0].decided == 2

    play(tmp_path, body)


def test_a_decision_that_comes_later_is_asked_for_and_not_sent_again(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        scene.append(1)
        scene.node.moods.append("pending")
        assert (await scene.submitter.push(METER)).progress is PushProgress.WAITING
        scene.node.decide(scene.node.bodies[0])
        assert (await scene.submitter.push(METER)).progress is PushProgress.DECIDED
        assert len(scene.node.bodies) == 1

    play(tmp_path, body)


def test_l3b_a_batch_that_waits_for_its_minute_at_the_node_is_not_refused(tmp_path: Path) -> None:
    """A node keeps what is early, and knows it when it comes again."""

    async def body(scene: Scene) -> None:
        scene.append(1)
        scene.node.moods.extend(("pending", "known"))
        assert (await scene.submitter.push(METER)).progress is PushProgress.WAITING
        assert (await scene.submitter.push(METER)).progress is PushProgress.WAITING
        scene.node.decide(scene.node.bodies[0])
        assert (await scene.submitter.push(METER)).progress is PushProgress.DECIDED

    play(tmp_path, body)


def test_a_failed_receipt_settles_the_batch_and_the_next_goes_on(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        scene.append(4)
        scene.node.receipt_codes.append("profile_mismatch")
        await scene.submitter.drain()
        assert scene.on_chain == scene.expected(4)
        assert [pushed.code for pushed in scene.reports] == ["profile_mismatch", ""]
        assert scene.outbox.summaries()[0].refused == 3

    play(tmp_path, body)


def test_numbers_taken_by_somebody_else_are_never_signed_again(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        scene.append(5)
        scene.node.use(METER, 2)
        await scene.submitter.drain()
        assert scene.reports[0].progress is PushProgress.RENUMBERED
        assert scene.reports[0].code == "number_taken"
        assert scene.on_chain == scene.expected(3, 4, 5)
        scene.node.use(METER, 90)
        scene.append(1)
        await scene.submitter.drain()
        scene.append(1)
        await scene.submitter.drain()
        assert scene.on_chain == [*scene.expected(3, 4, 5), (91, 7_000, 49)]

    play(tmp_path, body)


def test_an_expired_batch_is_signed_anew_with_what_came_meanwhile(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        scene.append(2)
        for _ in range(6):
            scene.node.chain.grow()
        pushed = await scene.submitter.push(METER)
        assert (pushed.progress, pushed.code) == (PushProgress.RENUMBERED, "expired")
        scene.append(1)
        scene.valid_until = 50
        await scene.submitter.drain()
        assert scene.on_chain == scene.expected(1, 2, 3)

    play(tmp_path, body, valid_until=5)


def test_nothing_is_lost_when_no_node_answers(tmp_path: Path) -> None:
    async def main() -> None:
        outbox = Outbox(tmp_path / "outbox.db")
        outbox.add_meter(METER)
        outbox.append([NewReading(METER, 1_000, 7, HEAD)])
        client = DeviceClient(["http://127.0.0.1:1"])
        follower = Follower(client, outbox, lambda: 0)
        submitter = Submitter(outbox, client, follower, signing(KEY), draw=random.Random(1), sleep=no_nap)
        (pushed,) = await submitter.drain(attempts=3)
        assert (pushed.progress, pushed.code) == (PushProgress.UNREACHABLE, "node_unreachable")
        assert outbox.batches(METER) == (), "nothing is signed before the chain's time is proven"
        assert outbox.summaries()[0].pending == 1
        client.close()
        outbox.close()

    asyncio.run(main())


def test_running_until_stopped_pushes_what_comes(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        stop = asyncio.Event()
        scene.append(2)
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            tasks.create_task(scene.submitter.run(stop))
            await scene.node.decided_transactions(1)
            scene.append(2)
            await scene.node.decided_transactions(2)
            stop.set()
        assert scene.on_chain == scene.expected(1, 2, 3, 4)

    play(tmp_path, body)


MOODS = st.sampled_from(["", "lost", "dropped", "pending", "busy", "mempool_full"])


def test_a_street_hands_its_batches_over_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each meter's batch is on the disk before any is sent: so they reach a node side by side, and share its block."""
    keys = [Ed25519SecretKey(bytes([number]) * 32) for number in range(1, 9)]
    steps: list[str] = []

    async def body(scene: Scene) -> None:
        for key in keys:
            scene.outbox.reconcile(key.public_key, UNKNOWN)
            scene.outbox.append([NewReading(key.public_key, 1_000, 7, HEAD)])
        mark_sent, submit = scene.outbox.mark_sent, scene.client.submit

        def marked(batch: Batch) -> None:
            steps.append("signed")
            mark_sent(batch)

        async def submitted(raw: bytes, *, wait: bool = False) -> TransactionStatus:
            steps.append("sent")
            return await submit(raw, wait=wait)

        monkeypatch.setattr(scene.outbox, "mark_sent", marked)
        monkeypatch.setattr(scene.client, "submit", submitted)
        street = Submitter(scene.outbox, scene.client, scene.follower, signing(*keys), draw=random.Random(1))
        await scene.follower.time_bound(1_000)
        ends = await street.drain(tuple(key.public_key for key in keys))
        assert {end.progress for end in ends} == {PushProgress.IDLE}

    play(tmp_path, body)
    assert steps == ["signed"] * len(keys) + ["sent"] * len(keys)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 4), st.lists(MOODS, max_size=3), st.booleans()), max_size=8))
def test_through_any_weather_every_reading_is_on_the_chain_once(
    tmp_path_factory: pytest.TempPathFactory, days: list[tuple[int, list[str], bool]]
) -> None:
    async def body(scene: Scene) -> None:
        for count, moods, block in days:
            scene.append(count)
            scene.node.moods.extend(moods)
            await scene.submitter.push(METER)
            if block:
                for raw in tuple(scene.node.pending.values()):
                    scene.node.decide(raw)
        scene.node.moods.clear()
        for raw in tuple(scene.node.pending.values()):
            scene.node.decide(raw)
        await scene.submitter.drain()
        assert scene.on_chain == scene.expected(*range(1, scene.place + 1))

    play(tmp_path_factory.mktemp("scene"), body)


def test_waiting_grows_with_jitter_and_starts_over() -> None:
    backoff = Backoff(random.Random(1), first_s=1, most_s=8)
    waits = [backoff.next_s() for _ in range(6)]
    for wait_s, whole in zip(waits, (1, 2, 4, 8, 8, 8), strict=True):
        assert whole / 2 <= wait_s <= whole
    assert len(set(waits)) == 6
    backoff.reset()
    assert backoff.next_s() <= 1


def test_a_meter_from_its_registers_to_the_chain(tmp_path: Path) -> None:
    """Two registers of one meter, each under its own key; a fault, a reset, a clock that steps back."""
    other = Ed25519SecretKey(b"\1" * 32)
    limits = MeterLimits(max_power_w=20_000)

    async def main() -> None:
        profile = load_profile("schneider-iem3155")
        meter = SimulatedMeter(profile)
        clock = PlayedDeviceClock(0)
        async with FakeNode() as node, ModbusMeterServer({1: meter}) as server:
            link = ModbusLink(server.place)
            outbox = Outbox(tmp_path / "outbox.db")
            for key in (KEY, other):
                outbox.add_meter(key.public_key)
            counters = ("energy_import", "energy_export")
            driver = ModbusDriver(link, profile, Confirmation(clock.now_ms, 20_000), counters=counters)
            streams = (Stream(IMPORT, METER, limits), Stream(EXPORT, other.public_key, limits))
            collector = Collector(driver, outbox, clock, streams, outbox.start_session())
            client = DeviceClient([node.url])
            follower = Follower(client, outbox, clock.now_ms)
            await follower.start()
            build = signing(KEY, other)
            submitter = Submitter(outbox, client, follower, build, draw=random.Random(1), sleep=no_nap)

            async def interval(minute: int, load: int, pv: int) -> list[MeterState]:
                meter.advance(load)
                meter.advance(pv, "energy_export")
                clock.set(minute * 60_000)
                taken = await collector.take()
                store(outbox, taken)
                await submitter.drain()
                return [entry.judgement.state for entry in taken]

            assert await interval(15, 32, 0) == [MeterState.OK] * 2
            assert await interval(30, 340, 9) == [MeterState.OK] * 2
            assert await interval(20, 5, 5) == [MeterState.IMPLAUSIBLE] * 2
            meter.set_energy("energy_import", 3)
            assert await interval(45, 0, 0) == [MeterState.ROLLBACK, MeterState.OK]
            meter.set_energy("energy_import", 10**9)
            assert (await interval(60, 0, 0))[0] is MeterState.IMPLAUSIBLE
            meter.set_energy("energy_import", 400)
            assert await interval(200, 0, 0) == [MeterState.GAP, MeterState.GAP]
            assert [reading[1:] for reading in node.readings[METER]] == [
                (900_000, 32), (1_800_000, 372), (12_000_000, 400),
            ]  # fmt: skip
            assert [reading[2] for reading in node.readings[other.public_key]] == [0, 9, 14, 14, 14]
            last = outbox.last_reading(METER)
            assert last is not None
            assert last[1].flags == StatusFlag.GAP | StatusFlag.CLOCK_STEPPED
            assert last[1].profile == profile.hash()
            stranger = Collector(driver, outbox, clock, streams[:1], 1)
            with pytest.raises(Misuse):
                await stranger.take()
            await link.close()
            client.close()
            outbox.close()

    asyncio.run(main())
