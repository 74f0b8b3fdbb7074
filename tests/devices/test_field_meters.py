"""What meters in the field show, from public reports of other projects (named at each; ids replaced by others).

romix123/P1-wifi-gateway, daniel-jong/esp8266_p1meter, dsmrreader/dsmr-reader, UtilitechAS/amsreader-firmware,
zuidwijk/dsmr, ndokter/dsmr_parser, pwitab/iec62056-21, mtdcr/pysml, ottelo9/tasmota-sml-script, volkszaehler/vzlogger,
devZer0/libsml-testing, evcc-io/evcc: facts and telegrams.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from devices.catalogue import load_meter_profile, meter_profile_ids
from devices.commands.meter import meter
from devices.drivers import opening
from devices.drivers.telegrams import DEFAULT_TIMINGS, TelegramTiming
from devices.errors import BadReply, MissingRegister, NotAReading
from devices.places import parse_place
from devices.profile import PROFILE_DIRECTORY, load_profile
from devices.protocols import iec62056, p1, sml
from devices.protocols.crc import block_check, crc16_arc
from devices.protocols.registers import RegisterType, WordOrder, checked_energy, decode_energy, in_wh
from devices.protocols.sunspec import ModelReading
from devices.protocols.telegram import TelegramValue, energy_of
from devices.quantities import QUANTITIES
from devices.sample import Quality, Sample
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_rtu import RtuBusServer
from devices.simulators.telegram_sml import pack, signed, unsigned
from devices.sunspec import load_models
from devices.telegram_profile import TelegramProtocol
from devices.unit.alarms import AlarmKind
from devices.unit.gauges import with_derived
from devices.unit.reports import Reports
from devices.unit.sensing import SensedChannel
from devices.unit.setup import read_setup
from tests.devices import slow_devices
from tests.devices.telegram_samples import telegram_profile
from tests.devices.test_sml import answer, entry

P1 = {
    "romix123/P1-wifi-gateway#5 Iskra M550E": (
        "/ISK5\\2M550E-1011",
        ["1-3:0.2.8(50)", "0-0:1.0.0(230521133516S)", "0-0:96.1.1(4530303030303030303030303030303030)",
         "1-0:1.8.1(003211.396*kWh)", "1-0:1.8.2(002025.059*kWh)",
         "1-0:99.97.0(2)(0-0:96.7.19)(190111133452W)(0000002779*s)(190307113415W)(0000004950*s)"],
        5_236_455, "E0000000000000000",
    ),
    "daniel-jong/esp8266_p1meter#35 Fluvius 1.7": (
        "/FLU5\\000000000_A",
        ["0-0:96.1.4(50217)", "0-0:96.1.1(3153414730303030303030303030)", "0-0:1.0.0(230903131547S)",
         "1-0:1.8.1(005454.121*kWh)", "1-0:1.8.2(006581.993*kWh)", "1-0:1.4.0(00.217*kW)",
         "0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)(230101000000W)(221217173000W)(06.422*kW)"],
        12_036_114, "1SAG0000000000",
    ),
    "dsmrreader/dsmr-reader#770 Smarty, decrypted": (
        "/Lux5\\000000000_D",
        ["1-3:0.2.8(42)", "0-0:1.0.0(191031142239W)", "0-0:42.0.0(53414730303030303030303030303030)",
         "1-0:1.8.0(005675.956*kWh)"],
        5_675_956, "SAG0000000000000",
    ),
    "zuidwijk/dsmr#11 Sanxing": (
        "/AUX50000000000000",
        ["0-0:1.0.0(230101120000W)", "0-0:42.0.0(AUX0000000000000)", "0-0:96.1.0(0000000000)",
         "1-0:1.8.0(000258.072*kWh)", "1-0:1.8.1(000103.782*kWh)", "1-0:1.8.2(000154.290*kWh)"],
        258_072, "AUX0000000000000",
    ),
    "UtilitechAS/amsreader-firmware#515 ELL5, without an id": (
        "/ELL5\\000000000_A",
        ["0-0:1.0.0(230404185128W)", "1-0:1.8.0(00026849.551*kWh)", "1-0:1.7.0(0003.651*kW)"], 26_849_551, "",
    ),
}  # fmt: skip

P1_FORMS = {
    "ndokter/dsmr_parser#91 Holley DTSD545, a / in the head": (
        "/HLY5/D545-METER",
        ["0-0:1.0.0(220203113815W)", "1-0:1.8.0(00003668.743*kWh)", "1-0:15.8.0(00007137.694*kWh )"], 3_668_743,
    ),
    "a beginning within a head": ("/ABC5/DEF5-METER", ["1-0:1.8.0(1*kWh)"], 1_000),
    "F written out as 255": ("/LOG5LK13", ["1-0:1.8.0*255(000123.4567*kWh)"], 123_457),
    "a clock that was never set": (
        "/KFM5KAIFA-METER",
        ["0-0:1.0.0(632525252525W)", "0-0:96.1.1(4530)", "1-0:1.8.1(001581.123*kWh)", "1-0:1.8.2(001435.706*kWh)"],
        3_016_829,
    ),
    "one tariff": ("/KFM5KAIFA-METER", ["1-0:1.8.1(001581.123*kWh)"], 1_581_123),
}  # fmt: skip

IEC = {
    "pwitab/iec62056-21#16 Landis+Gyr ZMD405": (
        "/LGZ5\\2ZMD4054459.B40",
        ["0.0.0()", "C.1.0(10000001)", "1.8.1(0302.8260*kWh)", "1.8.1*12(0075.5341*kWh)", "1.8.1&12(0000.0000*kWh)",
         "1.8.0(0302.8260*kWh)", "1.8.0*00(0000.0000*kWh)"],
        302_826, "LGZ5\\2ZMD4054459.B40/10000001",
    ),
    "pwitab/iec62056-21#36 Iskra MT174": (
        "/ISk5MT174-0001",
        ["0-0:C.1.0*255(10000002)", "1-0:0.0.0*255(10000002)", "1-0:1.8.0*255(0080241.444*kWh)"],
        80_241_444, "ISk5MT174-0001/10000002",
    ),
    "mtdcr/pysml#4 Iskra MT382": (
        "/ISK5\\2MT382-1008",
        ["1-0:1.8.0(010192.57*kWh)", "1-0:1.8.1(006094.31*kWh)", "1-0:1.8.2(001410.19*kWh)",
         "1-0:1.8.3(000981.30*kWh)", "1-0:1.8.4(001706.76*kWh)"],
        10_192_570, "ISK5\\2MT382-1008",
    ),
    "ottelo9/tasmota-sml-script#19 Elster AS1440": (
        "/ELS5AS1440",
        ["1-1:0.0.0(10000003)", "1-1:1.8.1(012345.6*kWh)", "1-1:1.8.2(000012.3*kWh)"],
        12_357_900, "ELS5AS1440/10000003",
    ),
    "ndokter/dsmr_parser#90 Logarex D0": (
        "/LOG5LK13BE803039", ["1-0:96.1.0*255(001LOG0000000000)", "1-0:1.8.0*255(000123.4567*kWh)"],
        123_457, "LOG5LK13BE803039/001LOG0000000000",
    ),
    "EMH eHZ, one tariff": ("/EMH5eHZ", ["1-0:1.8.1*255(001234.5*kWh)"], 1_234_500, "EMH5eHZ"),
}  # fmt: skip


def p1_telegram(head: str, lines: list[str]) -> bytes:
    body = (head + "\r\n\r\n" + "\r\n".join(lines) + "\r\n!").encode()
    return body + b"%04X\r\n" % crc16_arc(body)


def readout(head: str, lines: list[str]) -> bytes:
    block = ("\r\n".join(lines) + "\r\n!\r\n\x03").encode()
    return head.encode() + b"\r\n\x02" + block + bytes((block_check(block),))


def shown_wh(profile: str, telegram: Any) -> int:
    found = telegram_profile(profile)
    return in_wh(found.energy(found.register("energy_import"), telegram))


@pytest.mark.parametrize(("head", "lines", "wh", "identity"), P1.values(), ids=P1)
def test_d7a_a_p1_meter_is_known_by_whichever_id_it_shows(head: str, lines: list[str], wh: int, identity: str) -> None:
    telegram = p1.decode(p1_telegram(head, lines))
    assert (shown_wh("dsmr-p1", telegram), telegram.meter_id) == (wh, identity)


@pytest.mark.parametrize(("head", "lines", "wh", "identity"), IEC.values(), ids=IEC)
def test_d7b_an_iec_meter_is_known_by_whichever_number_it_shows(
    head: str, lines: list[str], wh: int, identity: str
) -> None:
    telegram = iec62056.decode(readout(head, lines))
    assert (shown_wh("iec62056-21", telegram), telegram.meter_id) == (wh, identity)


@pytest.mark.parametrize(("head", "lines", "wh"), P1_FORMS.values(), ids=P1_FORMS)
def test_d12d_forms_that_meters_have_are_read(head: str, lines: list[str], wh: int) -> None:
    data = p1_telegram(head, lines)
    assert shown_wh("dsmr-p1", p1.decode(data)) == wh
    assert p1.take_telegram(bytearray(data[7:] + data)) == data


@pytest.mark.parametrize(
    ("number", "value", "meant"),
    [
        (42_000_001, b"\x53\xc6\x0c", Decimal("507.00")),
        (55_000_001, b"\x53\x8b\x28", Decimal("356.24")),
        (60_000_001, b"\x53\xd6\xca", Decimal("-105.50")),
        (42_000_001, b"\x55\xff\xfe\x13\x93", Decimal("-1260.61")),
    ],
)
def test_d12a_the_power_of_old_dzg_meters_is_what_they_meant(number: int, value: bytes, meant: Decimal) -> None:
    server = b"\x0b\x0a\x01DZG" + number.to_bytes(5, "big")
    power = entry(value, name=b"\x07\x01\x00\x10\x07\x00\xff", unit=unsigned(27, 1), scaler=signed(-2, 1))
    telegram = sml.decode(pack(answer(power, server=server)))
    assert telegram_profile("sml-edl").gauge_values(telegram)["active_power"] == meant


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RegisterType.UINT64, (0xFFFF,) * 4),
        (RegisterType.UINT32, (0x8000, 0)),
        (RegisterType.UINT32, (0xFFFF, 0xFFFF)),
        (RegisterType.UINT16, (0x8000,)),
    ],
)
def test_d12b_signs_of_no_value_are_refused_without_a_line_in_the_profile(
    kind: RegisterType, words: tuple[int, ...]
) -> None:
    with pytest.raises(NotAReading):
        decode_energy(kind, words, WordOrder.BIG, 0)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("sign", ["all ones", "lowest signed", "largest signed"])
def test_break_21_a_sign_of_no_value_is_no_energy_in_any_protocol(bits: int, sign: str) -> None:
    shown = {"all ones": (1 << bits) - 1, "lowest signed": 1 << bits - 1, "largest signed": (1 << bits - 1) - 1}[sign]
    words = tuple(shown >> 16 * place & 0xFFFF for place in reversed(range(bits // 16)))
    kinds = (RegisterType.UINT32, RegisterType.INT32) if bits == 32 else (RegisterType.UINT64, RegisterType.INT64)
    for kind in kinds:
        with pytest.raises(NotAReading):
            decode_energy(kind, words, WordOrder.BIG, -1)
    with pytest.raises(NotAReading):
        energy_of(TelegramValue(shown, -1, "Wh"))
    models = load_models()
    number, point = (203, "TotWhImp") if bits == 32 else (701, "TotWhInj")
    model = models.model(number)
    place = model.point(point)
    assert 16 * place.size == bits
    registers = [0] * 200
    registers[0] = number
    registers[place.offset : place.offset + place.size] = words
    with pytest.raises((NotAReading, MissingRegister)):
        ModelReading(models, model, tuple(registers)).energy(point)
    if shown < 2**63 - 2:
        assert checked_energy(
            shown - 1 - (sign == "lowest signed"), -1, (bits,)
        )  # one that counts on is believed again


def test_break_21_what_no_outbox_stores_is_no_reading() -> None:
    """It ended the service of a meter: the outbox refused it as a misuse, which nobody catches."""
    for raw, exponent in ((2**63, -3), (2**63 // 10 + 1, 1), (-1, 0)):
        with pytest.raises(NotAReading):
            checked_energy(raw, exponent)
    assert checked_energy(2**63 - 2, -3).raw == 2**63 - 2


def test_d12e_an_encrypted_port_is_named_as_such() -> None:
    frame = b"\xdb\x08SAG\x00\x00\x00\x00\x01\x82\x01\x10\x30\x00\x00\x00\x01" + bytes(200)
    with pytest.raises(BadReply, match="encrypted"):
        p1.take_telegram(bytearray(frame))


def test_d12f_names_of_serial_ports_with_colons_are_places() -> None:
    name = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
    for text, baud in ((f"serial:{name}", None), (f"rtu:{name}:9600:8E1", 9600)):
        place = parse_place(text)
        assert (getattr(place.where, "device", ""), getattr(place.where, "baudrate", 0)) == (name, baud)


def invoke(*words: object) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(meter, [*map(str, words), "--output", "json"])
    return result.exit_code, json.loads(result.stdout)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def against(serve: Serve, *words: object) -> tuple[int, dict[str, Any]]:
    """A command while this is served; {} in the words is the port."""

    async def main() -> tuple[int, dict[str, Any]]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(invoke, *(str(word).format(port) for word in words))

    return asyncio.run(main())


def words_of(registers: list[int], address: int, count: int) -> list[int] | None:
    first = address - 40_000
    return registers[first : first + count] if first >= 0 and first + count <= len(registers) else None


def sunspec(*models: list[int], delays: tuple[float, ...] = ()) -> Serve:
    registers = slow_devices.sunspec_list(*models)
    return partial(slow_devices.serve_words, words=partial(words_of, registers), delays=list(delays))


THREE = (
    slow_devices.common_model("INV"), slow_devices.inverter_model((76, 19_264)),
    slow_devices.common_model("METER-GRID"), slow_devices.meter_model(222_000),
    slow_devices.common_model("METER-PV"), slow_devices.meter_model(888_000),
)  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "identity", "wh"),
    [("sunspec-203", "METER-GRID", 222_000), ("sunspec-203.2", "METER-PV", 888_000)],
)
def test_d8_each_of_several_equal_models_is_read_and_known_by_its_own_number(
    profile: str, identity: str, wh: int
) -> None:
    exit_code, document = against(sunspec(*THREE), "read", profile, "--at", "tcp:127.0.0.1:{}", "--meter-id", identity)
    assert exit_code == 0, document
    assert document["data"]["counters"]["energy_import"]["energy_wh"] == wh
    assert document["data"]["meter_id"] == identity


def test_d8_a_model_that_a_device_does_not_have_so_often_is_told() -> None:
    exit_code, document = against(sunspec(*THREE), "read", "sunspec-203.3", "--at", "tcp:127.0.0.1:{}")
    assert (exit_code, document["errors"][0]["code"]) == (2, "bad_profile")
    assert "3 models 203" in document["errors"][0]["detail"]


def test_d12c_an_accumulator_of_all_ones_is_no_reading() -> None:
    serve = sunspec(slow_devices.common_model("SN1"), slow_devices.inverter_model((0xFFFF, 0xFFFF)))
    exit_code, document = against(serve, "read", "sunspec-103", "--at", "tcp:127.0.0.1:{}")
    assert (exit_code, document["errors"][0]["code"]) == (1, "not_a_reading")


def test_d12h_a_modbus_exception_is_told_in_words() -> None:
    serve = partial(slow_devices.serve_words, words=lambda _address, _count: None, delays=[])
    own = PROFILE_DIRECTORY / "schneider-iem3155.json"
    exit_code, document = against(serve, "profiles", "check", own, "--at", "tcp:127.0.0.1:{}")
    assert exit_code == 1
    assert "the device has no such register" in document["errors"][0]["detail"]


def test_d12g_what_a_simulator_prints_as_its_place_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> str:
        async with RtuBusServer({1: SimulatedMeter(load_profile("cg-em340"), {})}, link=Path("bus1")) as server:
            return str(server.place)

    monkeypatch.chdir(tmp_path)
    printed = asyncio.run(main())
    assert printed == f"rtu:{tmp_path / 'bus1'}"
    assert str(parse_place(printed)) == printed


def test_d10a_a_slow_inverter_is_read_by_its_profile_and_a_slow_meter_by_the_option() -> None:
    """evcc-io/evcc: 1.3 s for the first answers after connecting."""
    models = (slow_devices.common_model("SN1"), slow_devices.inverter_model((76, 19_264)))
    slow = sunspec(*models, delays=(1.3, 1.3))
    exit_code, document = against(slow, "read", "sunspec-103", "--at", "tcp:127.0.0.1:{}")
    assert exit_code == 0, document
    words = ("read", "cg-em340", "--at", "tcp:127.0.0.1:{}")
    for more, expected in (((), 5), (("--reply-timeout", "5"), 0)):
        serve = partial(slow_devices.serve_words, words=lambda _address, count: [0] * count, delays=[1.3, 1.3])
        assert against(serve, *words, *more)[0] == expected


def test_d10b_a_readout_may_take_as_long_as_its_rate_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 300 baud a readout of 3.2 kB takes 105 s; here the pauses are short and the fixed limit is as well."""
    short = dict(DEFAULT_TIMINGS)
    short[TelegramProtocol.IEC62056_21] = TelegramTiming(timeout_s=3.0, quiet_s=0.01, readout_s=0.05)
    monkeypatch.setattr(opening, "DEFAULT_TIMINGS", short)
    body = b"0.0.0(10000000)\r\n1.8.0(0012345.678*kWh)\r\n"
    serve = partial(slow_devices.serve_readout, body=body, pieces=10, pause_s=0.02)
    exit_code, document = against(serve, "read", "iec62056-21", "--at", "stream:127.0.0.1:{}")
    assert exit_code == 0, document
    assert document["data"]["counters"]["energy_import"]["energy_wh"] == 12_345_678


