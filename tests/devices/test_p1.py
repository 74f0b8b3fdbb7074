"""DSMR P1: what is right is read exactly, everything else is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import BadReply, MissingRegister, NotAReading
from devices.protocols.crc import crc16_arc
from devices.protocols.datasets import MAX_CODE_CHARACTERS, MAX_SETS
from devices.protocols.p1 import MAX_TELEGRAM_BYTES, decode, parse_time, take_telegram
from devices.protocols.registers import RegisterEnergy
from devices.simulators.telegram_session import NOISE
from devices.simulators.telegram_text import p1_telegram
from tests.devices.telegram_samples import EXPORT_WH, IMPORT_WH, P1, flips, good, in_pieces, meter, telegram_profile

PROFILE = telegram_profile(P1)
IMPORT = PROFILE.register("energy_import")


def sealed(*lines: str, head: str = "/NOD5\\2TEST") -> bytes:
    begun = "\r\n".join((head, "", *lines, "!")).encode("latin-1")
    return begun + b"%04X\r\n" % crc16_arc(begun)


def test_the_checksum_is_the_known_one() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D


def test_a_telegram_is_read_exactly() -> None:
    telegram = decode(good(P1))
    assert telegram.meter_id == "E0047000012345678"
    assert PROFILE.energy(IMPORT, telegram) == RegisterEnergy(IMPORT_WH, 0)
    assert PROFILE.energy(PROFILE.register("1-0:2.8.0"), telegram) == RegisterEnergy(EXPORT_WH, 0)
    gauges = PROFILE.gauge_values(telegram)
    assert (gauges["voltage_l1"], gauges["active_power_import"]) == (Decimal(230), Decimal(0))


@pytest.mark.parametrize(
    ("lines", "energy"),
    [
        (("1-0:1.8.1(000001.234*kWh)", "1-0:1.8.2(999999.999*kWh)"), RegisterEnergy(1_000_001_233, 0)),
        (
            ("1-0:1.8.0(000001.234*kWh)", "1-0:1.8.1(9*kWh)", "1-0:1.8.2(9*kWh)", "1-0:1.8.3(9*kWh)"),
            RegisterEnergy(1_234, 0),
        ),
        (("1-0:1.8.1(1.5*kWh)", "1-0:1.8.2(0.0001*kWh)"), RegisterEnergy(15_001, -1)),
        (("1-0:1.8.0(0012*MWh)",), RegisterEnergy(12, 6)),
        (("1-0:1.8.0(0012*Wh)",), RegisterEnergy(12, 0)),
    ],
)
def test_totals_and_sums_of_tariffs_keep_every_digit(lines: tuple[str, ...], energy: RegisterEnergy) -> None:
    assert PROFILE.energy(IMPORT, decode(sealed(*lines))) == energy


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ((), MissingRegister),
        (("1-0:1.8.2(1*kWh)",), MissingRegister),
        (("1-0:1.8.1(1*kWh)", "1-0:1.8.2(1*kWh)", "1-0:1.8.3(1*kWh)"), NotAReading),
        (("1-0:1.8.0(1*kWh)", "1-0:1.8.0(1*kWh)"), BadReply),
        (("1-0:1.8.0(1)",), NotAReading),
        (("1-0:1.8.0(1*kvarh)",), NotAReading),
        (("1-0:1.8.0(1*m3)",), NotAReading),
        (("1-0:1.8.0(-1*kWh)",), NotAReading),
        (("1-0:1.8.0(9999999999999999*MWh)",), NotAReading),
        (("1-0:1.8.1(-1*kWh)", "1-0:1.8.2(2*kWh)"), NotAReading),
        (("1-0:1.8.0(260101120000W)(1*kWh)",), MissingRegister),
        (("1-0:1.8.0(1e3*kWh)",), MissingRegister),
        (("1-0:1.8.0(NaN*kWh)",), MissingRegister),
        (("1-0:1.8.0*01(1*kWh)",), MissingRegister),
        (("1-1:1.8.0(1*kWh)",), MissingRegister),
    ],
)
def test_what_is_no_reading_is_refused(lines: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        PROFILE.energy(IMPORT, decode(sealed(*lines)))


def test_a_gauge_in_another_unit_is_refused() -> None:
    with pytest.raises(NotAReading):
        PROFILE.gauge_values(decode(sealed("1-0:32.7.0(230*A)")))


def test_a_telegram_without_a_checksum_is_refused() -> None:
    old = p1_telegram(meter(P1).show(), checksum=False)
    with pytest.raises(BadReply, match="no checksum"):
        decode(old)


def test_every_flipped_bit_is_noticed() -> None:
    for damaged in flips(good(P1)):
        with pytest.raises(BadReply):
            decode(damaged)


@pytest.mark.parametrize(
    "data",
    [
        sealed("1-0:1.8.0(1*kWh)", head="NOD5"),
        sealed("1-0:1.8.0(1*kWh)", head="/NO5\\2"),
        sealed("1-0:1.8.0 1*kWh"),
        sealed("1-0:1.8.0(1*kWh"),
        sealed("1-0:1.8.0((1*kWh))"),
        sealed("1-0:1.8.0(1*kWh)\rx"),
        sealed("\xb5(1)"),
        sealed("\x00(1)"),
        sealed("0-0:1.0.0(261301120000W)"),
        sealed("0-0:1.0.0(260101120000)"),
        sealed("0-0:1.0.0(260101120000W)", "0-0:1.0.0(260101120000W)"),
        sealed("!"),
        good(P1) + b"x",
        b"x" + good(P1),
        good(P1)[:-2],
        good(P1).replace(b"!", b"!!"),
        sealed("1" * (MAX_CODE_CHARACTERS + 1) + "(1)"),
        sealed("(1)" * 2 + "2(1)" * MAX_SETS),
        sealed(f"0-0:96.13.0({'3' * MAX_TELEGRAM_BYTES})"),
    ],
)
def test_a_telegram_of_another_form_is_refused_though_its_checksum_is_right(data: bytes) -> None:
    with pytest.raises(BadReply):
        decode(data)


def test_the_limits_themselves_are_allowed() -> None:
    assert decode(sealed("1" * MAX_CODE_CHARACTERS + "(1)")).values
    assert len(decode(sealed("2(1)" * MAX_SETS)).values) == MAX_SETS
    room = MAX_TELEGRAM_BYTES - len(sealed("x()"))
    assert len(sealed(f"x({'3' * room})")) == MAX_TELEGRAM_BYTES
    decode(sealed(f"x({'3' * room})"))


def test_an_equipment_id_is_read_as_it_is_printed_or_left_as_it_is() -> None:
    for text, expected in (("4B38", "K8"), ("4B3", "4B3"), ("0001", "0001"), ("FF", "FF"), ("", "")):
        assert decode(sealed(f"0-0:96.1.1({text})")).meter_id == expected


def test_the_meters_clock_never_falls_when_the_clocks_change() -> None:
    before, after = parse_time("261025025959S"), parse_time("261025020000W")
    assert after - before == 1
    assert parse_time("260329030000S") - parse_time("260329015959W") == 1
    assert parse_time("700101000000W") % 86_400 == 0
    for wrong in ("", "261025025959", "261025025959X", "261025246000W", "26102502595W", "\u0661" * 12 + "W"):
        with pytest.raises(BadReply):
            parse_time(wrong)


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_telegrams_are_found_between_noise_and_halves(step: int) -> None:
    telegram = good(P1)
    stream = telegram[300:] + telegram + NOISE + telegram + telegram[:200] + telegram + telegram
    assert in_pieces(stream, take_telegram, step) == [telegram] * 4


def test_what_waits_for_an_end_stays_bounded() -> None:
    buffer = bytearray()
    for _ in range(10):
        buffer += b"/NOD5" + b"x" * 3_000
        assert take_telegram(buffer) is None
        assert len(buffer) <= MAX_TELEGRAM_BYTES


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadReply):
        decode(data)
    take_telegram(bytearray(data))


@given(st.text(st.characters(max_codepoint=0x7E), max_size=120))
def test_arbitrary_lines_with_a_right_checksum_are_read_or_refused(line: str) -> None:
    try:
        telegram = decode(sealed(line, "1-0:1.8.0(1*kWh)"))
        assert PROFILE.energy(IMPORT, telegram) == RegisterEnergy(1, 3)
        PROFILE.gauge_values(telegram)
    except (BadReply, NotAReading):
        return


def test_another_parser_reads_the_simulators_telegram() -> None:
    why = "dsmr-parser needs Tailer 0.4.1, which has no wheel and does not build without setuptools (Python 3.12)"
    parsers = pytest.importorskip("dsmr_parser.parsers", reason=why)
    errors = pytest.importorskip("dsmr_parser.exceptions", reason=why)
    parser = parsers.TelegramParser(pytest.importorskip("dsmr_parser.telegram_specifications", reason=why).V5)
    telegram = parser.parse(good(P1).decode("ascii"))
    shares = (telegram.ELECTRICITY_USED_TARIFF_1.value, telegram.ELECTRICITY_USED_TARIFF_2.value)
    assert sum(shares) * 1000 == IMPORT_WH
    assert telegram.ELECTRICITY_USED_TARIFF_1.unit == "kWh"
    damaged = good(P1).replace(b"1-0:1.8.1(0", b"1-0:1.8.1(9")
    with pytest.raises(errors.InvalidChecksumError):
        parser.parse(damaged.decode("ascii"))
