"""Serial Modbus on pseudo-terminals and through a gateway: every fault, and never another register's value."""

from __future__ import annotations

import asyncio
import termios
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client import AsyncModbusSerialClient

from devices.drivers.driver import Confirmation
from devices.drivers.modbus import ModbusDriver, parse_identity
from devices.errors import (
    BadReply,
    DeviceError,
    DeviceException,
    LinkClosed,
    LinkFault,
    LinkTimeout,
    Misuse,
    WrongMeter,
)
from devices.links.modbus import ModbusLink, Timing
from devices.places import parse_place
from devices.profile import load_profile, profile_ids
from devices.simulators.faults import Fault, FaultPlan
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_rtu import QuestionReader, RtuBusServer, RtuGatewayServer, crc16

PROFILE = "schneider-iem3155"
IMPORT, EXPORT = 3203, 3207
TIMEOUT_S = 0.3
PATIENT_S = 1.0
"""For a question that has to be answered: a busy machine must not look like a device that is silent."""
Server = RtuBusServer | RtuGatewayServer
Body = Callable[[dict[int, SimulatedMeter], Server, ModbusLink], Awaitable[None]]
CARRIERS = ("pty", "gateway")


def bus(carrier: str, meters: dict[int, SimulatedMeter], late_s: float = 1.5 * TIMEOUT_S) -> Server:
    faults = FaultPlan(late_s=late_s)
    return RtuBusServer(meters, faults=faults) if carrier == "pty" else RtuGatewayServer(meters, faults=faults)


def on(
    carrier: str, body: Body, *, retries: int = 1, timeout_s: float = PATIENT_S, late: float = 1.5, devices: int = 1
) -> None:
    """`late`: when a late answer comes, in time-outs."""

    async def run() -> None:
        profile = load_profile(PROFILE)
        meters = {
            device: SimulatedMeter(profile, {"energy_import": 1_000 * device, "energy_export": 7 * device})
            for device in range(1, devices + 1)
        }
        async with bus(carrier, meters, late * timeout_s) as server:
            link = ModbusLink(server.place, Timing(timeout_s, retries))
            try:
                await body(meters, server, link)
            finally:
                await link.close()

    asyncio.run(run())


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("name", profile_ids())
def test_every_profile_is_read(name: str, carrier: str) -> None:
    async def run() -> None:
        meter = SimulatedMeter(load_profile(name), {"energy_import": 50_000, "energy_export": 700})
        async with bus(carrier, {1: meter}) as server:
            link = ModbusLink(server.place, Timing(2.0))
            counters = ("energy_import", "energy_export")
            reader = ModbusDriver(link, meter.profile, Confirmation(lambda: 5, 20_000), counters=counters, device_id=1)
            shown = [sample.energy_wh for sample in await reader.read_counters()]
            assert shown == [meter.shown_wh("energy_import"), meter.shown_wh("energy_export")]
            await link.close()

    asyncio.run(run())


