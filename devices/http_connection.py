"""One HTTP/1.1 connection on asyncio streams: what a meter needs of it and no more.

Plain and TLS, keep-alive, bodies by length or in chunks, all of it bounded in size and time. No redirects, no
cookies, no compression. It knows nothing of nodes.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Final
from urllib.parse import urlsplit

import msgspec

from devices.errors import BadNodeAnswer, ConnectionLost, Misuse

MAX_HEADER_BYTES: Final = 16 * 1024
MAX_ANSWER_BYTES: Final = 1024 * 1024
_NO_BODY: Final = frozenset({204, 304})


class HttpAddress(msgspec.Struct, frozen=True):
    """Where a node listens; `prefix` is put before every path."""

    host: str
    port: int
    tls: bool
    prefix: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.prefix}"


class HttpAnswer(msgspec.Struct, frozen=True):
    """What came back: the status, the headers with small names, the body."""

    status: int
    headers: dict[str, str]
    body: bytes


def parse_address(url: str) -> HttpAddress:
    """`http://host:port/prefix` or `https://`; raises `Misuse`."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError as error:
        raise Misuse(f"{url!r} is no address: {error}") from None
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or not url.isascii():
        raise Misuse(f"{url!r} is no address like http://127.0.0.1:8545")
    tls = parts.scheme == "https"
    return HttpAddress(parts.hostname, port or (443 if tls else 80), tls, parts.path.rstrip("/"))


class HttpConnection:
    """One request at a time; opened by the first, kept open while the server allows it."""

    def __init__(self, address: HttpAddress) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection that the server has not ended as far as one can know."""
        return self._streams is not None and not self._streams[0].at_eof()

    async def ask(
        self, method: str, path: str, body: bytes = b"", *, content_type: str = "", timeout_s: float = 10.0
    ) -> HttpAnswer:
        """Send one request and return its answer; after any error the connection is closed.

        Raises `ConnectionLost` or `BadNodeAnswer`.
        """
        complete = False
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await self._open()
                writer.write(self._head(method, path, len(body), content_type) + body)
                await writer.drain()
                answer, keep = await _read_answer(reader)
                complete = keep
                return answer
        except TimeoutError:
            raise ConnectionLost(f"{self._address} did not answer within {timeout_s:g} s") from None
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError) as error:
            raise ConnectionLost(f"{self._address}: {str(error) or type(error).__name__}") from None
        except asyncio.LimitOverrunError:
            raise BadNodeAnswer(f"{self._address}: the headers are longer than {MAX_HEADER_BYTES} bytes") from None
        finally:
            if not complete:
                self.close()

    def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            context = ssl.create_default_context() if self._address.tls else None
            self._streams = await asyncio.open_connection(
                self._address.host, self._address.port, ssl=context, limit=MAX_HEADER_BYTES
            )
        return self._streams

    def _head(self, method: str, path: str, length: int, content_type: str) -> bytes:
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        lines = [
            f"{method} {self._address.prefix}{path} HTTP/1.1",
            f"Host: {host}:{self._address.port}",
            "Accept: application/json",
        ]
        if method != "GET":
            lines += [f"Content-Length: {length}", f"Content-Type: {content_type}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


async def _read_answer(reader: asyncio.StreamReader) -> tuple[HttpAnswer, bool]:
    """The answer, and whether the connection may serve another request."""
    status, headers = await _read_head(reader)
    while 100 <= status < 200:
        status, headers = await _read_head(reader)
    keep = headers.get("connection", "").lower() != "close"
    if status in _NO_BODY:
        return HttpAnswer(status, headers, b""), keep
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return HttpAnswer(status, headers, await _read_chunks(reader)), keep
    length = headers.get("content-length")
    if length is None:
        return HttpAnswer(status, headers, await _read_to_end(reader)), False
    if not length.isascii() or not length.isdecimal() or len(length) > 10 or int(length) > MAX_ANSWER_BYTES:
        raise BadNodeAnswer(f"an answer of {length} bytes, at most {MAX_ANSWER_BYTES} are read")
    return HttpAnswer(status, headers, await reader.readexactly(int(length))), keep


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    version, _, rest = lines[0].partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isascii() or not rest[:3].isdecimal():
        raise BadNodeAnswer(f"no HTTP answer: {lines[0][:60]!r}")
    headers = {}
    for line in lines[1:-2]:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadNodeAnswer(f"no HTTP header: {line[:60]!r}")
        headers[name.strip().lower()] = value.strip()
    return int(rest[:3]), headers


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\r\n")).split(b";")[0].strip()
        try:
            size = int(line, 16)
        except ValueError:
            raise BadNodeAnswer(f"no length of a chunk: {line[:20]!r}") from None
        if not 0 <= size <= MAX_ANSWER_BYTES - len(body):
            raise BadNodeAnswer(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
        chunk = await reader.readexactly(size + 2)
        if size == 0:
            return bytes(body)
        body += chunk[:-2]


async def _read_to_end(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while chunk := await reader.read(65536):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise BadNodeAnswer(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)
