"""Every route in one table: what OpenAPI describes, what the router serves, what a test compares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from nodechain.api import gets, health, light_reads, snapshot_reads, writes
from nodechain.api import models as m
from nodechain.api.turns import Kind
from nodechain.client.rest import CANONICAL, JSON
from nodechain.node import Node

Read = Callable[[Node, web.Request], Awaitable[Callable[[], m.Model]]]
Write = Callable[[Node, web.Request, bytes], Awaitable[tuple[int, m.Model]]]
Raw = Callable[[Node, web.Request], Awaitable[web.Response]]
RawRead = Callable[[Node, web.Request], Awaitable[Callable[[], bytes]]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `query`: its parameters (name, meaning); `answer`: the model of a good answer.

    `body`: the type of a body, of at most `most_bytes`; `kind`: in which line its reads wait.
    """

    method: str
    path: str
    summary: str
    answer: type[m.Model]
    read: Read | None = None
    write: Write | None = None
    query: tuple[tuple[str, str], ...] = ()
    body: str = ""
    most_bytes: int = 0
    kind: Kind = Kind.RANGE


_POINT: Final = Kind.POINT
_PAGE: Final = (("limit", "entries a page, 1 to 1000"), ("cursor", "the `next` of the page before"))
_AT: Final = (("height", "a past one whose state is kept; default: the head's"),)
_WAIT: Final = (("wait", "`decided`: answer when a block decided it"), ("timeout", "seconds to wait, 1 to 300"))

ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/v1/status", "Chain, height, pool, duty", m.Status, gets.status, kind=_POINT),
    Route("GET", "/v1/genesis", "The chain's genesis", m.GenesisAnswer, gets.genesis, kind=_POINT),
    Route(
        "GET", "/v1/accounts/{address}", "Balances, roles, nonces", m.AccountView, gets.account, query=_AT, kind=_POINT
    ),
    Route(
        "GET", "/v1/accounts/{address}/statement", "Movements from events, oldest first", m.Statement, gets.statement,
        query=(("from", "lowest height"), ("to", "highest height"), *_PAGE),
    ),
    Route("GET", "/v1/energy", "Supply, backing, imbalance, rates", m.Energy, gets.energy, query=_AT, kind=_POINT),
    Route("GET", "/v1/units", "Storage units", m.Units, gets.units, query=(*_AT, *_PAGE)),
    Route("GET", "/v1/units/{address}", "One storage unit", m.UnitAnswer, gets.unit, query=_AT, kind=_POINT),
    Route(
        "GET", "/v1/sessions", "Consumption sessions", m.Sessions, gets.sessions,
        query=(
            ("consumer", "address"), ("unit", "address"), ("state", "waiting: those that have ended and wait"), *_AT,
            *_PAGE,
        ),
    ),
    Route(
        "GET", "/v1/market/book", "Best orders", m.Book, gets.book,
        query=(("depth", "orders a side, 1 to 200"), *_AT),
    ),
    Route("GET", "/v1/market/orders", "Open orders", m.Orders, gets.orders, query=(("owner", "address"), *_AT, *_PAGE)),
    Route("GET", "/v1/market/orders/{number}", "One open order", m.OrderAnswer, gets.order, query=_AT, kind=_POINT),
    Route("GET", "/v1/market/trades", "Latest trades", m.Trades, gets.trades, query=_PAGE),
    Route("GET", "/v1/votes", "Open votes", m.Votes, gets.votes, query=_AT),
    Route("GET", "/v1/voters", "Voters", m.Addresses, gets.voters, query=(*_AT, *_PAGE)),
    Route("GET", "/v1/members", "Admitted members", m.Addresses, gets.members, query=(*_AT, *_PAGE)),
    Route("GET", "/v1/parameters", "Parameters in force", m.Parameters, gets.parameters, query=_AT, kind=_POINT),
    Route(
        "GET", "/v1/validators", "Validators of the next height", m.Validators, gets.validators, query=_AT, kind=_POINT
    ),
    Route(
        "GET", "/v1/meters/{key}", "What the chain knows of a meter key", m.MeterView, gets.meter, query=_AT,
        kind=_POINT,
    ),
    Route("GET", "/v1/peers", "Connected peers", m.Peers, gets.peers),
    Route("GET", "/v1/evidence", "Punished equivocations", m.Evidence, gets.evidence, query=_PAGE),
    Route("GET", "/v1/blocks", "Headers, newest first", m.Blocks, gets.blocks, query=_PAGE),
    Route("GET", "/v1/blocks/{block}", "A block by height, hash or `latest`", m.BlockView, gets.block),
    Route(
        "GET", "/v1/headers", "Headers of a range", m.Blocks, gets.headers,
        query=(("from", "lowest height"), ("to", "highest height")),
    ),
    Route(
        "GET", "/v1/transactions/{id}", "A transaction and its receipt", m.TransactionAnswer, gets.transaction,
        kind=_POINT,
    ),
    Route("GET", "/v1/receipts/{id}", "The receipt of a transaction", m.ReceiptView, gets.receipt, kind=_POINT),
    Route(
        "GET", "/v1/proofs/{table}/{key}", "Proof of a state entry; key in hex, `-` for an empty one", m.ProofAnswer,
        gets.proof, query=(("height", "the head's"),),
    ),
    Route("GET", "/v1/light/blocks/{height}", "Header, certificate and validators of a height or `latest`",
          m.LightBlockAnswer, light_reads.block, kind=_POINT,
    ),
    Route(
        "GET", "/v1/light/changes", "Heights whose block hands over to other validators", m.SetChanges,
        light_reads.changes, query=(("from", "lowest height"), ("limit", "entries, 1 to 1000")),
    ),
    Route(
        "GET", "/v1/light/state", "Proofs of state entries at the head, with its header", m.StateProofs,
        light_reads.state, query=(("key", "a full key in hex; up to 64 times"),),
    ),
    Route("GET", "/v1/light/transactions/{height}/{index}", "A transaction with its proof", m.ItemProof,
          light_reads.transaction),
    Route("GET", "/v1/light/decisions/{height}/{index}", "A transaction, its receipt and the header, with proofs",
          m.DecisionProof, light_reads.decision),
    Route("GET", "/v1/light/receipts/{height}/{index}", "A receipt with its proof; 0 is the block's own", m.ItemProof,
          light_reads.receipt),
    Route("GET", "/v1/snapshots", "Snapshots for nodes that join", m.Snapshots, snapshot_reads.snapshots),
    Route(
        "POST", "/v1/transactions", "Take in a transaction (canonical bytes)", m.TransactionAnswer,
        write=writes.post_transaction, query=_WAIT, body=CANONICAL, most_bytes=writes.MAX_BODY_BYTES,
    ),
    Route(
        "POST", "/v1/transactions/batch", "Take in many (a MessagePack array of byte strings)", m.BatchAnswer,
        write=writes.post_batch, query=_WAIT, body=CANONICAL, most_bytes=writes.MAX_BODY_BYTES,
    ),
    Route(
        "POST", "/v1/clock", "Move the clock of a simulated chain", m.Clock, write=writes.post_clock, body=JSON,
        most_bytes=writes.MAX_CLOCK_BYTES,
    ),
)  # fmt: skip

PROBES: Final[tuple[tuple[str, Raw], ...]] = (
    ("/livez", health.livez),
    ("/readyz", health.readyz),
    ("/metrics", health.metrics),
)
"""Answered at once, on the loop, whatever else is asked."""

PARTS: Final[tuple[tuple[str, RawRead], ...]] = (
    ("/v1/snapshots/{height}/about", snapshot_reads.about),
    ("/v1/snapshots/{height}/{chunk}", snapshot_reads.chunk),
)
"""Read like the others, answered in canonical bytes."""

EVENTS: Final = "/v1/events"
"""The WebSocket."""

OTHERS: Final = (EVENTS, *(path for path, _part in PARTS), *(path for path, _probe in PROBES))
"""The paths of all that OpenAPI does not describe."""
