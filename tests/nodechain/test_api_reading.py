"""Reads leave the loop to consensus: in the reading thread, in turns, in pieces (N4, N5). Work is counted."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from msgspec.structs import replace

from harness.node import HomeFixture
from harness.processes import until
from ledger.chain.validator_set import ValidatorSet
from ledger.energy.schema import IMBALANCE
from ledger.keys.address import format_address
from nodechain.api import bank, blocks, events, market, server
from nodechain.api.http import guard, sending
from nodechain.api.http import turns as turns_module
from nodechain.api.http.conditional import answer_body
from nodechain.api.http.turns import ReadKind, Turns
from nodechain.api.routes import ROUTES
from nodechain.process.worker import Worker
from nodechain.store import past_state
from nodechain.store.blocks import BlockReads
from nodechain.store.database import ReadView
from nodechain.store.store import Store
from tests.support.api import WAIT_S, get, port_of, serving
from tests.support.history import grow, grown

OF_MODULES_THAT_ARE_OFF = (
    "/v1/points",
    "/v1/slots/files",
    "/v1/sharing",
    "/v1/billing",
    "/v1/groups",
    "/v1/grid",
    "/v1/resolutions",
    "/v1/attesters",
    "/v1/attestations",
    "/v1/applications",
    "/v1/joining",
    "/v1/deals",
    "/v1/feeds",
    "/v1/fund",
    "/v1/together",
    "/v1/swaps",
    "/v1/agents",
    "/v1/certificates",
    "/v1/generators",
)


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is refused hears it at once."""
    monkeypatch.setattr(guard, "REFUSAL_DELAY_S", 0)


class StoreReads:
    """Counts reads of the database by thread: single ones, and entries that an iteration gives."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gets: Counter[str] = Counter()
        self.entries: Counter[str] = Counter()
        plain_get, plain_iterate = ReadView.get, ReadView.iterate

        def counted_get(view: ReadView, key: bytes) -> bytes | None:
            self.gets[self._thread()] += 1
            return plain_get(view, key)

        def counted_iterate(view: ReadView, *given: Any, **named: Any) -> Iterator[tuple[bytes, bytes]]:
            for entry in plain_iterate(view, *given, **named):
                self.entries[self._thread()] += 1
                yield entry

        monkeypatch.setattr(ReadView, "get", counted_get)
        monkeypatch.setattr(ReadView, "iterate", counted_iterate)

    @staticmethod
    def _thread() -> str:
        return threading.current_thread().name.partition("_")[0]

    def clear(self) -> None:
        self.gets.clear()
        self.entries.clear()


def test_n4_every_read_that_grows_is_made_off_the_loop(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 3)
            reads = StoreReads(monkeypatch)
            block = await get(client, "/v1/blocks/2")
            values = {
                "address": format_address(home.address("alice")), "number": "2", "key": "01" + "00" * 32,
                "block": "2", "id": block["transactions"][0], "table": "supply", "height": "2", "index": "1",
                "slot": "1", "month": "2026-11",
            }  # fmt: skip
            read_nothing = {"/v1/peers", "/v1/snapshots"}
            for route in ROUTES:
                if route.method != "GET":
                    continue
                path = route.path.format(**values)
                if route.path == "/v1/light/state":
                    path += f"?key={IMBALANCE.full_key(b'').hex()}"
                reads.clear()
                async with client.get(path) as answer:
                    assert answer.status in (200, 404), path
                main = threading.main_thread().name.partition("_")[0]
                if route.kind is ReadKind.POINT:
                    # A few keys, whatever the chain's length: the parameters and the set are the most.
                    assert reads.entries[main] <= 2, path
                    assert reads.gets[main] <= 64, path
                    assert reads.gets["reads"] + reads.entries["reads"] == 0, path
                    continue
                assert reads.entries[main] == 0, path
                # The head, and where proofs are made.
                assert reads.gets[main] <= 4, path
                made = reads.gets["reads"] + reads.entries["reads"]
                # Modules that are off here have nothing to read.
                off = route.path.startswith(OF_MODULES_THAT_ARE_OFF)
                assert off or (made > 0) == (route.path not in read_nothing), path

    asyncio.run(ask())


def test_n4_history_is_sent_in_pieces_and_the_loop_turns_between(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,200 receipts and more events: no piece is larger than its bounds, others get the loop while one is sent."""
    read: list[tuple[str, int]] = []
    plain = BlockReads.receipts_from
    sent = longest = turns = 0

    def counted(store: BlockReads, height: int, first: int, most: int) -> tuple[bytes, ...]:
        found = plain(store, height, first, most)
        read.append((threading.current_thread().name, len(found)))
        return found

    plain_send = web.WebSocketResponse.send_str

    async def counted_send(socket: web.WebSocketResponse, data: str, compress: int | None = None) -> None:
        nonlocal sent
        sent += 1
        await plain_send(socket, data, compress)

    async def tick() -> None:
        nonlocal longest, turns, sent
        while True:
            longest, sent, turns = max(longest, sent), 0, turns + 1
            await asyncio.sleep(0)

    pieces: list[events.Piece] = []
    plain_piece = events.next_piece

    def kept_piece(*given: Any) -> events.Piece:
        pieces.append(plain_piece(*given))
        return pieces[-1]

    async def listen() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 20)
            monkeypatch.setattr(BlockReads, "receipts_from", counted)
            monkeypatch.setattr(web.WebSocketResponse, "send_str", counted_send)
            monkeypatch.setattr(events, "next_piece", kept_piece)
            ticking = asyncio.create_task(tick())
            heights: list[int] = []
            told = 0
            async with client.ws_connect("/v1/events?from=1") as socket:
                while len(heights) < 20:
                    message = await asyncio.wait_for(socket.receive_json(), WAIT_S)
                    if "end" in message:
                        heights.append(message["height"])
                    else:
                        told += message["event"]["kind"] == "transferred"
            ticking.cancel()
            assert heights == list(range(1, 21))
            assert told == 1_200

    asyncio.run(listen())
    assert sum(count for _thread, count in read) == 20 * 61
    assert {thread.partition("_")[0] for thread, _count in read} == {"reads"}
    assert len(pieces) >= 5
    assert max(piece.receipts for piece in pieces) <= events.MAX_RECEIPTS
    assert max(sum(map(len, piece.messages)) for piece in pieces) <= events.MAX_BYTES + 64 * 1024
    assert 0 < longest <= events.MESSAGES_PER_TURN
    assert turns > len(pieces)


