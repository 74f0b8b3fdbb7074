"""The small HTTP client against servers that behave, and servers that do not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from devices.client import DeviceClient
from devices.errors import BadNodeAnswer, ConnectionLost, DeviceError, Misuse, NodeRefusal, NodeUnreachable
from devices.http_connection import MAX_ANSWER_BYTES, HttpConnection, parse_address

STATUS = b'{"chain_id":"town-01234567","genesis_hash":"","height":7,"peers":[]}'


def ok(body: bytes, extra: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" % (
        extra,
        len(body),
        body,
    )


class Scripted:
    """A server that answers each request with the next of `answers`; None closes the connection unanswered."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Scripted:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")]
                body = await reader.readexactly(length[0] if length else 0)
                self.requests.append(head + body)
                answer = self.answers.pop(0) if self.answers else None
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if b"keep going" not in answer and b"Content-Length" not in answer and b"chunked" not in answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()
        finally:
            writer.close()


def run(body: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await body()

    asyncio.run(main())


def test_a_connection_is_kept_and_requests_are_well_formed() -> None:
    async def body() -> None:
        async with Scripted(ok(STATUS), ok(STATUS), ok(b'{"id":"ab","status":"pending"}')) as server:
            client = DeviceClient([server.url])
            assert (await client.status()).height == 7
            assert (await client.status()).chain_id == "town-01234567"
            assert not (await client.submit(b"\x92\x00\xff")).decided
            client.close()
        assert server.connections == 1
        assert server.requests[0].startswith(b"GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:")
        assert server.requests[2].startswith(b"POST /v1/transactions HTTP/1.1\r\n")
        assert b"Content-Type: application/octet-stream\r\n" in server.requests[2]
        assert server.requests[2].endswith(b"\r\n\r\n\x92\x00\xff")

    run(body)


def test_answers_in_chunks_to_the_end_and_after_a_hundred_continue() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n" + STATUS[:5] + b"\r\n"
    chunked += b"%x\r\n%s\r\n0\r\n\r\n" % (len(STATUS) - 5, STATUS[5:])

    async def body() -> None:
        for answer in (
            chunked,
            b"HTTP/1.1 200 OK\r\n\r\n" + STATUS,
            b"HTTP/1.1 100 Continue\r\n\r\n" + ok(STATUS),
            ok(STATUS, b"Connection: close\r\n"),
        ):
            async with Scripted(answer) as server:
                client = DeviceClient([server.url])
                assert (await client.status()).height == 7
                client.close()

    run(body)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", BadNodeAnswer),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_ANSWER_BYTES + 1), BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_ANSWER_BYTES + 1), BadNodeAnswer),
        (ok(b'{"height":"seven"}'), BadNodeAnswer),
        (ok(b"\xff\xfe"), BadNodeAnswer),
        (ok(b"[" * 3000), BadNodeAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Len", NodeUnreachable),
        (None, NodeUnreachable),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", NodeUnreachable),
        (b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n", NodeUnreachable),
        (b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", NodeRefusal),
    ],
)
def test_a_server_that_misbehaves_is_an_error_of_its_kind(answer: bytes | None, error: type[DeviceError]) -> None:
    async def body() -> None:
        async with Scripted(answer) as server:
            client = DeviceClient([server.url])
            with pytest.raises(error):
                await client.status()
            client.close()

    run(body)


def test_a_refusal_carries_the_nodes_code() -> None:
    problem = b'{"type":"about:blank","title":"Refused","status":409,"code":"bad_nonce","detail":"the next is 4"}'
    head = b"HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n\r\n" % len(
        problem
    )

    async def body() -> None:
        async with Scripted(head + problem, head + problem[:-5] + b"     ") as server:
            client = DeviceClient([server.url])
            with pytest.raises(NodeRefusal) as caught:
                await client.submit(b"x")
            assert (caught.value.status, caught.value.code, caught.value.detail) == (409, "bad_nonce", "the next is 4")
            with pytest.raises(NodeRefusal) as caught:
                await client.submit(b"x")
            assert caught.value.code == "refused_by_node"
            client.close()

    run(body)


def test_what_is_not_there_is_none() -> None:
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    async def body() -> None:
        async with Scripted(missing, ok(b'{"id":"ab","status":"waiting"}')) as server:
            client = DeviceClient([server.url])
            assert await client.transaction(b"\xab") is None
            known = await client.transaction(b"\xab")
            assert known is not None
            assert not known.decided
            client.close()
        assert b"GET /v1/transactions/ab " in server.requests[0]

    run(body)


def test_the_next_node_is_asked_and_the_one_that_answered_is_asked_first() -> None:
    async def body() -> None:
        broken_answer = b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"
        async with (
            Scripted(broken_answer) as broken,
            Scripted() as dead,
            Scripted(ok(STATUS), ok(STATUS)) as good,
        ):
            client = DeviceClient([broken.url, dead.url, "http://127.0.0.1:1", good.url])
            assert (await client.status()).height == 7
            assert (await client.status()).height == 7
            assert (len(broken.requests), len(dead.requests), len(good.requests)) == (1, 1, 2)
            with pytest.raises(NodeUnreachable):
                await client.status()
            # The good node was asked first; kept connections that ended were tried again on fresh ones.
            assert (len(broken.requests), len(dead.requests), len(good.requests)) == (3, 2, 4)
            client.close()

    run(body)


def test_a_kept_connection_that_died_is_replaced_unseen() -> None:
    async def body() -> None:
        async with Scripted(ok(STATUS, b"X: y\r\n"), None, ok(STATUS)) as server:
            client = DeviceClient([server.url])
            await client.status()
            assert (await client.status()).height == 7
            assert server.connections == 2
            client.close()

    run(body)


def test_a_slow_server_is_given_up() -> None:
    async def body() -> None:
        async with Scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nkeep going") as server:
            connection = HttpConnection(parse_address(server.url))
            answer = await connection.ask("GET", "/")
            assert answer.body == b"keep goin"
            connection.close()
        async with Scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nkeep going") as server:
            connection = HttpConnection(parse_address(server.url))
            with pytest.raises(ConnectionLost):
                await connection.ask("GET", "/", timeout_s=0.05)
            assert not connection.is_open

    run(body)


def test_addresses() -> None:
    assert str(parse_address("127.0.0.1:80")) == "http://127.0.0.1:80"
    assert str(parse_address("https://node.example/x/")) == "https://node.example:443/x"
    for wrong in ("ftp://a", "http://", "http://a:99999", "http://u:p@a", "http://a?b=c", "http://ä"):
        with pytest.raises(Misuse):
            parse_address(wrong)
    with pytest.raises(Misuse):
        DeviceClient([])
