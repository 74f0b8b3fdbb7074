"""SML: frames, messages and values; every length of number, every limit, nothing damaged accepted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import BadReply, MissingRegister, NotAReading
from devices.protocols.crc import crc16_x25
from devices.protocols.registers import RegisterEnergy
from devices.protocols.sml import MAX_ENTRIES, MAX_MESSAGES, decode, messages
from devices.protocols.sml_frame import ESCAPE, MAX_FRAME_BYTES, START, take_frame, unpack
from devices.protocols.sml_values import MAX_DEPTH, Node, head_at, integer, node_at
from devices.simulators.telegram_session import NOISE
from devices.simulators.telegram_sml import (
    CLOSE_RESPONSE,
    GET_LIST_RESPONSE,
    LEFT_OUT,
    message,
    pack,
    signed,
    sml_frame,
    unsigned,
)
from tests.devices.telegram_samples import EXPORT_WH, IMPORT_WH, SML, flips, good, in_pieces, meter, telegram_profile
from tests.support.peers import module

PROFILE = telegram_profile(SML)
IMPORT = PROFILE.register("energy_import")
SERVER = b"\x05\x0a\x01\x02\x03"
IMPORT_NAME = b"\x07\x01\x00\x01\x08\x00\xff"
WH = unsigned(30, 1)


def listed(*elements: bytes) -> bytes:
    count = len(elements)
    head = bytes((0x70 | count,)) if count < 16 else bytes((0xF0 | count >> 8, 0x80 | count >> 4 & 15, count & 15))
    return head + b"".join(elements)


def entry(number: bytes, *, name: bytes = IMPORT_NAME, unit: bytes = WH, scaler: bytes = LEFT_OUT) -> bytes:
    return listed(name, LEFT_OUT, LEFT_OUT, unit, scaler, number, LEFT_OUT)


def answer(*entries: bytes, server: bytes = SERVER, clock: bytes = LEFT_OUT) -> bytes:
    body = listed(LEFT_OUT, server, LEFT_OUT, clock, listed(*entries), LEFT_OUT, LEFT_OUT)
    return message(0, GET_LIST_RESPONSE, body)


def energy(*entries: bytes) -> RegisterEnergy:
    return PROFILE.energy(IMPORT, decode(pack(answer(*entries))))


def test_the_checksum_is_the_known_one() -> None:
    assert crc16_x25(b"123456789") == 0x906E


def test_a_frame_is_read_exactly() -> None:
    telegram = decode(good(SML))
    assert telegram.meter_id == meter(SML).meter_id
    assert PROFILE.energy(IMPORT, telegram) == RegisterEnergy(10 * IMPORT_WH, -1)
    assert PROFILE.energy(PROFILE.register("energy_export"), telegram) == RegisterEnergy(10 * EXPORT_WH, -1)
    gauges = PROFILE.gauge_values(telegram)
    assert (gauges["voltage_l1"], gauges["frequency"]) == (Decimal(230), Decimal(50))


@pytest.mark.parametrize("size", range(1, 9))
def test_numbers_of_every_length_with_and_without_a_sign(size: int) -> None:
    # The largest numbers of 32 and 64 bits are signs of 'no value'.
    most = min((1 << 8 * size) - 1, 2**63 - 1) - (size in (4, 8))
    for number in (0, 1, most):
        assert energy(entry(unsigned(number, size))) == RegisterEnergy(number, 0)
    most_signed = (1 << 8 * size - 1) - 1 - (size in (4, 8))
    assert energy(entry(signed(most_signed, size))) == RegisterEnergy(most_signed, 0)
    for negative in (-1, -(1 << 8 * size - 1)):
        assert integer(node_at(signed(negative, size), 0)[0]) == negative
        with pytest.raises(NotAReading):
            energy(entry(signed(negative, size)))


def test_scalers_are_powers_of_ten() -> None:
    for scaler in (-9, -1, 0, 3, 9):
        assert energy(entry(unsigned(7, 2), scaler=signed(scaler, 1))) == RegisterEnergy(7, scaler)
    for scaler in (-10, 10, 127, -128):
        with pytest.raises(NotAReading):
            energy(entry(unsigned(7, 2), scaler=signed(scaler, 1)))
    with pytest.raises(NotAReading):
        energy(entry(unsigned(2**63, 8)))


def test_tariffs_are_summed_only_where_no_total_is() -> None:
    def tariff(number: int) -> bytes:
        return entry(unsigned(10 * number, 2), name=b"\x07\x01\x00\x01\x08" + bytes((number, 0xFF)))

    assert energy(tariff(1), tariff(2)) == RegisterEnergy(30, 0)
    assert energy(tariff(1), tariff(2), tariff(3), entry(unsigned(5, 1))) == RegisterEnergy(5, 0)
    for entries, error in (
        ((tariff(2),), MissingRegister),
        ((tariff(1), tariff(2), tariff(3)), NotAReading),
        ((entry(unsigned(1, 1)), entry(unsigned(1, 1))), BadReply),
        ((), MissingRegister),
    ):
        with pytest.raises(error):
            energy(*entries)


@pytest.mark.parametrize(
    "found",
    [
        entry(unsigned(1, 1), unit=LEFT_OUT),
        entry(unsigned(1, 1), unit=unsigned(27, 1)),
        entry(unsigned(1, 1), unit=unsigned(200, 1)),
        entry(b"\x42\x01"),
        entry(b"\x03\x00\x01"),
        entry(LEFT_OUT),
        entry(unsigned(1, 1), name=IMPORT_NAME[:-1] + b"\x01"),
    ],
)
def test_what_is_no_reading_is_refused(found: bytes) -> None:
    with pytest.raises((NotAReading, MissingRegister)):
        energy(found)


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [
        (LEFT_OUT, None),
        (listed(unsigned(1, 1), unsigned(77, 4)), 77),
        (listed(unsigned(2, 1), unsigned(1_767_225_600, 4)), 1_767_225_600),
        (unsigned(77, 4), 77),
        (listed(unsigned(3, 1), listed(unsigned(1, 4), signed(60, 2), signed(60, 2))), None),
    ],
)
def test_the_meters_count_of_seconds(clock: bytes, seconds: int | None) -> None:
    assert decode(pack(answer(entry(unsigned(1, 1)), clock=clock))).clock_s == seconds


def test_every_flipped_bit_is_noticed() -> None:
    for damaged in flips(good(SML)):
        with pytest.raises(BadReply):
            decode(damaged)


def test_a_messages_own_checksum_is_checked_too() -> None:
    for damaged in flips(answer(entry(unsigned(1234, 4)))):
        with pytest.raises(BadReply):
            decode(pack(damaged))


FILES = {
    "nothing": b"",
    "no list of values": message(0, CLOSE_RESPONSE, listed(LEFT_OUT)),
    "two meters": answer(entry(unsigned(1, 1))) + answer(server=b"\x03\x01\x02"),
    "no server": answer(server=LEFT_OUT),
    "a server that is a number": answer(server=unsigned(1, 1)),
    "values that are no list": message(0, GET_LIST_RESPONSE, listed(LEFT_OUT, SERVER, *[LEFT_OUT] * 5)),
    "a short list": message(0, GET_LIST_RESPONSE, listed(LEFT_OUT, SERVER)),
    "an entry that is no list": answer(unsigned(1, 1)),
    "an entry that is short": answer(listed(IMPORT_NAME)),
    "a name that is a number": answer(entry(unsigned(1, 1), name=unsigned(1, 1))),
    "a name of five bytes": answer(entry(unsigned(1, 1), name=b"\x06\x01\x00\x01\x08\x00")),
    "a scaler that is a string": answer(entry(unsigned(1, 1), scaler=b"\x02\x01")),
    "a scaler out of range": answer(entry(unsigned(1, 1), scaler=signed(128, 2))),
    "a unit that is a truth": answer(entry(unsigned(1, 1), unit=b"\x42\x01")),
    "a message that is no list": unsigned(1, 1),
    "a message cut off": answer(entry(unsigned(1, 1)))[:-1],
    "a number of nine bytes": answer(entry(b"\x6a" + bytes(9))),
    "a number of nothing": answer(entry(b"\x61")),
    "a truth of two bytes": answer(entry(b"\x43\x01\x01")),
    "an unknown type": answer(entry(b"\x12\x01")),
    "a length below its own": answer(entry(b"\x00")),
    "a length too long": answer(entry(b"\x80\x80\x80\x80\x01")),
    "a length of another type": answer(entry(b"\x80\x51")),
    "a list without end": b"\xff\x8f\x0f",
    "lists too deep": answer(entry(b"\x71" * (MAX_DEPTH + 1) + LEFT_OUT)),
    "too many messages": message(0, CLOSE_RESPONSE, listed(LEFT_OUT)) * (MAX_MESSAGES + 1),
    "too many values": answer(*[entry(unsigned(1, 1))] * (MAX_ENTRIES + 1)),
    "a type that is a string": message(0, 0, LEFT_OUT).replace(unsigned(0, 2), b"\x03ab"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_form_is_refused_though_its_frame_is_right(name: str) -> None:
    with pytest.raises(BadReply):
        decode(pack(FILES[name]))


def test_the_limits_themselves_are_allowed() -> None:
    assert len(decode(pack(answer(*[entry(unsigned(1, 1))] * MAX_ENTRIES))).values) == MAX_ENTRIES
    one = message(0, CLOSE_RESPONSE, listed(LEFT_OUT))
    assert len(messages(one * MAX_MESSAGES)) == MAX_MESSAGES
    deep: Node = b"x"
    for _ in range(MAX_DEPTH):
        deep = (deep,)
    assert node_at(b"\x71" * MAX_DEPTH + b"\x02x", 0)[0] == deep
    assert head_at(b"\x8f\x8f\x0f", 0) == (0, 0xFFF - 3, 3)


@pytest.mark.parametrize("fives", range(1, 14))
def test_escapes_inside_come_back_as_they_were(fives: int) -> None:
    file = b"\x05" + b"\x1b" * fives + b"\x1a\x00"
    buffer = bytearray(pack(file))
    frame = take_frame(buffer)
    assert frame is not None
    assert not buffer
    assert unpack(frame) == file


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        START,
        START + ESCAPE + b"\x1a\x00",
        good(SML)[4:],
        good(SML) + bytes(4),
        START + bytes(MAX_FRAME_BYTES) + ESCAPE + b"\x1a\x00\x00\x00",
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(BadReply):
        unpack(frame)


def resealed(inside: bytes, filled: int) -> bytes:
    frame = START + inside + ESCAPE + bytes((0x1A, filled))
    return frame + crc16_x25(frame).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("inside", "filled"),
    [(b"\x01\x01\x01\x01", 1), (bytes(4), 4), (b"", 1), (ESCAPE + b"\x02\x02\x02\x02", 0), (ESCAPE, 0)],
)
def test_filling_and_escapes_are_checked_behind_a_right_checksum(inside: bytes, filled: int) -> None:
    with pytest.raises(BadReply):
        unpack(resealed(inside, filled))


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_frames_are_found_between_noise_and_halves(step: int) -> None:
    frame = good(SML)
    stream = frame[100:] + frame + NOISE + frame + frame[:150] + frame + b"\x1b" + frame
    assert in_pieces(stream, take_frame, step) == [frame] * 4


def test_what_waits_for_an_end_stays_bounded() -> None:
    waiting = bytearray(bytes(100_000))
    assert take_frame(waiting) is None
    assert len(waiting) < len(START)
    waiting += START + bytes(MAX_FRAME_BYTES)
    with pytest.raises(BadReply):
        take_frame(waiting)
    assert not waiting


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    for frame in (data, pack(data)):
        with pytest.raises(BadReply):
            decode(frame)
    take_frame(bytearray(START + data))


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_arbitrary_values_in_right_messages_are_read_or_refused(value: bytes, clock: bytes) -> None:
    try:
        telegram = decode(pack(answer(entry(value), clock=clock or LEFT_OUT)))
        PROFILE.energy(IMPORT, telegram)
    except (BadReply, NotAReading, MissingRegister):
        return


def test_another_decoder_reads_the_simulators_frames() -> None:
    reader = module("smllib").SmlStreamReader()
    simulated = meter(SML)
    for wh in (0, 1, 0x1B1B1B1B):
        simulated.advance(wh)
        reader.add(sml_frame(simulated.show()))
        found = {value.obis.obis_code: value for value in reader.get_frame().get_obis()}
        shown = found["1-0:1.8.0*255"]
        assert (shown.value, shown.scaler, shown.unit) == (10 * simulated.energy_wh(), -1, 30)
        assert found["1-0:32.7.0*255"].get_value() == 230
