"""Bytes on a real pseudo-terminal and a real socket: none lost, none old, the line opened anew when it was lost."""

from __future__ import annotations

import asyncio
import os
import select
import termios
import tty
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from devices.errors import LinkClosed, LinkTimeout, Misuse
from devices.links.bytes import MAX_WAITING_BYTES, ByteLink, LineForm
from devices.places import Place, PlaceKind, SerialLine, Socket, parse_place
from devices.simulators.pseudo_terminal import PseudoTerminal
from tests.devices.telegram_scene import until

FORM = LineForm(9600)
LONG_S = 20.0


def line_of_text(buffer: bytearray) -> bytes | None:
    end = buffer.find(b"\n")
    if end < 0:
        return None
    taken = bytes(buffer[: end + 1])
    del buffer[: end + 1]
    return taken


@pytest.fixture
def ends() -> Iterator[tuple[int, str]]:
    """The meter's end of a terminal, and the name of the other."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


def with_link(place: Place, form: LineForm, body: Callable[[ByteLink], Awaitable[None]]) -> None:
    async def main() -> None:
        link = ByteLink(place, form)
        try:
            await body(link)
        finally:
            await link.close()

    asyncio.run(main())


def serial_place(name: str) -> Place:
    return Place(PlaceKind.SERIAL, SerialLine(name))


def test_a_change_of_rate_drops_nothing_and_keeps_the_port_open(ends: tuple[int, str]) -> None:
    master, name = ends

    async def body(link: ByteLink) -> None:
        await link.write(b"?\n")
        assert os.read(master, 10) == b"?\n"
        assert termios.tcgetattr(master)[4] == termios.B300
        os.write(master, b"first half, ")
        await link.set_baudrate(19200)
        assert termios.tcgetattr(master)[4] == termios.B19200
        os.write(master, b"second half\n")
        assert await link.take(line_of_text, LONG_S) == b"first half, second half\n"
        await link.set_baudrate(300)
        assert termios.tcgetattr(master)[4] == termios.B300
        assert link.opened == 1

    with_link(serial_place(name), LineForm(300, 7, "E"), body)


def test_a_place_says_more_than_a_profile(ends: tuple[int, str]) -> None:
    master, name = ends

    async def body(link: ByteLink) -> None:
        await link.write(b"x")
        assert termios.tcgetattr(master)[4] == termios.B2400
        assert termios.tcgetattr(master)[2] & termios.CSTOPB

    with_link(Place(PlaceKind.SERIAL, SerialLine(name, 2400, 8, "N", 2)), FORM, body)


def test_what_is_old_is_thrown_away(ends: tuple[int, str]) -> None:
    master, name = ends

    async def body(link: ByteLink) -> None:
        await link.write(b"x")
        os.write(master, b"old\nold\n")
        await link.settle(0.05, LONG_S)
        os.write(master, b"new\nnewer\n")
        assert await link.take(line_of_text, LONG_S) == b"new\n"
        assert await link.take(line_of_text, LONG_S) == b"newer\n"

    with_link(serial_place(name), FORM, body)


def test_a_line_that_is_never_quiet_is_given_up(tmp_path: Path) -> None:
    async def main() -> None:
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        terminal = PseudoTerminal(heard.put_nowait, tmp_path / "line")
        link = ByteLink(serial_place(terminal.path), FORM)

        async def chatter() -> None:
            while True:
                terminal.write(b"noise")
                await asyncio.sleep(0)

        noise = asyncio.ensure_future(chatter())
        with pytest.raises(LinkTimeout, match="never quiet"):
            await link.settle(5.0, 0.1)
        noise.cancel()
        await link.close()
        terminal.close()

    asyncio.run(main())


def test_nothing_in_time_is_a_timeout_and_opens_the_line_anew(ends: tuple[int, str]) -> None:
    master, name = ends

    async def body(link: ByteLink) -> None:
        for options in ({"timeout_s": 0.02}, {"timeout_s": LONG_S, "idle_s": 0.02}):
            with pytest.raises(LinkTimeout):
                await link.take(line_of_text, **options)
        assert link.opened == 2
        taking = asyncio.ensure_future(link.take(line_of_text, LONG_S))
        await until(lambda: link.opened == 3)
        os.write(master, b"here\n")
        assert await taking == b"here\n"

    with_link(serial_place(name), FORM, body)


def test_who_does_not_read_loses_the_oldest(tmp_path: Path) -> None:
    async def main() -> None:
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        terminal = PseudoTerminal(heard.put_nowait, tmp_path / "line")
        link = ByteLink(serial_place(terminal.path), FORM)
        await link.write(b"x")
        sent = 0
        while sent < 2 * MAX_WAITING_BYTES:
            terminal.write(b"%07d\n" % sent)
            sent += 8
            await asyncio.sleep(0)
        terminal.write(b"end!")
        found: list[int] = []

        def all_of_it(buffer: bytearray) -> bytes | None:
            found.append(len(buffer))
            return bytes(buffer) if buffer.endswith(b"end!") else None

        kept = await link.take(all_of_it, LONG_S)
        assert len(kept) <= MAX_WAITING_BYTES
        assert max(found) <= MAX_WAITING_BYTES
        await link.close()
        terminal.close()

    asyncio.run(main())


def test_a_port_that_is_pulled_out_is_found_again(tmp_path: Path) -> None:
    async def main() -> None:
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        terminal = PseudoTerminal(heard.put_nowait, tmp_path / "line")
        link = ByteLink(serial_place(terminal.path), FORM)
        await link.write(b"x")
        assert await heard.get() == b"x"
        terminal.close()
        with pytest.raises(LinkClosed):
            await link.take(line_of_text, LONG_S)
        with pytest.raises(LinkClosed, match="cannot be opened"):
            await link.write(b"x")
        terminal = PseudoTerminal(heard.put_nowait, tmp_path / "line")
        await link.write(b"hello\n")
        assert await heard.get() == b"hello\n"
        await link.close()
        terminal.close()

    asyncio.run(main())


def test_a_line_lost_in_the_middle_of_a_write_ends_the_write_and_lets_the_port_go(ends: tuple[int, str]) -> None:
    master, name = ends

    async def body(link: ByteLink) -> None:
        writing = asyncio.ensure_future(link.write(bytes(1 << 20)))
        await until(lambda: bool(select.select([master], [], [], 0)[0]))
        await link.close()
        assert not writing.done()
        with pytest.raises(LinkClosed, match="closed while"):
            await writing
        while select.select([master], [], [], 0)[0]:
            os.read(master, 65536)
        await link.write(b"next\n")
        assert link.opened == 2
        assert os.read(master, 10) == b"next\n"

    with_link(serial_place(name), FORM, body)


def test_a_write_that_was_given_up_is_not_mixed_with_the_next(ends: tuple[int, str]) -> None:
    master, name = ends

    async def body(link: ByteLink) -> None:
        first = asyncio.ensure_future(link.write(bytes(1 << 17)))
        await until(lambda: bool(select.select([master], [], [], 0)[0]))
        first.cancel()
        second = asyncio.ensure_future(link.write(b"next\n"))
        await until(first.done)
        got = bytearray()

        def whole() -> bool:
            if select.select([master], [], [], 0)[0]:
                got.extend(os.read(master, 512))
            return got.endswith(b"next\n")

        await until(whole)
        await second
        assert got == bytes(1 << 17) + b"next\n"
        with pytest.raises(asyncio.CancelledError):
            await first

    with_link(serial_place(name), FORM, body)


def test_two_programs_do_not_share_a_port(ends: tuple[int, str]) -> None:
    _, name = ends

    async def body(link: ByteLink) -> None:
        await link.write(b"x")
        with pytest.raises(LinkClosed):
            await ByteLink(serial_place(name), FORM).write(b"x")

    with_link(serial_place(name), FORM, body)


def test_a_gateway_that_hangs_up_is_called_again() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = await reader.readline()
        writer.write(question.upper())
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            link = ByteLink(Place(PlaceKind.STREAM, Socket("127.0.0.1", port)), FORM)
            for attempt in (1, 2):
                await link.write(b"hello\n")
                await link.set_baudrate(19200)
                assert await link.take(line_of_text, LONG_S) == b"HELLO\n"
                with pytest.raises(LinkClosed):
                    await link.take(line_of_text, LONG_S)
                assert link.opened == attempt
            await link.close()

    asyncio.run(main())


@pytest.mark.parametrize("place", ["tcp:h:502", "rtu:/dev/x", "rtu-tcp:h:1"])
def test_a_place_of_registers_is_refused(place: str) -> None:
    with pytest.raises(Misuse):
        ByteLink(parse_place(place), FORM)