@pytest.mark.parametrize("query", ["kind=vote_opened", "address={bob}"])
def test_n4_a_filter_that_keeps_little_reads_no_more_at_once(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    pieces: list[events.Piece] = []
    plain_piece = events.next_piece

    def kept_piece(*given: Any) -> events.Piece:
        pieces.append(plain_piece(*given))
        return pieces[-1]

    async def listen() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 10)
            await grow(node, home, 2 * events.MAX_BLOCKS, each=1)
            monkeypatch.setattr(events, "next_piece", kept_piece)
            asked = query.format(bob=format_address(home.address("bob")))
            async with client.ws_connect(f"/v1/events?from=1&{asked}") as socket:
                ends = 0
                while ends < 10 + 2 * events.MAX_BLOCKS:
                    ends += "end" in await asyncio.wait_for(socket.receive_json(), WAIT_S)

    asyncio.run(listen())
    assert max(piece.receipts for piece in pieces) <= events.MAX_RECEIPTS
    assert max(sum('"end"' in message for message in piece.messages) for piece in pieces) <= events.MAX_BLOCKS


def stalled(port: int, path: str, *headers: str) -> socket.socket:
    """A client that asks and reads nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", port))
    client.sendall("\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode())
    client.settimeout(WAIT_S)
    return client


def all_of(client: socket.socket) -> int:
    """How many bytes it gets when it reads at last, until the node's end."""
    received = 0
    try:
        while data := client.recv(2**20):
            received += len(data)
    except ConnectionResetError:
        return received
    return received


UPGRADE = (
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
)  # fmt: skip
PADDING = b" " * 200_000


def test_n4_a_subscriber_that_takes_nothing_is_cut_off(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And what was made for it is one piece more than it took, not the history."""
    monkeypatch.setattr(events, "TAKE_S", 0.3)
    monkeypatch.setattr(events, "CLOSE_S", 0.1)
    plain = events._encode
    monkeypatch.setattr(events, "_encode", lambda value: plain(value) + PADDING)
    caplog.set_level("INFO", logger="nodechain.api")

    async def listen() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 2)
            with stalled(port_of(client), "/v1/events?from=1", *UPGRADE) as silent:
                await asyncio.to_thread(until, lambda: "too_slow" in caplog.text, "the end of the subscription", WAIT_S)
                received = await asyncio.to_thread(all_of, silent)
            assert received < 100 * len(PADDING)
            async with client.ws_connect(f"/v1/events?from={node.app.height + 1}") as other:
                await grow(node, home, 1, each=1)
                assert (await asyncio.wait_for(other.receive_json(), WAIT_S))["height"] == 3

    asyncio.run(listen())


def test_n4_pages_end_after_so_much_work(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trades look through blocks without one; statements read each chunk once; and the next page goes on."""
    monkeypatch.setattr(market, "MAX_PAGE_RECEIPTS", 100)
    monkeypatch.setattr(bank, "MAX_PAGE_BYTES", 4_000)
    chunks: list[int] = []
    plain = BlockReads.receipts_from

    def counted(store: BlockReads, height: int, first: int, most: int) -> tuple[bytes, ...]:
        chunks.append(height)
        return plain(store, height, first, most)

    async def ask() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 6)
            page = await get(client, "/v1/market/trades?limit=1000")
            assert page["next"] == "4", "two blocks have 122 receipts, the third was not read"
            monkeypatch.setattr(BlockReads, "receipts_from", counted)
            alice = format_address(home.address("alice"))
            seen: list[str] = []
            cursor: str | None = ""
            pages = 0
            while cursor is not None:
                page = await get(client, f"/v1/accounts/{alice}/statement?limit=1000{cursor and f'&cursor={cursor}'}")
                seen += [move["transaction_id"] for move in page["movements"] if move["transaction_id"]]
                cursor, pages = page["next"], pages + 1
            assert len(seen) == len(set(seen)) == 6 * 60
            assert pages > 5
            # A chunk for each block and page, not one for each of 360 receipts.
            assert len(chunks) <= 6 + 2 * pages

    asyncio.run(ask())