POWERED = tuple(name for name in meter_profile_ids() if not name.startswith(("s0-", "sunspec-713", "sunspec-802")))
"""All but pulses, which show no power, and levels, which are not compared with it."""


class Standing:
    """A meter of a profile whose counter stands while its power is 3 kW, in the words of its profile."""

    name = identity = ""
    profile_hash = bytes(32)

    def __init__(self, profile: str, register: str, now_ms: Callable[[], int]) -> None:
        self._profile = load_meter_profile(profile)
        self._obis = self._profile.register(register).obis_bytes
        self._now_ms = now_ms
        self._gauges = _three_kilowatts(profile, self._profile.units, register)

    async def read_counters(self) -> tuple[Sample, ...]:
        return (Sample(self._obis, 5_000, 0, "Wh", Quality.CONFIRMED, self._now_ms()),)

    async def read_gauges(self) -> dict[str, Decimal]:
        return self._gauges


def _three_kilowatts(profile: str, units: dict[str, str], register: str) -> dict[str, Decimal]:
    exports = "export" in register
    power = Decimal(-3_000 if exports else 3_000)
    if "active_power" in units:
        return {"active_power": power}
    side, other = ("export", "import") if exports else ("import", "export")
    return {f"active_power_{side}": abs(power), f"active_power_{other}": Decimal(0)}


