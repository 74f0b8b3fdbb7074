"""A node as a meter sees it: an HTTP server that decides readings by the ledger's own rules of inclusion.

It decodes and verifies with the ledger, keeps one sequence a meter, and can be told to misbehave.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Self

from harness.fake_chain import GENESIS, TOWN, FakeChain
from ledger.chain.envelope import Transaction
from ledger.encoding.codec import Codec, encode
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.metering.payloads import SubmitReadings
from ledger.metering.readings import absolute_readings

PAYLOAD: Codec[SubmitReadings] = Codec(SubmitReadings, MAX_TRANSACTION_BYTES)


class FakeNode:
    """`moods` spoil the next submissions: `lost` (decided, answer lost), `dropped`, `pending`, `busy`, or a code."""

    def __init__(self) -> None:
        self.genesis = GENESIS
        self.identity = TOWN
        self.chain = FakeChain(self.identity)
        self.decided: dict[str, tuple[int, str]] = {}
        self.readings: dict[bytes, list[tuple[int, int, int]]] = {}
        self.sequences: dict[bytes, int] = {}
        self.moods: deque[str] = deque()
        self.receipt_codes: deque[str] = deque()
        self.pending: dict[str, bytes] = {}
        self.lie: Callable[[str, dict[str, object]], dict[str, object]] = lambda _path, answer: answer
        self.bodies: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._decided = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def decided_transactions(self, count: int) -> None:
        while len(self.decided) < count:
            async with self._decided:
                await self._decided.wait()

    def decide(self, raw: bytes) -> None:
        transaction = Transaction(raw)
        assert transaction.verify_signatures(self.identity.genesis_hash)
        key = transaction.envelope.sender_key
        assert isinstance(key, bytes)
        payload = PAYLOAD.decode(transaction.envelope.payload)
        readings = absolute_readings(payload, transaction.envelope.nonce)
        assert readings[0][0] > self.sequences.get(key, 0)
        self.sequences[key] = transaction.envelope.nonce
        self.chain.meter(key, transaction.envelope.nonce)
        code = self.receipt_codes.popleft() if self.receipt_codes else ""
        if not code:
            self.readings.setdefault(key, []).extend(readings)
        self.chain.decide(raw, code)
        self.decided[transaction.id.hex()] = (self.chain.height, code)
        self.pending.pop(transaction.id.hex(), None)

    def use(self, key: bytes, sequence: int) -> None:
        """Somebody else used the numbers of a meter's key."""
        self.sequences[key] = sequence
        self.chain.meter(key, sequence)
        self.chain.grow()

    def _proof(self, path: str) -> tuple[int, dict[str, object]]:
        answer = self.chain.answer(path)
        if answer is None:
            return 404, {}
        return 200, self.lie(path, answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lengths = [int(line[15:]) for line in head.split("\r\n") if line.startswith("Content-Length:")]
                body = await reader.readexactly(lengths[0] if lengths else 0)
                method, path, _ = head.split(" ", 2)
                answer = self._submit(body) if method == "POST" else self._get(path)
                if answer is None:
                    break
                status, document = answer
                text = json.dumps(document).encode()
                writer.write(
                    b"HTTP/1.1 %d x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % (status, len(text))
                )
                writer.write(text)
                async with self._decided:
                    self._decided.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()
        finally:
            writer.close()

    def _submit(self, raw: bytes) -> tuple[int, dict[str, object]] | None:
        self.bodies.append(raw)
        transaction = Transaction(raw)
        mood = self.moods.popleft() if self.moods else ""
        payload = PAYLOAD.decode(transaction.envelope.payload)
        key = transaction.envelope.sender_key
        assert isinstance(key, bytes)
        if mood == "dropped":
            return None
        if mood == "busy":
            return 503, {}
        if payload.first_sequence(transaction.envelope.nonce) <= self.sequences.get(key, 0):
            return 409, {"code": "bad_nonce", "detail": "too low"}
        if transaction.envelope.valid_until_height and self.chain.height > transaction.envelope.valid_until_height:
            return 409, {"code": "expired", "detail": "too late"}
        if mood == "pending":
            self.pending[transaction.id.hex()] = raw
            return 202, {"id": transaction.id.hex(), "status": "pending"}
        if mood not in ("", "lost"):
            return 400, {"code": mood, "detail": "no"}
        self.decide(raw)
        return None if mood == "lost" else self._get(f"/v1/transactions/{transaction.id.hex()}")

    def _get(self, path: str) -> tuple[int, dict[str, object]]:
        kind, _, name = path.removeprefix("/v1/").partition("/")
        if kind == "status":
            chain, height = self.identity, self.chain.height
            genesis_hash = chain.genesis_hash.hex()
            return 200, {"chain_id": chain.id, "genesis_hash": genesis_hash, "height": height, "mode": "pbft"}
        if kind == "genesis":
            return 200, {"chain_id": self.identity.id, "genesis": encode(self.genesis).hex()}
        if kind == "light":
            return self._proof(name)
        if name in self.decided:
            height, code = self.decided[name]
            return 200, {"id": name, "status": "decided", "height": height, "index": 0, "code": code}
        if name in self.pending:
            return 200, {"id": name, "status": "pending"}
        return 404, {}
