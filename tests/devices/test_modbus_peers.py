"""Other people's Modbus and SunSpec against ours: mbpoll and minimalmodbus read our simulators, pysunspec2 scans them,
and our link reads a slave by libmodbus, on TCP, RTU and RTU over TCP."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from devices.errors import DeviceException
from devices.links.modbus import ModbusLink, Timing
from devices.places import parse_place
from devices.profile import load_profile
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_rtu import RtuBusServer
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.pseudo_terminal import PseudoTerminal
from devices.simulators.sunspec_device import SimulatedSunSpec
from nodechain.home.testnet import free_ports
from tests.support import peers

SLAVE = Path(__file__).parent / "peers" / "libmodbus_slave.c"
IMPORT_WH, PROFILE = 123_456_789_012, "schneider-iem3155"
WORDS = tuple(IMPORT_WH >> shift & 0xFFFF for shift in (48, 32, 16, 0))


def mbpoll(*arguments: str) -> tuple[int, ...]:
    """The registers that mbpoll shows."""
    command = [peers.program("mbpoll"), "-1", "-0", "-t", "4", "-o", "5", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return tuple(int(shown) for shown in re.findall(r"^\[\d+\]:\s+(\d+)", done.stdout, re.MULTILINE))


def meter() -> SimulatedMeter:
    return SimulatedMeter(load_profile(PROFILE), {"energy_import": IMPORT_WH})


def test_mbpoll_reads_the_simulators() -> None:
    async def run() -> None:
        async with ModbusMeterServer({1: meter()}) as tcp, RtuBusServer({7: meter()}) as rtu:
            port, path = str(tcp.port), str(rtu.place).removeprefix("rtu:")
            over_tcp = ("-m", "tcp", "-a", "1", "-p", port, "-r", "3203", "-c", "4", "127.0.0.1")
            assert await asyncio.to_thread(mbpoll, *over_tcp) == WORDS
            over_rtu = ("-m", "rtu", "-a", "7", "-b", "9600", "-P", "none", "-r", "3203", "-c", "4", path)
            assert await asyncio.to_thread(mbpoll, *over_rtu) == WORDS

    peers.program("mbpoll")
    asyncio.run(run())


def test_minimalmodbus_reads_the_serial_simulator() -> None:
    minimalmodbus = peers.module("minimalmodbus")

    def read(path: str) -> list[int]:
        instrument = minimalmodbus.Instrument(path, 7)
        instrument.serial.baudrate, instrument.serial.timeout = 9600, 5
        try:
            found: list[int] = instrument.read_registers(3203, 4, functioncode=3)
            with pytest.raises(minimalmodbus.IllegalRequestError):
                instrument.read_registers(1, 1, functioncode=3)
        finally:
            instrument.serial.close()
        return found

    async def run() -> None:
        async with RtuBusServer({7: meter()}) as server:
            path = str(server.place).removeprefix("rtu:")
            assert tuple(await asyncio.to_thread(read, path)) == WORDS

    asyncio.run(run())


def test_pysunspec2_scans_the_sunspec_simulator() -> None:
    client = peers.module("sunspec2.modbus.client")

    def scan(port: int) -> dict[str, Any]:
        device = client.SunSpecModbusClientDeviceTCP(slave_id=1, ipaddr="127.0.0.1", ipport=port)
        try:
            device.scan()
            found = {
                "models": [key for key in device.models if isinstance(key, int)],
                "maker": device.models[1][0].Mn.value,
                "serial": device.models[1][0].SN.value,
                "import": device.models[203][0].TotWhImp.cvalue,
                "export": device.models[203][0].TotWhExp.cvalue,
                "absorbed": device.models[701][0].TotWhAbs.cvalue,
            }
        finally:
            device.close()
        return found

    async def run() -> None:
        device = SimulatedSunSpec((203, 701), {"energy_import": 1_234_567, "energy_export": 89}, scale=-1)
        async with ModbusMeterServer({1: device}) as server:
            found = await asyncio.to_thread(scan, server.port)
        assert found == {
            "models": [1, 203, 701], "maker": "nodechain", "serial": "SIM-1",
            "import": 1_234_567, "export": 89, "absorbed": 1_234_567,
        }  # fmt: skip

    asyncio.run(run())


@asynccontextmanager
async def slave(folder: Path, kind: str, where: str) -> AsyncIterator[None]:
    """libmodbus as a process."""
    built = peers.compiled(SLAVE, folder, "libmodbus")
    process = await asyncio.create_subprocess_exec(str(built), kind, where, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.kill()
        await process.wait()


async def check(place: str) -> None:
    """Read the slave in all ways."""
    link = ModbusLink(parse_place(place), Timing(2.0))
    assert await link.read(1, 3, 17, 3) == (1_017, 1_018, 1_019)
    assert await link.read(1, 4, 3203, 4) == (5_203, 5_204, 5_205, 5_206)
    assert len(await link.read(1, 3, 0, 125)) == 125
    with pytest.raises(DeviceException) as refused:
        await link.read(1, 3, 5_000, 1)
    assert refused.value.exception == 2
    assert await link.read(1, 3, 4_999, 1) == (5_999,)
    await link.close()


def test_a_libmodbus_slave_is_read_over_tcp(tmp_path: Path) -> None:
    async def run() -> None:
        port = free_ports(1)[0]
        async with slave(tmp_path, "tcp", str(port)):
            await check(f"tcp:127.0.0.1:{port}")

    asyncio.run(run())


class Cable:
    """Two pseudo-terminals whose far ends are tied together: a null-modem cable."""

    def __init__(self) -> None:
        self.one = PseudoTerminal(self._to_other)
        self.other = PseudoTerminal(self.one.write)

    def _to_other(self, data: bytes) -> None:
        self.other.write(data)

    def close(self) -> None:
        self.one.close()
        self.other.close()


def test_a_libmodbus_slave_is_read_on_a_serial_line(tmp_path: Path) -> None:
    async def run() -> None:
        cable = Cable()
        async with slave(tmp_path, "rtu", cable.one.path):
            await check(f"rtu:{cable.other.path}:9600:8N1")
        cable.close()

    asyncio.run(run())


def test_a_libmodbus_slave_is_read_through_a_gateway(tmp_path: Path) -> None:
    async def run() -> None:
        writers: list[asyncio.StreamWriter] = []

        def answered(data: bytes) -> None:
            for writer in writers:
                writer.write(data)

        line = PseudoTerminal(answered)

        async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            while data := await reader.read(256):
                line.write(data)
            writers.remove(writer)
            writer.close()

        gateway = await asyncio.start_server(pass_on, "127.0.0.1", 0)
        async with slave(tmp_path, "rtu", line.path), gateway:
            await check(f"rtu-tcp:127.0.0.1:{gateway.sockets[0].getsockname()[1]}")
        line.close()

    asyncio.run(run())
