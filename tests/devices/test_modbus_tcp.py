"""Reading simulated meters over real sockets: every profile, every fault, nothing wrong ever accepted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from devices.drivers.driver import Confirmation
from devices.drivers.modbus import ModbusDriver, plan_blocks
from devices.errors import (
    BadProfile,
    BadReply,
    DeviceError,
    DeviceException,
    LinkClosed,
    LinkTimeout,
    Misuse,
    NotAReading,
    UnsteadyCounter,
)
from devices.links.link import DeviceLink
from devices.links.memory import MemoryLink
from devices.links.modbus import ModbusLink, Timing
from devices.places import parse_place
from devices.profile import load_profile, profile_ids
from devices.sample import Quality
from devices.simulators.faults import Fault, FaultPlan, parse_fault
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.player import Player, read_columns

LOADS = (32, 104, 162, 9, 58, 160, 58, 340, 68, 14, 48, 212, 46, 125, 67, 5)


def driver(link: DeviceLink, meter: SimulatedMeter, **options: object) -> ModbusDriver:
    counters = ("energy_import", "energy_export")
    return ModbusDriver(link, meter.profile, Confirmation(lambda: 1_000, 20_000), counters=counters)


def with_meter(
    body: Callable[[SimulatedMeter, ModbusMeterServer, ModbusLink], Awaitable[None]],
    name: str = "schneider-iem3155",
    *,
    timeout_s: float = 0.2,
    retries: int = 1,
) -> None:
    async def run() -> None:
        meter = SimulatedMeter(load_profile(name), {"energy_import": 5_000, "energy_export": 70})
        plan = FaultPlan(late_s=timeout_s * 1.5)
        async with ModbusMeterServer({1: meter}, faults=plan) as server:
            link = ModbusLink(server.place, Timing(timeout_s, retries))
            try:
                await body(meter, server, link)
            finally:
                await link.close()

    asyncio.run(run())


@pytest.mark.parametrize("name", profile_ids())
def test_every_profile_is_read_over_tcp_and_loses_nothing(name: str) -> None:
    resolution = load_profile(name).counters.resolution_wh or 1

    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        reader = driver(link, meter)
        total = 5_000
        for load in LOADS:
            total += load
            meter.advance(load)
            energy_import, energy_export = await reader.read_counters()
            assert energy_import.energy_wh == meter.shown_wh()
            assert 0 <= total - energy_import.energy_wh < resolution
            assert energy_import.quality is Quality.CONFIRMED
            assert energy_import.obis == bytes((1, 0, 1, 8, 0, 255))
            assert energy_export.energy_wh == 70 // resolution * resolution
        assert meter.energy_wh() == total

    with_meter(body, name)


@pytest.mark.parametrize("name", profile_ids())
def test_gauges_are_read_in_their_units(name: str) -> None:
    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        gauges = await driver(link, meter).read_gauges()
        for register in meter.profile.registers:
            if register.unit == "V":
                assert gauges[register.name] == 230
            if register.unit == "Hz":
                assert gauges[register.name] == 50

    with_meter(body, name)


def test_a_float_meter_shows_a_small_street_exactly() -> None:
    meter = SimulatedMeter(load_profile("eastron-sdm630"))
    total = 0
    for step in range(4_000):
        total += 1 + step % 7
        meter.advance(1 + step % 7)
        assert meter.shown_wh() == total


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SILENT, LinkTimeout),
        (Fault.LATE, LinkTimeout),
        (Fault.GARBAGE, LinkTimeout),
        (Fault.FOREIGN_ID, LinkTimeout),
        (Fault.FOREIGN_TRANSACTION, LinkTimeout),
        (Fault.RESET, LinkClosed),
        (Fault.SHORT, BadReply),
        (Fault.LONG, BadReply),
        (Fault.EXCEPTION, DeviceException),
        (Fault.BUSY, DeviceException),
    ],
)
def test_a_spoiled_answer_is_an_error_and_the_next_one_is_right(fault: Fault, error: type[DeviceError]) -> None:
    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        server.bus.faults.inject(fault)
        with pytest.raises(error):
            await link.read(1, 3, 3203, 4)
        assert await link.read(1, 3, 3203, 4) == (0, 0, 0, 5_000)
        meter.advance(1)
        assert await link.read(1, 3, 3203, 4) == (0, 0, 0, 5_001)

    with_meter(body, retries=0)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.LATE, Fault.RESET, Fault.FOREIGN_ID, Fault.GARBAGE])
def test_what_may_pass_is_asked_again(fault: Fault) -> None:
    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        server.bus.faults.inject(fault)
        assert await link.read(1, 3, 3203, 4) == (0, 0, 0, 5_000)
        assert link.retried == 1

    with_meter(body)


def test_an_answer_with_transaction_zero_is_refused() -> None:
    async def run() -> None:
        gone = asyncio.Event()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            question = await reader.readexactly(12)
            writer.write(bytes((0, 0, 0, 0, 0, 5, 1, question[7], 2, 0, 99)))
            await reader.read()
            writer.close()
            gone.set()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            link = ModbusLink(parse_place(f"tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}"), Timing(0.2, 0))
            with pytest.raises((BadReply, LinkTimeout)):
                await link.read(1, 3, 0, 1)
            await link.close()
            await gone.wait()

    asyncio.run(run())


def test_after_a_timeout_the_bus_is_left_alone_for_a_while() -> None:
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    async def run() -> None:
        meter = SimulatedMeter(load_profile("schneider-iem3155"))
        async with ModbusMeterServer({1: meter}) as server:
            link = ModbusLink(server.place, Timing(0.1, 1, nap))
            await link.read(1, 3, 3203, 4)
            assert naps == []
            server.bus.faults.inject(Fault.SILENT)
            await link.read(1, 3, 3203, 4)
            await link.close()
        assert len(naps) == 1
        assert 0.05 < naps[0] <= 0.1
        assert link.timeouts == 1

    asyncio.run(run())


def test_the_meter_itself_refuses_what_it_does_not_have() -> None:
    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        for question, code in (
            ((1, 4, 3203, 4), 1),
            ((1, 3, 1, 1), 2),
            ((1, 3, 3203, 100), 2),
            ((2, 3, 3203, 4), 11),
        ):
            with pytest.raises(DeviceException) as caught:
                await link.read(*question)
            assert caught.value.exception == code

    with_meter(body)


def test_nobody_listening_is_a_closed_link_that_opens_later() -> None:
    async def run() -> None:
        meter = SimulatedMeter(load_profile("schneider-iem3155"), {"energy_import": 7})
        server = ModbusMeterServer({1: meter})
        await server.start()
        link = ModbusLink(server.place, Timing(0.3))
        assert (await link.read(1, 3, 3203, 4))[3] == 7
        await server.stop()
        with pytest.raises((LinkClosed, LinkTimeout)):
            await link.read(1, 3, 3203, 4)
        await server.start()
        assert (await link.read(1, 3, 3203, 4))[3] == 7
        await link.close()
        await server.stop()

    asyncio.run(run())


@pytest.mark.parametrize("name", profile_ids())
def test_a_sentinel_never_becomes_a_reading(name: str) -> None:
    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        server.bus.faults.inject(Fault.SENTINEL)
        with pytest.raises(NotAReading):
            await driver(link, meter).read_counters()

    with_meter(body, name)


def test_a_torn_counter_is_read_again_until_two_readings_agree() -> None:
    async def body(meter: SimulatedMeter, server: ModbusMeterServer, link: ModbusLink) -> None:
        reader = ModbusDriver(link, meter.profile, Confirmation(lambda: 5, 20_000))
        meter.set_energy("energy_import", 0x10000)
        server.bus.faults.inject(Fault.TORN)
        assert (await reader.read_counters())[0].raw == 0x10000
        assert server.bus.questions == 4
        meter.set_energy("energy_import", 9)
        for _ in range(3):
            server.bus.faults.inject(Fault.TORN)
            server.bus.faults.inject(Fault.TORN)
        assert (await reader.read_counters())[0].raw == 8, (
            "a meter that lies twice alike cannot be told from one that counts"
        )

    with_meter(body)


@pytest.mark.parametrize("change", [-1, 50])
def test_a_counter_that_races_or_falls_is_refused(change: int) -> None:
    steps = iter(range(10**6))
    profile = load_profile("schneider-iem3155")
    meter = SimulatedMeter(profile, {"energy_import": 10**6})

    async def answer(device: int, function: int, address: int, count: int) -> tuple[int, ...]:
        meter.set_energy("energy_import", meter.energy_wh() + change)
        return meter.read(function, address, count)

    reader = ModbusDriver(
        MemoryLink(answer), profile, Confirmation(lambda: 5, 20_000, monotonic=lambda: next(steps) / 1000)
    )
    with pytest.raises(UnsteadyCounter):
        asyncio.run(reader.read_counters())


def test_many_meters_behind_one_port_and_many_ports_in_one_process() -> None:
    async def run() -> None:
        profile = load_profile("schneider-iem3155")
        street = {device: SimulatedMeter(profile, {"energy_import": device}) for device in range(1, 33)}
        servers = [ModbusMeterServer({1: meter}) for meter in street.values()]
        for server in servers:
            await server.start()
        async with ModbusMeterServer(street) as gateway:
            shared = ModbusLink(gateway.place)
            links = [ModbusLink(server.place) for server in servers]
            behind = await asyncio.gather(*(shared.read(device, 3, 3203, 4) for device in street))
            alone = await asyncio.gather(*(link.read(1, 3, 3203, 4) for link in links))
            assert [words[3] for words in behind] == [words[3] for words in alone] == list(street)
            for link in (shared, *links):
                await link.close()
        for server in servers:
            await server.stop()

    asyncio.run(run())


def test_neighbours_are_read_together_within_the_meters_limit() -> None:
    profile = load_profile("cg-em24-rs485")
    blocks = plan_blocks(tuple(register for register in profile.registers if register.kind == "gauge"), 11)
    assert all(block.count <= 11 for block in blocks)
    assert [(block.address, block.count) for block in blocks] == [(0, 6), (12, 10), (22, 2), (40, 2), (55, 1)]


def test_only_billing_counters_are_read_for_billing() -> None:
    link = MemoryLink(lambda *question: asyncio.sleep(0, (0,)))
    for register in ("energy_total", "voltage_l1"):
        with pytest.raises(BadProfile):
            ModbusDriver(link, load_profile("eastron-sdm120"), Confirmation(lambda: 0, 1), counters=(register,))


def test_the_memory_link_checks_lengths_like_a_real_one() -> None:
    async def run() -> None:
        link = MemoryLink(lambda *question: asyncio.sleep(0, (0,)))
        with pytest.raises(BadReply):
            await link.read(1, 3, 0, 2)
        await link.close()
        with pytest.raises(LinkClosed):
            await link.read(1, 3, 0, 1)

    asyncio.run(run())


def test_playing_a_csv_into_meters(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text("interval_start,a,b\n2016-06-13T00:00,32,0\n2016-06-13T00:15,31,5\n")
    columns = read_columns(path, ("a", "b"))
    profile = load_profile("schneider-iem3155")
    first, second = SimulatedMeter(profile), SimulatedMeter(profile)
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    player = Player([(first, "energy_import", columns["a"]), (second, "energy_export", columns["b"])])
    assert player.step()
    assert (first.energy_wh(), second.energy_wh("energy_export")) == (32, 0)
    asyncio.run(player.run(900, 100, nap))
    assert (first.energy_wh(), second.energy_wh("energy_export")) == (63, 5)
    assert naps == [9.0]
    assert not player.step()
    for wrong in ("a\n", "a\n1.5\n", "a\n-1\n", "a\n\u0664\n", "b\n1\n"):
        path.write_text(wrong)
        with pytest.raises(Misuse):
            read_columns(path, ("a",))
    with pytest.raises(Misuse):
        read_columns(tmp_path / "none.csv", ("a",))


def test_faults_by_chance_are_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[Fault | None]:
        plan = FaultPlan({Fault.LATE: 0.2, Fault.SHORT: 0.1}, seed=seed)
        return [plan.draw() for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 20 < sum(fault is Fault.LATE for fault in drawn(1)) < 60
    assert parse_fault("late=0.25") == (Fault.LATE, 0.25)
    for wrong in ("later=1", "late=x"):
        with pytest.raises(Misuse):
            parse_fault(wrong)
    with pytest.raises(Misuse):
        FaultPlan({Fault.LATE: 0.7, Fault.SHORT: 0.7})


def test_a_day_through_a_bad_bus_reads_every_interval_right() -> None:
    async def run() -> None:
        meter = SimulatedMeter(load_profile("schneider-iem3155"))
        rates = {Fault.SILENT: 0.03, Fault.SHORT: 0.05, Fault.RESET: 0.05, Fault.TORN: 0.1, Fault.BUSY: 0.05}
        async with ModbusMeterServer({1: meter}, faults=FaultPlan(rates, seed=4)) as server:
            link = ModbusLink(server.place, Timing(0.02))
            reader = ModbusDriver(link, meter.profile, Confirmation(lambda: 1, 1_000))
            faults = 0
            for load in LOADS * 6:
                meter.advance(load)
                deadline = time.monotonic() + 20
                shown = None
                while shown is None:
                    assert time.monotonic() < deadline
                    try:
                        shown = (await reader.read_counters())[0].raw
                    except DeviceError:
                        faults += 1
                assert shown in (meter.energy_wh(), meter.energy_wh() - 1)
            assert faults > 0
            await link.close()

    asyncio.run(run())