@pytest.mark.parametrize("profile", POWERED)
def test_d9_a_dead_counter_rings_for_every_kind_of_meter(tmp_path: Path, profile: str) -> None:
    register = load_meter_profile(profile).billable[0].name
    file = tmp_path / "unit.json"
    account = "nrg13aumxdfnx7sldavn9l9skm0q4njzfvwxv4apmu"
    channel = {"name": "roof", "kind": "production", "account": account, "profile": profile, "at": _place(profile),
               "register": register, "max_power_w": 11_000}  # fmt: skip
    file.write_text(json.dumps({"channels": [channel], "drift_window_s": 1_800}))
    (found,) = read_setup(file).channels
    now_ms = 1_700_000_000_000
    rung: list[AlarmKind] = []

    async def main() -> None:
        nonlocal now_ms
        with Reports(tmp_path / "reports.db") as reports:
            sensed = SensedChannel(found, Standing(profile, register, lambda: now_ms), reports, now_ms)
            for _ in range(32):
                now_ms += 60_000
                rung.extend(alarm.kind for alarm in (await sensed.poll(now_ms)).alarms if alarm.raised)

    asyncio.run(main())
    assert rung == [AlarmKind.DEAD]


def _place(profile: str) -> str:
    return "serial:/dev/ttyUSB0" if profile in ("dsmr-p1", "iec62056-21", "sml-edl") else "tcp:127.0.0.1:502"


@pytest.mark.parametrize("profile", meter_profile_ids())
def test_d9_every_momentary_value_has_a_name_of_the_one_vocabulary(profile: str) -> None:
    found = load_meter_profile(profile)
    kinds = {register.name: register.kind for register in getattr(found, "registers", ()) if hasattr(register, "kind")}
    gauges = {name: unit for name, unit in found.units.items() if kinds.get(name, "gauge") == "gauge"}
    assert {name: QUANTITIES.get(name) for name in gauges} == gauges
    if profile in POWERED:
        assert "active_power" in with_derived(dict.fromkeys(gauges, Decimal(1)))
