"""`nodechain notify run`: events as they are decided, figures from time to time, and what they tell handed to servers.

One task. Events come over a socket, from the height that the journal names; whatever a block brings is in the journal
before the next is read. A node that is away, a server that takes nothing: tried again, with pauses that grow.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from nodechain.clock import Clock
from nodechain.errors import LoginNeeded, NotFound, TimedOut, Unreachable, WrongChain, require_present
from nodechain.notices.journal import NoticeEntry, NoticeJournal, Seen, Undelivered, Waiting
from nodechain.notices.look import FollowedChain, Looking, wishes_of
from nodechain.notices.notice import Notice
from nodechain.notices.settings import Followed, NotifySettings
from nodechain.notices.watch import EVENT_KINDS, is_shown, of_event, of_figures
from nodechain.process.worker import Worker

log = logging.getLogger("nodechain.notices")

RETRY_S: Final = 5.0
"""Before a node that is away is asked again."""

MAX_EVENT_BYTES: Final = 4 * 1024 * 1024
SAVE_BLOCKS: Final = 1_000
"""So many blocks without anything to tell are read again at most after a crash."""

Deliver = Callable[[Waiting, str], None]
"""Hands a notice with its identity to a server; raises `Undelivered`."""


@dataclass(slots=True)
class NotifyService:
    """`accounts`: the address of each account of the settings; `channels`: how each channel delivers."""

    settings: NotifySettings
    accounts: Mapping[str, str]
    looking: Looking
    journal: NoticeJournal
    channels: Mapping[str, Deliver]
    url: str
    clock: Clock
    started: Callable[[int], None] = field(default=lambda _height: None)
    retry_s: float = RETRY_S
    _worker: Worker = field(default_factory=lambda: Worker("notices"))
    _read: int = 0
    _next_look_ms: int = 0
    _has_looked: bool = False

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop. Raises what no waiting mends: `WrongChain`, `DataDamaged`, a wrong password."""
        try:
            while not stop.is_set():
                try:
                    await self._follow(stop)
                except (ClientError, Unreachable, TimedOut, TimeoutError) as error:
                    log.warning("the node is away", extra={"url": self.url, "detail": str(error)})
                except LoginNeeded as error:
                    # The hour of a login is over before its socket ends; who could never sign in is told so.
                    if not self._has_looked:
                        raise
                    log.info("signing in again", extra={"detail": error.detail})
                    self._has_looked = False
                await _pause(stop, self.retry_s)
        finally:
            self._worker.close()
            self.looking.close()

    async def _follow(self, stop: asyncio.Event) -> None:
        """On one socket, until it ends."""
        await self._worker.run(self.looking.renew)
        chain = await self._worker.run(self.looking.chain)
        if self.journal.entry is None:
            self.started(self.journal.open(chain.genesis_hash, chain.height).next_height)
        elif self.journal.entry.chain != chain.genesis_hash:
            raise WrongChain(f"the node is of the chain {chain.genesis_hash} now")
        # What was read and not noted is read again.
        self._read = self._entry_height()
        await self._look()
        await self._deliver_due()
        if self._read > chain.height + 1:
            raise Unreachable(f"the node is at height {chain.height}, events are read up to {self._read - 1}")
        headers = {"Authorization": f"Bearer {self.looking.token}"} if self.looking.token else {}
        kinds = "".join(f"&kind={kind}" for kind in EVENT_KINDS)
        path = f"{self.url.rstrip('/')}/v1/events?from={self._read}{kinds}"
        try:
            async with (
                ClientSession(headers=headers) as session,
                session.ws_connect(path, max_msg_size=MAX_EVENT_BYTES, heartbeat=30) as socket,
            ):
                await self._read_socket(socket, chain, stop)
        except WSServerHandshakeError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise NotFound(
                f"the node does not have the blocks from {self._read} on: it began with a snapshot",
                code="before_snapshot",
                advice="Ask a node that has them, or go on with what comes: --from-now.",
            ) from None

    async def _read_socket(self, socket: ClientWebSocketResponse, chain: FollowedChain, stop: asyncio.Event) -> None:
        found: list[dict[str, Any]] = []
        stopping = asyncio.ensure_future(stop.wait())
        receiving: asyncio.Future[Any] | None = None
        try:
            while not stop.is_set():
                receiving = receiving or asyncio.ensure_future(socket.receive())
                await asyncio.wait((receiving, stopping), timeout=self._pause_s(), return_when=asyncio.FIRST_COMPLETED)
                if receiving.done():
                    message, receiving = receiving.result(), None
                    if message.type is not WSMsgType.TEXT:
                        log.info("the node ends the events", extra={"detail": str(message.extra or message.data or "")})
                        return
                    found = await self._heard(json.loads(message.data), found, chain)
                if self.clock.monotonic_ms() >= self._next_look_ms:
                    await self._look()
                await self._deliver_due()
        finally:
            stopping.cancel()
            if receiving is not None:
                receiving.cancel()

    async def _heard(
        self, message: dict[str, Any], found: list[dict[str, Any]], chain: FollowedChain
    ) -> list[dict[str, Any]]:
        """A message: an event of the block that is being read, or its end, with which all of it is noted."""
        if "end" not in message:
            return [*found, message]
        self._read = message["height"] + 1
        if found:
            time_ms = await self._worker.run(self.looking.block_time_ms, message["height"])
            wishes = wishes_of(self.settings, self.accounts, chain.currency)
            notices = [each for event in found for each in of_event(event, wishes, chain.currency, time_ms)]
            await self._look(notices)
        elif self._read - self._entry_height() >= SAVE_BLOCKS:
            await self._worker.run(self.journal.found, self._read, (), self._seen())
        return []

    async def _look(self, notices: list[Notice] | None = None) -> None:
        """The figures of all accounts; what they tell, and what events told, goes to the journal at once."""
        self._next_look_ms = self.clock.monotonic_ms() + self.settings.every_ms
        if self.journal.is_full and not notices:
            log.warning("too many notices wait to be delivered: nothing is looked at")
            return
        await self._worker.run(self._looked, list(notices or ()))

    def _looked(self, notices: list[Notice]) -> None:
        chain = self.looking.chain()
        wishes, seen, told = wishes_of(self.settings, self.accounts, chain.currency), self._seen(), []
        before = seen
        for account in sorted(wishes):
            figures = self.looking.figures(account, wishes[account].kinds)
            told += [
                each
                for each in notices
                if each.account == account and not is_shown(each, figures.documents if figures else None)
            ]
            if figures is not None:
                found, seen = of_figures(account, wishes[account], figures, chain.currency, seen, chain.time_ms)
                told += found
        waiting = [each for notice in told for each in self._receivers(notice)]
        if waiting or seen != before:
            self.journal.found(self._read, waiting, seen)
        self._has_looked = True

    def _receivers(self, notice: Notice) -> list[Waiting]:
        return [
            each
            for followed in self.settings.members
            if self.accounts[followed.account] == notice.account
            for each in receivers_of(followed, self.settings, notice, self.clock.wall_ms())
        ]

    async def _deliver_due(self) -> None:
        chain = self._opened().chain
        for waiting in self.journal.due(self.clock.wall_ms()):
            await self._worker.run(self._deliver, waiting, chain)

    def _deliver(self, waiting: Waiting, chain: str) -> None:
        channel = self.channels.get(waiting.channel)
        told = {"notice": waiting.notice.name, "account": waiting.notice.account, "channel": waiting.channel}
        try:
            if channel is None:
                raise Undelivered(f"{waiting.channel} is not set up any more", final=True)
            channel(waiting, waiting.identity(chain))
        except Undelivered as error:
            log.warning("a notice was not delivered", extra={**told, "reason": error.reason, "final": error.final})
            self.journal.failed(waiting, error.reason, self.clock.wall_ms(), final=error.final)
        else:
            self.journal.delivered(waiting)
            log.info("a notice was delivered", extra=told)

    def _seen(self) -> Seen:
        return self._opened().seen

    def _entry_height(self) -> int:
        return self._opened().next_height

    def _opened(self) -> NoticeEntry:
        return require_present(self.journal.entry, "the journal of notices is not open")

    def _pause_s(self) -> float:
        """Until the next look, or the next try of a delivery."""
        left_ms = self._next_look_ms - self.clock.monotonic_ms()
        now_ms = self.clock.wall_ms()
        tries = [each.next_ms - now_ms for each in self._opened().waiting]
        return max(0, min([left_ms, *tries])) / 1_000


def receivers_of(followed: Followed, settings: NotifySettings, notice: Notice, now_ms: int) -> list[Waiting]:
    """Each way on which a member is told, from now on."""
    found = []
    if followed.email:
        found.append(Waiting(notice, "email", followed.email, followed.language, now_ms))
    if followed.mqtt and settings.mqtt is not None:
        topic = f"{settings.mqtt.topic}/{notice.account}/{notice.kind.value}"
        found.append(Waiting(notice, "mqtt", topic, followed.language, now_ms))
    return found


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