HEALED = (Fault.SILENT, Fault.LATE, Fault.BAD_CRC, Fault.GARBAGE, Fault.NOISE, Fault.FOREIGN_ID)
REFUSED: dict[Fault, type[DeviceError]] = {
    Fault.SHORT: BadReply,
    Fault.LONG: BadReply,
    Fault.EXCEPTION: DeviceException,
    Fault.BUSY: DeviceException,
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("fault", HEALED)
def test_what_loses_a_frame_is_asked_again(fault: Fault, carrier: str) -> None:
    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        server.bus.faults.inject(fault)
        assert (await link.read(1, 3, IMPORT, 4))[3] == 1_000
        assert (await link.read(1, 3, EXPORT, 4))[3] == 7
        assert link.timeouts == (0 if fault is Fault.NOISE and link.timeouts == 0 else 1)

    on(carrier, body)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("fault", list(REFUSED))
def test_what_is_no_answer_is_refused_and_the_line_goes_on(fault: Fault, carrier: str) -> None:
    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        server.bus.faults.inject(fault)
        with pytest.raises(REFUSED[fault]):
            await link.read(1, 3, IMPORT, 4)
        assert (await link.read(1, 3, IMPORT, 4))[3] == 1_000
        assert (await link.read(1, 3, EXPORT, 4))[3] == 7

    on(carrier, body)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("late", [1.1, 1.9, 2.2, 2.9, 3.3])
def test_an_answer_that_comes_late_is_never_another_registers_value(late: float, carrier: str) -> None:
    """The classic of serial buses: the answer to one question taken for that to the next, import for export."""

    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        for address, other, value in ((IMPORT, EXPORT, 7), (EXPORT, IMPORT, 1_000)) * 2:
            server.bus.faults.inject(Fault.LATE)
            with pytest.raises(LinkTimeout):
                await link.read(1, 3, address, 4)
            found = None
            while found is None:
                try:
                    found = await link.read(1, 3, other, 4)
                except LinkFault:
                    # A very late answer may cost a question; a wrong value is what must not come.
                    assert link.timeouts < 20
            assert found[3] == value

    on(carrier, body, retries=0, timeout_s=TIMEOUT_S, late=late)


def test_without_the_sounding_the_late_answer_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: it shows that the test above can fail, and that a quiet line alone is not enough."""

    async def nothing(*_: object) -> None:
        """No sounding."""

    monkeypatch.setattr(ModbusLink, "_drain_owed", nothing)

    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        server.bus.faults.inject(Fault.LATE)
        with pytest.raises(LinkTimeout):
            await link.read(1, 3, IMPORT, 4)
        server.bus.faults.inject(Fault.SILENT)
        assert (await link.read(1, 3, EXPORT, 4))[3] == 1_000

    on("pty", body, retries=0, timeout_s=TIMEOUT_S, late=2.5)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_many_meters_share_a_bus(carrier: str) -> None:
    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        found = await asyncio.gather(*(link.read(device, 3, IMPORT, 4) for device in meters))
        assert [words[3] for words in found] == [1_000 * device for device in meters]
        # Nobody answers for a device that is not there; the others are read all the same.
        with pytest.raises(LinkTimeout):
            await link.read(99, 3, IMPORT, 4)
        assert (await link.read(2, 3, IMPORT, 4))[3] == 2_000
        # A late answer of one is not taken for another one's.
        server.bus.faults.inject(Fault.LATE)
        assert (await link.read(1, 3, IMPORT, 4))[3] == 1_000
        assert (await link.read(3, 3, IMPORT, 4))[3] == 3_000

    on(carrier, body, devices=8)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_bad_bus_never_gives_a_wrong_value(carrier: str) -> None:
    rates = dict.fromkeys((*HEALED, *REFUSED), 0.04)

    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        server.bus.faults = FaultPlan(rates, seed=11, late_s=0.03)
        right = 0
        for number in range(120):
            device, (address, value) = 1 + number % 3, ((IMPORT, 1_000), (EXPORT, 7))[number % 2]
            with suppress(DeviceError):
                words = await link.read(device, 3, address, 4)
                assert words == (0, 0, 0, value * device)
                right += 1
        assert right > 60

    async def run() -> None:
        profile = load_profile(PROFILE)
        meters = {
            device: SimulatedMeter(profile, {"energy_import": 1_000 * device, "energy_export": 7 * device})
            for device in range(1, 4)
        }
        async with bus(carrier, meters) as server:
            link = ModbusLink(server.place, Timing(0.02))
            await body(meters, server, link)
            await link.close()

    asyncio.run(run())


def test_a_meter_that_was_swapped_is_refused() -> None:
    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        meters[1].set_words("voltage_l1", (0x4366, 0))
        place = meters[1].profile.register("voltage_l1").address
        driver = ModbusDriver(
            link, meters[1].profile, Confirmation(lambda: 5, 20_000), identity=parse_identity(f"{place}:43660000")
        )
        assert (await driver.read_counters())[0].raw == 1_000
        meters[1].set_words("voltage_l1", (0x4366, 1))
        with pytest.raises(WrongMeter, match=f"{place}:43660001"):
            await driver.read_counters()

    on("pty", body)
    for wrong in ("", "1", "1:123", "1:12g4", "65536:0001", "-1:0001"):
        with pytest.raises(Misuse) as refused:
            parse_identity(wrong)
        assert refused.value.code == "bad_identity"


def test_a_port_that_is_pulled_is_opened_again(tmp_path: Path) -> None:
    async def run() -> None:
        port = tmp_path / "ttyMETER"
        server = RtuBusServer({1: SimulatedMeter(load_profile(PROFILE), {"energy_import": 3})}, link=port)
        link = ModbusLink(parse_place(f"rtu:{port}:9600:8N1"), Timing(TIMEOUT_S))
        with pytest.raises(LinkClosed):
            await link.read(1, 3, IMPORT, 4)
        await server.start()
        assert (await link.read(1, 3, IMPORT, 4))[3] == 3
        await server.stop()
        with pytest.raises(LinkFault):
            await link.read(1, 3, IMPORT, 4)
        await server.start()
        assert (await link.read(1, 3, IMPORT, 4))[3] == 3
        await link.close()
        await server.stop()
        assert not port.exists()

    asyncio.run(run())


def test_a_port_that_takes_no_parity_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """termios has an error of its own, which is no OSError; a pseudo-terminal gives it for a parity."""

    async def refuses(self: AsyncModbusSerialClient) -> bool:
        raise termios.error(22, "Invalid argument")

    async def body(meters: dict[int, SimulatedMeter], server: Server, link: ModbusLink) -> None:
        with pytest.raises(LinkClosed, match="does not take this rate or format: Invalid argument"):
            await link.read(1, 3, IMPORT, 4)

    monkeypatch.setattr(AsyncModbusSerialClient, "connect", refuses)
    on("pty", body)


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    taken = tmp_path / "mine"
    taken.write_text("mine")

    async def run() -> None:
        with pytest.raises(Misuse) as refused:
            await RtuBusServer({}, link=taken).start()
        assert refused.value.code == "file_exists"

    asyncio.run(run())
    assert taken.read_text() == "mine"


def test_the_checksum_is_the_specifications() -> None:
    """Modbus over serial line 1.02: the question 02 07 has the checksum 41 12."""
    assert crc16(bytes.fromhex("0207")) == bytes.fromhex("4112")


@given(st.lists(st.binary(max_size=30), max_size=6), st.binary(max_size=5))
def test_questions_are_found_in_any_pieces_and_noise(noise: list[bytes], pieces: bytes) -> None:
    body = bytes((1, 3, 0, 10, 0, 2))
    question = body + crc16(body)
    reader = QuestionReader()
    for data in noise:
        reader.feed(data)
    # After as much silence as a question is long, the next one is found whatever was before.
    reader.feed(bytes(16))
    found = []
    cuts = sorted(cut % len(question) for cut in pieces)
    for first, last in zip([0, *cuts], [*cuts, len(question)], strict=True):
        found += reader.feed(question[first:last])
    assert found[-1:] == [(1, body[1:])]
