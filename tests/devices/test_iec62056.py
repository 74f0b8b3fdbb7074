"""IEC 62056-21: the words of mode C, and readouts of which nothing wrong is believed."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import BadReply, MissingRegister, Misuse, NotAReading
from devices.protocols.crc import block_check
from devices.protocols.iec62056 import (
    BAUDRATES,
    ETX,
    MAX_BLOCK_BYTES,
    MAX_IDENTIFICATION_BYTES,
    STX,
    acknowledge,
    decode,
    parse_identification,
    request,
    take_block,
    take_identification,
)
from devices.protocols.obis import is_tariff_of, names
from devices.protocols.registers import RegisterEnergy
from devices.simulators.faults import FaultPlan
from devices.simulators.telegram_server import TcpTelegramServer
from devices.simulators.telegram_session import TelegramBehaviour
from tests.devices.telegram_samples import EXPORT_WH, IEC, IMPORT_WH, flips, good, in_pieces, meter, telegram_profile
from tests.support.peers import module

PROFILE = telegram_profile(IEC)
IMPORT = PROFILE.register("energy_import")
HEAD = b"/ABC5METER-X1\r\n"


def framed(text: str) -> bytes:
    block = text.encode("latin-1") + bytes((ETX,))
    return HEAD + bytes((STX,)) + block + bytes((block_check(block),))


def readout(*lines: str) -> bytes:
    return framed("".join(f"{line}\r\n" for line in (*lines, "!")))


def test_the_words_of_a_session() -> None:
    assert request() == b"/?!\r\n"
    assert request("12345678") == b"/?12345678!\r\n"
    for letter, baudrate in BAUDRATES.items():
        identification = parse_identification(b"/ABC" + letter.encode() + b"METER-X1\r\n")
        assert identification.baudrate == baudrate
        assert acknowledge(identification) == b"\x060" + letter.encode() + b"0\r\n"
    for wrong in ("!", "1" * 33, "\r\n", "\u00e4"):
        with pytest.raises(Misuse):
            request(wrong)


@pytest.mark.parametrize(
    "line",
    [b"", b"/\r\n", b"/ABC5\r\n", b"/AB5\r\n", b"/ABC5METER", b"/ABCAMETER\r\n", b"/ABC7METER\r\n", b"/ABC9METER\r\n",
     b"/ABC\x05METER\r\n", b"/ABC5MET\x80R\r\n", b"/ABC5MET!R\r\n", b"/ABC5" + b"x" * 59 + b"\r\n"],
)  # fmt: skip
def test_what_is_no_identification_of_mode_c_is_refused(line: bytes) -> None:
    with pytest.raises(BadReply):
        parse_identification(line)


def test_a_readout_is_read_exactly() -> None:
    telegram = decode(good(IEC))
    assert telegram.meter_id == "NOD5SIMULATED/12345678"
    assert PROFILE.energy(IMPORT, telegram) == RegisterEnergy(IMPORT_WH, 0)
    assert PROFILE.energy(PROFILE.register("energy_export"), telegram) == RegisterEnergy(EXPORT_WH, 0)


@pytest.mark.parametrize(
    ("lines", "energy"),
    [
        (("1.8.0(0001234.567*kWh)",), RegisterEnergy(1_234_567, 0)),
        (("1-1:1.8.0*255(0001234.5*kWh)", "1-1:1.8.0*01(1*kWh)"), RegisterEnergy(12_345, 2)),
        (("0.0.0(1)2.8.0(7*kWh)1.8.0(9*kWh)", "(7)"), RegisterEnergy(9, 3)),
        (("1.8.1(0000001.01*kWh)", "1.8.2(1.001*kWh)"), RegisterEnergy(2_011, 0)),
    ],
)
def test_values_keep_every_digit(lines: tuple[str, ...], energy: RegisterEnergy) -> None:
    assert PROFILE.energy(IMPORT, decode(readout(*lines))) == energy


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (("1.8.0*01(1*kWh)",), MissingRegister),
        (("7-0:1.8.0(1*kWh)",), MissingRegister),
        (("11.8.0(1*kWh)",), MissingRegister),
        (("1-1:1.8.0(1*kWh)", "1-2:1.8.0(1*kWh)"), BadReply),
        (("1.8.0(1)",), NotAReading),
        (("1.8.1(1*kWh)", "1.8.2(1*kWh)", "1-0:1.8.4*255(0*kWh)"), NotAReading),
    ],
)
def test_what_is_no_reading_is_refused(lines: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        PROFILE.energy(IMPORT, decode(readout(*lines)))


def test_codes_are_told_apart() -> None:
    assert names("1.8.0", "1-0:1.8.0")
    assert not names("1-0:1.8.0", "1.8.0")
    assert not names("1.8.0", "1.8.0*254")
    assert is_tariff_of("1.8.0", "1-1:1.8.63*255")
    assert not any(is_tariff_of("1.8.0", code) for code in ("1.8.0", "1.8.64", "1.9.1", "1.8.1*01", "0-0:1.8.1"))
    assert is_tariff_of("1-0:1.8.0", "1-0:1.8.3")
    assert not is_tariff_of("1-0:1.8.0", "1-1:1.8.3")


def test_where_the_meters_number_stands() -> None:
    assert decode(readout("C.1.0(7)", "0.0.0(8)")).meter_id == "ABC5METER-X1/8"
    assert decode(readout("1-0:C.1.0(7)")).meter_id == "ABC5METER-X1/7"
    assert decode(readout("1.8.0(1*kWh)")).meter_id == "ABC5METER-X1"
    with pytest.raises(BadReply):
        decode(readout("0.0.0(1)", "0.0.0(2)"))


def test_every_flipped_bit_of_the_block_is_noticed_and_of_the_identification_changes_no_value() -> None:
    telegram = good(IEC)
    head = telegram.index(b"\n") + 1
    for damaged in flips(telegram[head:]):
        with pytest.raises(BadReply):
            decode(telegram[:head] + damaged)
    right = decode(telegram)
    accepted = []
    for damaged in flips(telegram[:head]):
        with contextlib.suppress(BadReply):
            accepted.append(decode(damaged + telegram[head:]))
    assert accepted
    assert {telegram.values for telegram in accepted} == {right.values}
    assert right.meter_id not in {telegram.meter_id for telegram in accepted}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEAD,
        HEAD + b"\x02\x03",
        HEAD + b"\x02\x03\x03",
        framed(""),
        framed("1.8.0(1*kWh)\r\n"),
        framed("1.8.0(1*kWh)\r\n!"),
        framed("1.8.0(1*kWh)\n!\r\n"),
        framed("!1.8.0(1*kWh)\r\n!\r\n"),
        framed("1.8.0(1*k\xd7h)\r\n!\r\n"),
        framed("1.8.0(1*kWh)\x02\r\n!\r\n"),
        readout("1.8.0"),
        readout("1.8.0(1*kWh)") + b"x",
        b"x" + readout("1.8.0(1*kWh)"),
        readout(*["0.0.1(" + "1" * 1_000 + ")"] * 33),
    ],
)
def test_a_readout_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(BadReply):
        decode(data)


@pytest.mark.parametrize("step", [1, 5, 10_000])
def test_the_parts_of_an_answer_are_found_between_echo_and_noise(step: int) -> None:
    noise = b"\x00\xff/?!\r\n"
    assert in_pieces(noise + HEAD, take_identification, step) == [HEAD]
    block = readout("1.8.0(1*kWh)")[len(HEAD) :]
    assert in_pieces(b"\x06050\r\n" + block, take_block, step) == [block]


def test_what_waits_for_an_end_stays_bounded() -> None:
    waiting = bytearray(b"/ABC5" * 40)
    assert take_identification(waiting) is None
    assert len(waiting) <= MAX_IDENTIFICATION_BYTES
    most = bytearray((STX,)) + bytearray(b"1" * (MAX_BLOCK_BYTES - 1))
    assert take_block(most) is None
    most += b"1"
    with pytest.raises(BadReply):
        take_block(most)
    assert not most


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    for prefix in (b"", HEAD, HEAD + b"\x02"):
        with pytest.raises(BadReply):
            decode(prefix + data)
    take_identification(bytearray(data))
    take_block(bytearray(data))


@given(st.text(st.characters(max_codepoint=0x7E), max_size=120))
def test_arbitrary_text_with_a_right_checksum_is_read_or_refused(line: str) -> None:
    try:
        telegram = decode(readout(line, "1.8.0(1*kWh)"))
        assert PROFILE.energy(IMPORT, telegram) == RegisterEnergy(1, 3)
    except (BadReply, NotAReading):
        return


def test_another_reader_reads_the_simulator_through_a_gateway() -> None:
    client_module = module("iec62056_21.client")

    async def main() -> None:
        async with TcpTelegramServer(meter(IEC), TelegramBehaviour(FaultPlan(), reaction_s=0.05)) as server:

            def read() -> dict[str, tuple[str, str | None]]:
                client = client_module.Iec6205621Client.with_tcp_transport(
                    address=(server.host, server.port), device_address=""
                )
                client.connect()
                try:
                    answer = client.standard_readout()
                finally:
                    client.disconnect()
                return {entry.address: (entry.value, entry.unit) for entry in answer.data}

            shown = await asyncio.to_thread(partial(read))
            assert shown["1.8.0"] == ("001234.567", "kWh")
            assert shown["0.0.0"] == ("12345678", None)

    asyncio.run(main())
