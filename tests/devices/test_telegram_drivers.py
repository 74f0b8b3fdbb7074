"""Reading simulated meters by telegrams, on real pseudo-terminals and sockets: every fault, nothing wrong accepted."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from pathlib import Path

import pytest

from devices.catalogue import load_meter_profile
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.drivers.telegrams import TelegramDriver
from devices.errors import (
    BadProfile,
    BadReply,
    DeviceError,
    LinkClosed,
    LinkTimeout,
    Misuse,
    UnsteadyCounter,
    WrongMeter,
)
from devices.places import Place, PlaceKind, Socket, parse_place
from devices.profile import load_profile
from devices.sample import Quality, Sample
from devices.simulators.faults import Fault, FaultPlan
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.telegram_server import TerminalTelegramServer
from devices.simulators.telegram_session import FALLEN_WH, FAULTS, NOISE, check_faults
from tests.devices.telegram_samples import ENCODERS, EXPORT_WH, IEC, IMPORT_WH, P1, PROFILES, SML, meter
from tests.devices.telegram_scene import DEADLINE_S, IMPATIENT, LINES, PATIENT, Scene, play, until

LOADS = (32, 104, 162, 9, 58, 0, 340)
PUSHING = (P1, SML)
BY_NAME = sorted(fault.value for fault in FAULTS)
REFUSALS = ("wrong_meter", "link_timeout", "link_closed", "unsteady_counter", "bad_reply")

every_meter = pytest.mark.parametrize("profile", PROFILES)
every_line = pytest.mark.parametrize("line", LINES)


def shown(samples: tuple[Sample, ...]) -> list[int]:
    assert all(sample.quality is Quality.CONFIRMED for sample in samples)
    return [sample.energy_wh for sample in samples]


async def outcome(reader: TelegramDriver) -> list[int] | str:
    """What a reading shows in Wh, or the code of its refusal."""
    try:
        return shown(await reader.read_counters())
    except DeviceError as error:
        return error.code


async def heard_again(reader: TelegramDriver) -> list[int]:
    """A reading without a fault. With a short timeout a busy machine may be late: silence alone may pass."""
    end = time.monotonic() + DEADLINE_S
    while (found := await outcome(reader)) == LinkTimeout.code:
        assert time.monotonic() < end, "the meter was not heard again"
    assert not isinstance(found, str), found
    return found


@every_meter
@every_line
def test_every_wh_is_read(profile: str, line: str, tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        reader = scene.driver()
        assert shown(await reader.read_counters()) == [IMPORT_WH, EXPORT_WH]
        for load in LOADS:
            scene.meter.advance(load)
            scene.meter.advance(1, "energy_export")
            expected = [scene.meter.energy_wh(), scene.meter.energy_wh("energy_export")]
            assert shown(await reader.read_counters()) == expected
        scene.meter.set_gauge("voltage_l1", 231_400)
        assert (await reader.read_gauges())["voltage_l1"] == Decimal("231.4")
        assert reader.damaged == 0
        assert reader.profile_hash == scene.meter.profile.hash()

    play(profile, line, tmp_path, body)


@every_meter
@every_line
@pytest.mark.parametrize("fault", BY_NAME)
def test_no_fault_gives_a_wrong_reading_and_the_next_one_is_right(
    profile: str, line: str, fault: str, tmp_path: Path
) -> None:
    async def body(scene: Scene) -> None:
        reader = scene.driver(max_power_w=1_000)
        for before in range(3):
            scene.habits.faults = plan = FaultPlan(late_s=0.1)
            for _ in range(before):
                plan.inject(Fault(fault))
            found = await outcome(reader) if before else await heard_again(reader)
            right = [scene.meter.energy_wh(), EXPORT_WH]
            # A counter that has fallen and stays so is for the meter's model to refuse: both telegrams agree.
            fallen = [right[0] - FALLEN_WH, right[1]] if (fault, before) == ("fall", 2) else right
            assert found in (right, fallen, *(REFUSALS if before else ()))
            scene.habits.faults = FaultPlan()
            scene.meter.advance(5)
            assert await heard_again(reader) == [scene.meter.energy_wh(), EXPORT_WH]

    # A readout that breaks off is waited for in vain; of a meter that sends by itself the next one comes.
    play(profile, line, tmp_path, body, timing=IMPATIENT if profile == IEC else PATIENT)


@every_meter
@every_line
def test_a_bad_line_all_day_reads_every_interval_right(profile: str, line: str, tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        rates = {Fault.BAD_CRC: 0.1, Fault.NOISE: 0.1, Fault.HALF: 0.05, Fault.FALL: 0.05, Fault.GARBAGE: 0.05}
        scene.habits.faults = FaultPlan(rates, seed=3)
        reader = scene.driver(max_power_w=1_000)
        for load in LOADS:
            scene.meter.advance(load)
            while isinstance(found := await outcome(reader), str):
                assert found in REFUSALS
            right = [scene.meter.energy_wh(), EXPORT_WH]
            assert found in (right, [right[0] - FALLEN_WH, right[1]])

    play(profile, line, tmp_path, body, timing=IMPATIENT if profile == IEC else PATIENT)


@every_meter
def test_a_silent_meter_is_a_timeout_and_heard_when_it_speaks_again(profile: str, tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        scene.habits.faults = FaultPlan({Fault.SILENT: 1.0})
        reader = scene.driver()
        with pytest.raises(LinkTimeout):
            await reader.read_counters()
        assert reader.damaged == 1
        scene.habits.faults = FaultPlan()
        assert await heard_again(reader) == [IMPORT_WH, EXPORT_WH]

    play(profile, "terminal", tmp_path, body, timing=IMPATIENT)


@every_meter
@every_line
def test_only_the_named_meter_is_read(profile: str, line: str, tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        named = scene.driver(meter_id=scene.meter.meter_id)
        assert shown(await named.read_counters()) == [IMPORT_WH, EXPORT_WH]
        other = scene.driver(meter_id="another")
        with pytest.raises(WrongMeter) as refused:
            await other.read_counters()
        assert refused.value.code == "wrong_meter"
        assert scene.meter.meter_id in refused.value.detail
        with pytest.raises(WrongMeter):
            await other.read_gauges()
        scene.habits.faults = FaultPlan({Fault.FOREIGN_ID: 1.0})
        with pytest.raises(WrongMeter):
            await named.read_counters()
        assert shown(await scene.driver().read_counters()) == [IMPORT_WH, EXPORT_WH]

    play(profile, line, tmp_path, body)


def test_a_counter_that_falls_between_two_telegrams_is_no_reading(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        falls = FaultPlan()
        for _ in range(3):
            falls.inject(Fault.NOISE)
            falls.inject(Fault.FALL)
        scene.habits.faults = falls
        reader = scene.driver(max_power_w=1)
        with pytest.raises(UnsteadyCounter):
            await reader.read_counters()

    # Only of a meter that is asked it is known which telegram is read.
    play(IEC, "tcp", tmp_path, body)


@pytest.mark.parametrize("profile", PUSHING)
def test_what_waited_on_the_line_is_never_taken_for_new(profile: str, tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await until(lambda: scene.server.talk.telegrams >= 3)
        scene.meter.advance(77)
        reader = scene.driver()
        assert shown(await reader.read_counters()) == [IMPORT_WH + 77, EXPORT_WH]
        heard = scene.server.talk.telegrams
        await until(lambda: scene.server.talk.telegrams >= heard + 3)
        scene.meter.advance(23)
        assert shown(await reader.read_counters()) == [IMPORT_WH + 100, EXPORT_WH]

    play(profile, "terminal", tmp_path, body)


@pytest.mark.parametrize("profile", PUSHING)
def test_a_gateway_that_repeats_its_last_telegram_is_no_meter(profile: str) -> None:
    simulated = meter(profile)
    telegram = ENCODERS[profile](simulated.show())

    ended = asyncio.Event()

    async def repeat(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(telegram)
            await asyncio.sleep(0.03)
        ended.set()

    async def main() -> None:
        server = await asyncio.start_server(repeat, "127.0.0.1", 0)
        lines = Lines(PATIENT)
        async with server:
            place = Place(PlaceKind.STREAM, Socket("127.0.0.1", server.sockets[0].getsockname()[1]))
            reader = lines.open_driver(simulated.profile, place, Confirmation(lambda: 1, 20_000))
            with pytest.raises(BadReply, match="old telegrams"):
                await reader.read_counters()
            await lines.close()
            await asyncio.wait_for(ended.wait(), PATIENT.timeout_s)

    asyncio.run(main())


@pytest.mark.parametrize("reaction_s", [0.0, 1.0], ids=["at once", "slow"])
def test_the_rate_changes_on_one_open_port(reaction_s: float, tmp_path: Path) -> None:
    """A meter that answers before its reader could change the rate, and one that answers only to the new one."""

    async def body(scene: Scene) -> None:
        assert isinstance(scene.server, TerminalTelegramServer)
        reader = scene.driver()
        for wh in (1, 2):
            scene.meter.advance(wh)
            assert shown(await reader.read_counters()) == [scene.meter.energy_wh(), EXPORT_WH]
        assert scene.server.baudrate == 9600
        assert scene.server.talk.telegrams == 4
        if reaction_s:
            assert scene.server.talk.rates == [9600] * 4
        assert reader.damaged == 0
        assert reader.line.opened == 1

    play(IEC, "terminal", tmp_path, body, reaction_s=reaction_s)


@every_meter
def test_two_readers_of_one_line_wait_for_each_other(profile: str, tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        readers = [scene.driver(), scene.driver()]
        found = await asyncio.gather(*(reader.read_counters() for reader in readers))
        assert [shown(samples) for samples in found] == [[IMPORT_WH, EXPORT_WH]] * 2
        assert readers[0].line is readers[1].line

    play(profile, "terminal", tmp_path, body)


def test_places_and_options_that_do_not_fit_are_refused() -> None:
    lines = Lines()
    confirmation = Confirmation(lambda: 1, 1)
    modbus, p1, iec = (load_meter_profile(name) for name in ("cg-em340", P1, IEC))
    for profile, place in ((modbus, "serial:/dev/x"), (modbus, "stream:h:1"), (p1, "tcp:h:1"), (iec, "rtu:/dev/x")):
        with pytest.raises(Misuse) as refused:
            lines.open_driver(profile, parse_place(place), confirmation)
        assert refused.value.code == "bad_place"
    with pytest.raises(Misuse):
        lines.open_driver(modbus, parse_place("tcp:h:1"), confirmation, meter_id="1")
    with pytest.raises(Misuse):
        lines.open_driver(p1, parse_place("serial:/dev/x"), confirmation, device_id=1)
    with pytest.raises(BadProfile):
        lines.open_driver(p1, parse_place("serial:/dev/x"), confirmation, counters=("energy_net",))
    named = lines.open_driver(iec, parse_place("serial:/dev/x"), confirmation, device_id=1, meter_id="ABC5X/1")
    assert isinstance(named, TelegramDriver)
    assert named.name == "iec62056-21 meter ABC5X/1"


def test_a_line_that_is_not_there_is_closed() -> None:
    async def main() -> None:
        for place in ("serial:/nonexistent/port", "stream:127.0.0.1:1"):
            lines = Lines(PATIENT)
            reader = lines.open_driver(load_meter_profile(P1), parse_place(place), Confirmation(lambda: 1, 1))
            with pytest.raises(LinkClosed):
                await reader.read_counters()

    asyncio.run(main())


def test_faults_that_no_telegram_can_have_are_refused() -> None:
    check_faults({Fault.NOISE: 0.5})
    with pytest.raises(Misuse):
        check_faults({Fault.EXCEPTION: 0.5})
    assert b"\x02" not in NOISE


def test_a_modbus_meter_is_named_by_its_registers_through_the_same_door() -> None:
    profile = load_profile("schneider-iem3155")
    register = profile.register("energy_export")
    simulated = SimulatedMeter(profile, {"energy_import": 7, "energy_export": 0x1234})

    async def main() -> None:
        async with ModbusMeterServer({1: simulated}) as server:
            lines = Lines()
            for hexadecimal, right in (("0000000000001234", True), ("0000000000001235", False)):
                reader = lines.open_driver(
                    profile,
                    server.place,
                    Confirmation(lambda: 1, 1_000),
                    meter_id=f"{register.address}:{hexadecimal}",
                )
                if right:
                    assert shown(await reader.read_counters()) == [7]
                else:
                    with pytest.raises(WrongMeter):
                        await reader.read_counters()
            await lines.close()

    asyncio.run(main())