def test_n5_dear_reads_wait_in_turn_and_probes_and_transactions_do_not(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    """While a dear read is under way: the line fills, the rest is refused with a time, and the node is alive."""
    monkeypatch.setattr(turns_module, "MAX_WAIT_S", 600)
    begun, go_on = threading.Event(), threading.Event()
    plain = blocks.headers_down

    def slow(*given: Any) -> Any:
        begun.set()
        assert go_on.wait(60)
        return plain(*given)

    monkeypatch.setattr(blocks, "headers_down", slow)

    async def ask_headers(client: aiohttp.ClientSession) -> tuple[int, str, str]:
        async with client.get("/v1/headers?from=1&to=3") as answer:
            return (
                answer.status,
                answer.headers.get("Retry-After", ""),
                (await answer.json(content_type=None)).get("code"),
            )

    async def ask() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 3)
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(client._base_url, connector=connector) as many:
                asked = [asyncio.create_task(ask_headers(many)) for _ in range(80)]
                await asyncio.to_thread(until, begun.is_set, "the first read")
                refused, _waiting = await asyncio.wait(asked, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
                assert {task.result() for task in refused} == {(429, "2", "busy")}
                for _ in range(3):
                    assert (await get(client, "/livez"))["alive"]
                    assert (await get(client, "/readyz"))["ready"]
                height = node.app.height
                await grow(node, home, 1, each=1)
                assert node.app.height == height + 1
                go_on.set()
                answered = await asyncio.gather(*asked)
            assert Counter(status for status, _after, _code in answered) == {200: 65, 429: 15}

    asyncio.run(ask())


def test_n5_who_asks_for_much_waits_for_who_asks_for_little() -> None:
    """One address with 60 reads, then another with 3, and the first one's own small reads: none waits for the 60."""
    order: list[str] = []

    async def ask() -> None:
        turns = Turns(lambda: 1.0)
        gate = threading.Event()

        async def read(address: str, kind: Any, name: str) -> None:
            await turns.take(address, kind, lambda: order.append(name))

        holding = asyncio.create_task(turns.take("first", ReadKind.RANGE, lambda: gate.wait(60)))
        await asyncio.sleep(0)
        asked = [asyncio.create_task(read("dear", ReadKind.RANGE, f"dear {n}")) for n in range(60)]
        await asyncio.sleep(0)
        asked += [asyncio.create_task(read("other", ReadKind.RANGE, f"other {n}")) for n in range(3)]
        asked += [asyncio.create_task(read("dear", ReadKind.POINT, f"small {n}")) for n in range(3)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(holding, *asked)
        turns.close()

    asyncio.run(ask())
    assert max(order.index(f"{who} {n}") for who in ("other", "small") for n in range(3)) <= 12, order


def test_n5_reads_take_no_more_than_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine does meanwhile: used <= burst + share x elapsed + the read that was begun last."""

    monkeypatch.setattr(turns_module, "BURST_S", 0.005)

    async def ask() -> None:
        loop = asyncio.get_running_loop()
        share, costs = 0.02, []
        begun = loop.time()
        turns = Turns(lambda: share)

        def work() -> None:
            sum(range(20_000))

        for _ in range(40):
            before = turns.spent_s
            await turns.take("a", ReadKind.RANGE, work)
            costs.append(turns.spent_s - before)
            elapsed = loop.time() - begun
            assert turns.spent_s <= 0.005 + share * elapsed + max(costs)
        assert turns.done == 40
        # What the loop does is charged too: nothing is free.
        before = turns.spent_s
        await turns.take("a", ReadKind.REFUSAL, lambda: None)
        assert turns.spent_s - before >= 0.000_2
        turns.close()

    asyncio.run(ask())


def test_n5_nobody_is_read_for_who_has_left() -> None:
    done: list[str] = []

    async def ask() -> None:
        turns = Turns(lambda: 1.0)
        gate = threading.Event()
        first = asyncio.create_task(turns.take("a", ReadKind.RANGE, lambda: gate.wait(60)))
        await asyncio.sleep(0)
        gone = asyncio.create_task(turns.take("a", ReadKind.RANGE, lambda: done.append("gone"), lambda: True))
        left = asyncio.create_task(turns.take("a", ReadKind.RANGE, lambda: done.append("left")))
        here = asyncio.create_task(turns.take("a", ReadKind.RANGE, lambda: done.append("here")))
        await asyncio.sleep(0)
        left.cancel()
        gate.set()
        await asyncio.gather(first, gone, left, here, return_exceptions=True)
        turns.close()

    asyncio.run(ask())
    assert done == ["here"]


def test_n5_what_is_held_for_readers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory for readers is bounded: a second answer is not made while the first one's bytes are held."""
    monkeypatch.setattr(turns_module, "MAX_HELD_BYTES_PER_ADDRESS", 1)
    made: list[int] = []

    async def ask() -> None:
        turns = Turns(lambda: 1.0)
        with turns.holding("a", 10):
            waiting = asyncio.create_task(turns.take("a", ReadKind.RANGE, lambda: made.append(1)))
            other = asyncio.create_task(turns.take("b", ReadKind.RANGE, lambda: made.append(2)))
            await other
            assert made == [2]
        await waiting
        assert made == [2, 1]
        turns.close()

    asyncio.run(ask())


def test_n5_a_reader_that_stalls_is_hung_up_on(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sending, "SEND_S", 0.2)
    monkeypatch.setattr(sending, "SEND_BYTES_PER_S", 10**9)
    large = b"[" + b" " * 40_000_000 + b"]"
    body = answer_body(large, packs=False)
    monkeypatch.setattr(server, "_as_json", lambda *_work, packs: body)
    caplog.set_level("INFO", logger="nodechain.api")

    async def ask() -> None:
        async with serving(home) as (_node, client):
            with stalled(port_of(client), "/v1/blocks") as silent:
                told = "an answer was not read in time"
                await asyncio.to_thread(until, lambda: told in caplog.text, told, WAIT_S)
                assert await asyncio.to_thread(all_of, silent) < len(large)
            assert (await get(client, "/livez"))["alive"]

    asyncio.run(ask())


def test_n5_reads_get_a_quarter_only_where_others_wait_for_votes(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[Callable[[], float]] = []

    def kept(share: Callable[[], float]) -> Turns:
        shares.append(share)
        return Turns(share)

    monkeypatch.setattr(server, "Turns", kept)
    node = home.open()
    try:
        server.make_api(node)
        (share,) = shares
        assert share() == server.ALONE_SHARE
        alone = node.app.parent
        (member,) = alone.validators.members
        other = replace(member, address=bytes(20), key=bytes(32))
        node.app.parent = replace(alone, validators=ValidatorSet((other, member)))
        assert share() == server.READ_SHARE == 0.25
        node.app.parent = replace(alone, validators=ValidatorSet((other, other)))
        assert share() == server.ALONE_SHARE
    finally:
        node.close()


def test_n4_past_states_skip_what_does_not_matter_of_a_key(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that each of 40 blocks changed: every past state is the same with and without seeking, for less reading."""

    def states(heights: range) -> tuple[list[dict[bytes, bytes]], int]:
        reads.clear()
        with Store.open(home.path / "data") as store, store.snapshot() as snapshot:
            found = [dict(snapshot.at(height).entries()) for height in heights]
        return found, sum(reads.entries.values())

    asyncio.run(grown(home, 40, each=1))
    reads = StoreReads(monkeypatch)
    monkeypatch.setattr(past_state, "SEEK_AFTER", 10**9)
    plain, stepped = states(range(41))
    monkeypatch.setattr(past_state, "SEEK_AFTER", 8)
    sought, fewer = states(range(41))
    assert sought == plain
    assert fewer < stepped


def test_a_read_that_the_thread_gives_up_is_refused_and_others_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked() -> None:
        turns = Turns(lambda: 1.0)
        kind = next(kind for kind in ReadKind if kind not in turns_module.ON_LOOP)

        async def gives_up(*_given: Any) -> None:
            raise asyncio.CancelledError

        with monkeypatch.context() as patched:
            patched.setattr(Worker, "run", gives_up)
            with pytest.raises(turns_module.TooBusy):
                await asyncio.wait_for(turns.take("here", kind, lambda: 1), WAIT_S)
        assert await asyncio.wait_for(turns.take("here", kind, lambda: 2), WAIT_S) == 2
        turns.close()

    asyncio.run(asked())
