"""SunSpec devices over real sockets: found, identified, read as meters and as what a storage holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.driver import Confirmation
from devices.drivers.sunspec import SunSpecDriver, discover
from devices.errors import BadProfile, DeviceError, MissingRegister, NotAReading, WrongMeter
from devices.links.memory import MemoryLink
from devices.links.modbus import ModbusLink, Timing
from devices.profile import parse_obis
from devices.protocols.sunspec import ModelReading
from devices.sample import Sample
from devices.simulators.faults import Fault
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.sunspec_device import SimulatedSunSpec
from devices.sunspec import load_models
from devices.sunspec_profile import COUNTERS, LEVEL_OBIS, sunspec_profile, sunspec_profile_ids

CONFIRMATION = Confirmation(lambda: 5, 20_000)
Body = Callable[[SimulatedSunSpec, ModbusMeterServer, ModbusLink], Awaitable[None]]


def on(device: SimulatedSunSpec, body: Body) -> None:
    async def run() -> None:
        async with ModbusMeterServer({1: device}) as server:
            link = ModbusLink(server.place, Timing(2.0))
            try:
                await body(device, server, link)
            finally:
                await link.close()

    asyncio.run(run())


async def level_of(link: ModbusLink, model: int) -> tuple[Sample, ...]:
    profile = sunspec_profile(f"sunspec-{model}")
    return await SunSpecDriver(link, profile, CONFIRMATION, counters=("level",)).read_counters()


@pytest.mark.parametrize("base", [40_000, 50_000, 0])
def test_a_device_is_found_wherever_its_list_begins(base: int) -> None:
    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        found = await discover(link, 1)
        assert (found.maker, found.type, found.serial) == ("nodechain", "simulated", "SIM-1")
        assert [(number, length) for number, _, length in found.models] == [(1, 66), (203, 105), (802, 62)]
        assert found.models[0][1] == base + 2

    on(SimulatedSunSpec((203, 802), base=base), body)


@pytest.mark.parametrize("scale", [-3, -1, 0, 2])
@pytest.mark.parametrize("model", [201, 203, 701, 714])
def test_meters_count_in_the_devices_own_scale(model: int, scale: int) -> None:
    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        names = ("energy_import", "energy_export")
        driver = SunSpecDriver(link, sunspec_profile(f"sunspec-{model}"), CONFIRMATION, counters=names)
        device.advance(123_400, "energy_import")
        device.advance(100, "energy_export")
        imported, exported = await driver.read_counters()
        assert (imported.energy_wh, imported.scale_exponent) == (123_400, scale)
        assert (imported.obis, exported.obis) == (parse_obis("1-0:1.8.0"), parse_obis("1-0:2.8.0"))
        assert exported.energy_wh == 100

    on(SimulatedSunSpec((model,), scale=scale), body)


def test_what_a_storage_holds() -> None:
    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        device.set_point(713, "WHAvail", 4_321)
        device.set_point(802, "WHRtg", 100)
        device.set_point(802, "WHRtg_SF", 2)
        device.set_point(802, "SoC", 655)
        device.set_point(802, "SoC_SF", -1)
        (held,) = await SunSpecDriver(
            link, sunspec_profile("sunspec-713"), CONFIRMATION, counters=("level",)
        ).read_counters()
        assert (held.energy_wh, held.obis) == (4_321, parse_obis(LEVEL_OBIS))
        (held,) = await SunSpecDriver(
            link, sunspec_profile("sunspec-802"), CONFIRMATION, counters=("level",)
        ).read_counters()
        assert held.energy_wh == 6_550
        device.set_point(802, "SoC", 0xFFFF)
        with pytest.raises(MissingRegister):
            await SunSpecDriver(link, sunspec_profile("sunspec-802"), CONFIRMATION, counters=("level",)).read_counters()

    on(SimulatedSunSpec((713, 802)), body)


def test_a_counter_that_has_not_begun_is_no_reading() -> None:
    """acc32: raw 0 means 'not accumulated' (SunSpec)."""

    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        with pytest.raises(MissingRegister, match="TotWhImp"):
            await SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION).read_counters()
        device.advance(1)
        device.set_point(203, "TotWh_SF", -0x8000)
        with pytest.raises(MissingRegister, match="TotWh_SF"):
            await SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION).read_counters()
        device.set_point(203, "TotWh_SF", 11)
        with pytest.raises(NotAReading, match="11"):
            await SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION).read_counters()

    on(SimulatedSunSpec((203,)), body)


def test_another_device_is_refused() -> None:
    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        driver = SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION)
        await driver.read_counters()
        swapped = SimulatedSunSpec((203,), {"energy_import": 9}, serial="SIM-2")
        server.bus.meters[1] = swapped
        with pytest.raises(WrongMeter, match="SIM-2"):
            await driver.read_counters()
        server.bus.meters[1] = device
        assert (await driver.read_counters())[0].energy_wh == 5
        with pytest.raises(WrongMeter):
            await SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION, serial="SIM-3").read_counters()

    on(SimulatedSunSpec((203,), {"energy_import": 5}), body)


def test_a_list_that_moved_is_found_again() -> None:
    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        driver = SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION)
        await driver.read_counters()
        server.bus.meters[1] = SimulatedSunSpec((802, 203), {"energy_import": 6})
        with pytest.raises(NotAReading, match="not where it was"):
            await driver.read_counters()
        assert (await driver.read_counters())[0].energy_wh == 6

    on(SimulatedSunSpec((203,), {"energy_import": 5}), body)


def test_gauges_leave_out_what_the_device_does_not_have() -> None:
    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        device.set_point(203, "W", -1_500)
        device.set_point(203, "W_SF", -1)
        device.set_point(203, "Hz", 0x8000)
        gauges = await SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION).read_gauges()
        assert gauges["active_power"] == Decimal(-150)
        assert "frequency" not in gauges
        assert "TotWhImp" not in gauges

    on(SimulatedSunSpec((203,)), body)


def test_no_sunspec_no_such_model_and_a_list_without_end() -> None:
    async def nothing(_device: int, _function: int, _address: int, count: int) -> tuple[int, ...]:
        return (0,) * count

    async def endless(_device: int, _function: int, address: int, count: int) -> tuple[int, ...]:
        return load_models().marker if address == 40_000 else (7, 0, *(0,) * (count - 2))

    async def far(_device: int, _function: int, address: int, count: int) -> tuple[int, ...]:
        return load_models().marker if address == 40_000 else (7, 0xFFF0, *(0,) * (count - 2))

    with pytest.raises(BadProfile):
        asyncio.run(discover(MemoryLink(nothing), 1))
    for answer in (endless, far):
        with pytest.raises(NotAReading, match="no end"):
            asyncio.run(discover(MemoryLink(answer), 1))

    async def body(device: SimulatedSunSpec, server: ModbusMeterServer, link: ModbusLink) -> None:
        with pytest.raises(BadProfile, match="it has 1, 802"):
            await SunSpecDriver(link, sunspec_profile("sunspec-203"), CONFIRMATION).read_counters()
        server.bus.faults.inject(Fault.SENTINEL)
        with pytest.raises(DeviceError):
            await SunSpecDriver(link, sunspec_profile("sunspec-802"), CONFIRMATION, counters=("level",)).read_counters()

    on(SimulatedSunSpec((802,)), body)


def test_profiles_have_names_counters_and_hashes_of_their_own() -> None:
    assert sunspec_profile("sunspec-203").number == 203
    for wrong in ("sunspec-1", "sunspec-", "sunspec-x", "eastron-sdm120"):
        with pytest.raises(BadProfile):
            sunspec_profile(wrong)
    assert sunspec_profile("sunspec-203").register("1-0:2.8.0").name == "energy_export"
    with pytest.raises(BadProfile):
        sunspec_profile("sunspec-802").register("energy_import")
    hashes = {sunspec_profile(name).hash() for name in sunspec_profile_ids()}
    assert len(hashes) == len(COUNTERS)
    models = load_models()
    for number, counters in COUNTERS.items():
        for counter in counters:
            assert all(models.model(number).has(point) for point in counter.points)
            assert (counter.rollover == 2**32) == (models.model(number).point(counter.points[0]).type == "acc32")


@given(st.lists(st.integers(0, 0xFFFF), max_size=130), st.sampled_from(sorted(COUNTERS)))
def test_any_registers_are_a_reading_or_refused(words: list[int], model: int) -> None:
    models = load_models()
    reading = ModelReading(models, models.model(model), tuple(words))
    for counter in COUNTERS[model]:
        with suppress(NotAReading, MissingRegister):
            assert -9 <= counter.read(reading).exponent <= 9
