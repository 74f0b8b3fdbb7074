"""Introductions on real connections: the node's own said again and again, those of others taken and handed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from ledger.encoding.codec import encode
from nodechain.clock import Clock
from nodechain.network.connection import Connection
from nodechain.network.directory import Directory
from nodechain.network.frames import FrameKind
from nodechain.network.introductions import INTRODUCTIONS, Introduction
from nodechain.network.table import ConnectionTable

TURN_S: Final = 0.1
SAY_AGAIN_MS: Final = 2_000
"""How often a validator's node introduces itself: it counts once the validator is in the others' set."""


class IntroductionService:
    """`penalize` scores a peer. `run` until cancelled."""

    def __init__(
        self, directory: Directory, table: ConnectionTable, clock: Clock, penalize: Callable[[bytes, str], None]
    ) -> None:
        self._directory = directory
        self._table = table
        self._clock = clock
        self._blame = penalize
        self._own: tuple[Introduction, ...] = ()
        self._said_ms = 0

    def introduce(self, introduction: Introduction) -> None:
        """Tell everybody whose node this is, from now on."""
        self._own = (introduction,)
        self._heard(self._own, None)

    def greet(self, connection: Connection) -> None:
        """A peer is there: tell it who is known."""
        connection.send(FrameKind.INTRODUCTIONS, encode(self._directory.introductions()))

    def received(self, connection: Connection, payload: bytes) -> None:
        """An INTRODUCTIONS; raises an `InvalidInput`."""
        self._heard(INTRODUCTIONS.decode(payload), connection)

    def _heard(self, introductions: tuple[Introduction, ...], connection: Connection | None) -> None:
        news = self._directory.hear(introductions)
        if news is None:
            if connection is not None:
                self._blame(connection.node_id, "bad_introduction")
        elif news:
            self._table.send_all(FrameKind.INTRODUCTIONS, encode(tuple(news)), but=connection)

    async def run(self) -> None:
        """Say the own one again; take in cards that came or went and what was introduced, let go who is not trusted."""
        try:
            while True:
                now = self._clock.monotonic_ms()
                if self._own and now - self._said_ms >= SAY_AGAIN_MS:
                    self._said_ms = now
                    self._heard(self._own, None)
                    self._table.send_all(FrameKind.INTRODUCTIONS, encode(self._own))
                if await self._directory.refresh():
                    self._table.close_strangers()
                await asyncio.sleep(TURN_S)
        finally:
            self._directory.close()
