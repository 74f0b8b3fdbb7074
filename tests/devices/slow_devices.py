"""Devices on sockets that take their time: a Modbus slave, an IEC 62056-21 meter, and a SunSpec device with meters."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

from devices.protocols.crc import block_check


async def serve_words(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    words: Callable[[int, int], list[int] | None],
    delays: list[float],
) -> None:
    """Answer Modbus TCP reads with `words(address, count)`; None: exception 2. The first answers take `delays` s."""
    waits = iter(delays)
    try:
        while True:
            transaction, _protocol, length, device = struct.unpack(">HHHB", await reader.readexactly(7))
            function, address, count = struct.unpack(">BHH", (await reader.readexactly(length - 1))[:5])
            await asyncio.sleep(next(waits, 0))
            found = words(address, count)
            if found is None:
                answer = bytes((function | 0x80, 2))
            else:
                answer = bytes((function, 2 * count)) + struct.pack(f">{count}H", *found)
            writer.write(struct.pack(">HHHB", transaction, 0, len(answer) + 1, device) + answer)
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    finally:
        writer.close()


async def serve_readout(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, pieces: int, pause_s: float
) -> None:
    """Answer mode C at the rate that is asked with, the readout in so many pieces with a pause before each."""
    block = body + b"!\r\n\x03"
    readout = b"\x02" + block + bytes((block_check(block),))
    step = -(-len(readout) // pieces)
    try:
        while line := await reader.readline():
            if line.startswith(b"/?"):
                writer.write(b"/ELS0A1500\r\n")
            elif line.startswith(b"\x06"):
                for place in range(0, len(readout), step):
                    await asyncio.sleep(pause_s)
                    writer.write(readout[place : place + step])
    except ConnectionError:
        return
    finally:
        writer.close()


def text_words(text: str, count: int) -> list[int]:
    """A string of SunSpec."""
    data = text.encode().ljust(2 * count, b"\0")
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, 2 * count, 2)]


def common_model(serial: str) -> list[int]:
    """A common model with this serial number."""
    parts = [("Maker", 16), ("Model", 16), ("", 8), ("1.0", 8), (serial, 16)]
    return [1, 65, *(word for text, count in parts for word in text_words(text, count)), 1]


def meter_model(imported_wh: int) -> list[int]:
    """A model 203 that counts in whole Wh."""
    words = [0x8000] * 105
    words[36:38] = [0, 1]
    words[44:46] = [imported_wh >> 16, imported_wh & 0xFFFF]
    words[52] = 0
    return [203, 105, *words]


def inverter_model(produced: tuple[int, int]) -> list[int]:
    """A model 103 whose counter holds these two words."""
    words = [0x8000] * 50
    words[22:24] = produced
    words[24] = 0
    return [103, 50, *words]


def sunspec_list(*models: list[int]) -> list[int]:
    """The registers from 40000 on."""
    return [0x5375, 0x6E53, *(word for model in models for word in model), 0xFFFF, 0]
