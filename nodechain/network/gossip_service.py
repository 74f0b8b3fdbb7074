"""Gossip on real connections: announcements, requests and transactions in and out, and what comes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from ledger.chain.envelope import Transaction
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from nodechain.clock import Clock
from nodechain.mempool.admission import Busy, Refusal
from nodechain.network import limits
from nodechain.network.frames import FrameKind, Received
from nodechain.network.gossip import Gossip, GossipAnnounce, GossipAnswer, GossipAsk, Message
from nodechain.network.table import ConnectionTable
from nodechain.network.wire import HASHES, RAWS
from nodechain.process.buckets import Bucket

_NEVER_VALID: Final = frozenset({"bad_signature", "wrong_chain", "wrong_version"})
_USELESS: Final = frozenset(
    {
        "fee_too_low",
        "sender_not_a_member",
        "meter_not_bound",
        "expelled",
        "reading_with_fee",
        "readings_only",
        "request_with_fee",
        "request_too_large",
        "several_keys",
    }
)

Offer = Callable[[bytes, Callable[[Transaction | Refusal], None]], None]


class GossipService:
    """`offer` has a transaction looked at; `waiting` gives the full hashes of the pool; `penalize` scores a peer."""

    def __init__(
        self,
        table: ConnectionTable,
        clock: Clock,
        raw_of: Callable[[bytes], bytes | None],
        waiting: Callable[[], list[bytes]],
        offer: Offer,
        penalize: Callable[[bytes, str], None],
    ) -> None:
        self._gossip = Gossip(raw_of)
        self._table = table
        self._clock = clock
        self._waiting = waiting
        self._offer = offer
        self._blame = penalize
        self._flush_is_due = False
        self._budgets: dict[bytes, Bucket] = {}

    def joined(self, node_id: bytes) -> None:
        """A peer is there: tell it what waits."""
        self._say(self._gossip.joined(node_id, self._waiting()))

    def left(self, node_id: bytes) -> None:
        """A peer is gone."""
        self._gossip.left(node_id)
        self._flush_soon()

    def admitted(self, full_hash: bytes, source: bytes | None) -> None:
        """A transaction waits here now; `source` brought it, None where that was one of the node's own users."""
        self._gossip.admitted(full_hash, source)
        self._flush_soon()

    def tick(self) -> None:
        """Ask others for what has not come."""
        self._gossip.tick(self._clock.monotonic_ms())
        self._flush_soon()

    def received(self, node_id: bytes, message: Received) -> None:
        """An ANNOUNCE, REQUEST or TRANSACTIONS; raises an `InvalidInput`."""
        if message.kind is FrameKind.ANNOUNCE:
            self._gossip.announced(node_id, HASHES.decode(message.payload), self._clock.monotonic_ms())
            self._flush_soon()
        elif message.kind is FrameKind.REQUEST:
            self._answer(node_id, HASHES.decode(message.payload))
        else:
            self._transactions(node_id, RAWS.decode(message.payload))

    def _answer(self, node_id: bytes, hashes: tuple[bytes, ...]) -> None:
        """What was announced here is sent once to an honest peer; who asks for more waits for its budget."""
        now = self._clock.monotonic_ms()
        budget = self._budgets.setdefault(node_id, Bucket(*limits.ANSWERED_BYTES, now))
        if len(self._budgets) > limits.SCORED_PEERS:
            del self._budgets[next(iter(self._budgets))]
        if budget.take(now, 0) > 0:
            return
        answers = self._gossip.asked(node_id, hashes)
        sent = sum(len(raw) for answer in answers if isinstance(answer, GossipAnswer) for raw in answer.transactions)
        budget.take(now, sent + 32 * len(hashes))
        self._say(answers)

    def _transactions(self, node_id: bytes, raws: tuple[bytes, ...]) -> None:
        expected = self._gossip.received(raws)
        if expected is None:
            self._blame(node_id, "unsolicited")
            return
        for full_hash, raw in expected:
            try:
                self._offer(raw, self._verdict(full_hash, node_id))
            except Busy:
                self._gossip.refused(full_hash)

    def _verdict(self, full_hash: bytes, node_id: bytes) -> Callable[[Transaction | Refusal], None]:
        def judged(outcome: Transaction | Refusal) -> None:
            if isinstance(outcome, Transaction):
                self.admitted(full_hash, node_id)
                return
            self._gossip.refused(full_hash)
            if isinstance(outcome, InvalidInput):
                self._blame(node_id, "malformed")
            elif outcome.code in _NEVER_VALID:
                self._blame(node_id, "bad_signature")
            elif outcome.code in _USELESS:
                self._blame(node_id, "refused_transaction")

        return judged

    def _flush_soon(self) -> None:
        if not self._flush_is_due and self._gossip.has_announcements:
            self._flush_is_due = True
            asyncio.get_running_loop().call_later(limits.ANNOUNCE_MS / 1000, self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        self._say(self._gossip.take())

    def _say(self, messages: list[Message]) -> None:
        for message in messages:
            match message:
                case GossipAnnounce():
                    self._table.send(message.peer, FrameKind.ANNOUNCE, encode(message.hashes))
                case GossipAsk():
                    self._table.send(message.peer, FrameKind.REQUEST, encode(message.hashes))
                case GossipAnswer():
                    self._table.send(message.peer, FrameKind.TRANSACTIONS, encode(message.transactions))
