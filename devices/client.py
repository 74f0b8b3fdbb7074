"""What a meter asks of a node, over several addresses: submit a transaction, and learn what became of it.

A node that does not answer is left for the next; the one that answered is asked first the next time. Asking twice is
harmless: a transaction is known by its id. Nothing that a node says is believed here: `devices.follower` checks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from devices.errors import BadNodeAnswer, ConnectionLost, Misuse, NodeRefusal, NodeUnreachable
from devices.http_connection import HttpAddress, HttpAnswer, HttpConnection, parse_address

T = TypeVar("T")

CANONICAL: Final = "application/octet-stream"
DECIDED: Final = "decided"
WAIT_S: Final = 35.0
"""A little longer than a node holds a request that waits for its decision."""

MAX_IDLE_CONNECTIONS: Final = 8


class NodeStatus(msgspec.Struct, frozen=True):
    """Which chain a node follows, and how far it is. `genesis_hash` in hex."""

    chain_id: str
    genesis_hash: str
    height: int
    mode: str = "pbft"


class TransactionStatus(msgspec.Struct, frozen=True):
    """What is known of a transaction.

    `status` is `decided` when it stands in a block: then `height` and `index` (from 0) say where, and `code` is its
    receipt's, empty if it was applied. Any other status means: not yet.
    """

    id: str
    status: str
    height: int | None = None
    index: int | None = None
    code: str = ""

    @property
    def decided(self) -> bool:
        """Whether a block decided it."""
        return self.status == DECIDED


class _LightBlock(msgspec.Struct, frozen=True):
    block: str


class _FreshHead(msgspec.Struct, frozen=True):
    block: str
    fresh: str


class _Genesis(msgspec.Struct, frozen=True):
    genesis: str


class _Changes(msgspec.Struct, frozen=True):
    changes: list[int]


class _Decision(msgspec.Struct, frozen=True):
    block: str
    transaction: str
    transaction_proof: str
    receipt: str
    receipt_proof: str


class DecisionBytes(NamedTuple):
    """A transaction, its receipt, the light block that they stand in, and the proofs, in canonical bytes."""

    block: bytes
    transaction: bytes
    transaction_proof: bytes
    receipt: bytes
    receipt_proof: bytes


class _State(msgspec.Struct, frozen=True):
    block: str
    proofs: list[str]


class _Problem(msgspec.Struct):
    """Problem details (RFC 9457) as far as they are used."""

    code: str = ""
    title: str = ""
    detail: str = ""


class DeviceClient:
    """Asks the nodes at `addresses` in turn until one answers; `timeout_s` holds for each request."""

    def __init__(self, addresses: Sequence[str], *, timeout_s: float = 10.0) -> None:
        if not addresses:
            raise Misuse("name at least one node, like http://127.0.0.1:8545")
        self._addresses = [parse_address(address) for address in addresses]
        self._timeout_s = timeout_s
        self._idle: dict[HttpAddress, list[HttpConnection]] = {address: [] for address in self._addresses}

    def close(self) -> None:
        """Drop all connections."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
            connections.clear()

    async def status(self) -> NodeStatus:
        """Raises `NodeUnreachable`, `NodeRefusal` or `BadNodeAnswer`, as all that follow."""
        return self._decode(await self._ask("GET", "/v1/status"), NodeStatus)

    async def submit(self, body: bytes, *, wait: bool = False) -> TransactionStatus:
        """Hand over a signed transaction; `wait`: until it is decided, or the node tires of waiting."""
        path = "/v1/transactions?wait=decided" if wait else "/v1/transactions"
        answer = await self._ask(
            "POST", path, body, timeout_s=max(self._timeout_s, WAIT_S) if wait else self._timeout_s
        )
        return self._decode(answer, TransactionStatus)

    async def transaction(self, transaction_id: bytes) -> TransactionStatus | None:
        """What became of a transaction; None if the node does not know it."""
        return await self._find(f"/v1/transactions/{transaction_id.hex()}", TransactionStatus)

    async def light_block(self, height: int) -> bytes:
        """What the node says is the light block of a height, in canonical bytes."""
        return bytes_of_hex((await self._json(f"/v1/light/blocks/{height}", _LightBlock)).block)

    async def fresh_head(self) -> tuple[bytes, bytes]:
        """The light block of the node's head, and what validators said last of it, in canonical bytes."""
        found = await self._json("/v1/light/freshness", _FreshHead)
        return bytes_of_hex(found.block), bytes_of_hex(found.fresh)

    async def genesis(self) -> bytes:
        """What the node says is the chain's genesis, in canonical bytes."""
        return bytes_of_hex((await self._json("/v1/genesis", _Genesis)).genesis)

    async def set_changes(self, first: int, limit: int) -> list[int]:
        """The heights from `first` on at which the node says that the validators changed."""
        return (await self._json(f"/v1/light/changes?from={first}&limit={limit}", _Changes)).changes

    async def decision(self, height: int, index: int, transaction_id: bytes) -> DecisionBytes:
        """What the node says became of a transaction at its place of the chain, with its proofs."""
        path = f"/v1/light/decisions/{height}/{index}?id={transaction_id.hex()}"
        found = await self._json(path, _Decision)
        return DecisionBytes(*(bytes_of_hex(text) for text in msgspec.structs.astuple(found)))

    async def state(self, *full_keys: bytes) -> tuple[bytes, list[bytes]]:
        """The light block of the node's head and its proofs of state entries there, in canonical bytes."""
        query = "&".join(f"key={full_key.hex()}" for full_key in full_keys)
        found = await self._json(f"/v1/light/state?{query}", _State)
        if len(found.proofs) != len(full_keys):
            raise BadNodeAnswer(f"{len(full_keys)} proofs were asked for, {len(found.proofs)} came")
        return bytes_of_hex(found.block), [bytes_of_hex(proof) for proof in found.proofs]

    def try_last(self) -> None:
        """The node that answered last said what it cannot prove: ask it last from now on."""
        self._addresses.append(self._addresses.pop(0))

    async def _json(self, path: str, kind: type[T]) -> T:
        return self._decode(await self._ask("GET", path), kind)

    async def _find(self, path: str, kind: type[T]) -> T | None:
        try:
            return self._decode(await self._ask("GET", path), kind)
        except NodeRefusal as refusal:
            if refusal.status == 404:
                return None
            raise

    async def _ask(self, method: str, path: str, body: bytes = b"", *, timeout_s: float | None = None) -> HttpAnswer:
        """The first answer that is not the node's own trouble; refusals (4xx) are raised as `NodeRefusal`."""
        troubles = []
        for address in tuple(self._addresses):
            try:
                answer = await self._ask_one(address, method, path, body, timeout_s or self._timeout_s)
            except ConnectionLost as error:
                troubles.append(error.detail)
                continue
            if answer.status >= 500 or answer.status == 429:
                troubles.append(f"{address} answered {answer.status}")
                continue
            self._addresses.remove(address)
            self._addresses.insert(0, address)
            if answer.status >= 400:
                raise _refusal(answer)
            return answer
        raise NodeUnreachable("; ".join(troubles))

    async def _ask_one(self, address: HttpAddress, method: str, path: str, body: bytes, timeout_s: float) -> HttpAnswer:
        idle = self._idle[address]
        while idle:
            connection = idle.pop()
            if not connection.is_open:
                connection.close()
                continue
            try:
                return await self._ask_on(address, connection, method, path, body, timeout_s)
            except ConnectionLost:
                # A kept connection may have been closed by the node just now: a fresh one tells.
                break
        return await self._ask_on(address, HttpConnection(address), method, path, body, timeout_s)

    async def _ask_on(
        self, address: HttpAddress, connection: HttpConnection, method: str, path: str, body: bytes, timeout_s: float
    ) -> HttpAnswer:
        answer = await connection.ask(method, path, body, content_type=CANONICAL, timeout_s=timeout_s)
        idle = self._idle[address]
        if connection.is_open and len(idle) < MAX_IDLE_CONNECTIONS:
            idle.append(connection)
        else:
            connection.close()
        return answer

    @staticmethod
    def _decode(answer: HttpAnswer, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadNodeAnswer(f"status {answer.status}: {error}") from None


def bytes_of_hex(text: str) -> bytes:
    """The bytes of a hexadecimal text that a node gave; raises `BadNodeAnswer`."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadNodeAnswer("the node's answer is no hex") from None


def _refusal(answer: HttpAnswer) -> NodeRefusal:
    problem: Any = _Problem()
    if "json" in answer.headers.get("content-type", ""):
        try:
            problem = msgspec.json.decode(answer.body, type=_Problem)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            problem = _Problem(detail="the answer is damaged")
    return NodeRefusal(answer.status, problem.code, problem.detail or problem.title or f"status {answer.status}")
