"""Many meters in one process: a street, a cellar full of meters, a bus. One outbox, one write to the disk a round.

A round reads all meters side by side, stores what was accepted in one transaction, and pushes until it is decided.
Rounds come by the clock, or one by one from a player who says what time it is.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from devices.binding import binding_or_kept
from devices.client import DeviceClient
from devices.clock import DeviceClock, judging_ms
from devices.collector import Collector, JudgedSample, store
from devices.drivers.opening import Lines
from devices.errors import DeviceError, Misuse
from devices.follower import FIRST_USE, Anchor, Follower
from devices.meter_entry import MeterEntry, MeterProgram, open_collector
from devices.outbox import Outbox
from devices.places import parse_place
from devices.readings import ReadingSigner
from devices.submitter import Pushed, Submitter, building_with

MAX_STREET_BYTES: Final = 4 * 1024 * 1024


class StreetRound(msgspec.Struct, frozen=True):
    """What a round brought; `failed` names the meters that could not be read, and why.

    `pushed`: how each meter ended; `lost`: batches of which the ledger did not accept all.
    """

    taken: tuple[JudgedSample, ...]
    failed: tuple[tuple[str, str], ...]
    pushed: tuple[Pushed, ...]
    lost: tuple[Pushed, ...]


def read_street(path: Path) -> tuple[MeterEntry, ...]:
    """The meters of a street file (JSON, a list of entries); raises `Misuse` that says what is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}", code="no_street") from None
    if len(data) > MAX_STREET_BYTES:
        raise Misuse(f"{path} is larger than {MAX_STREET_BYTES} bytes", code="bad_street")
    try:
        entries = msgspec.json.decode(data, type=tuple[MeterEntry, ...])
    except msgspec.DecodeError as error:
        raise Misuse(f"{path}: {error}", code="bad_street") from None
    for entry in entries:
        try:
            parse_place(entry.at)
        except Misuse as error:
            raise Misuse(f"{path}: {entry.name}: {error.detail}", code="bad_street") from None
    names = [entry.name for entry in entries]
    if not entries or len(set(names)) != len(names):
        raise Misuse(f"{path}: a street has at least one meter, each with a name of its own", code="bad_street")
    return entries


class Street:
    """The meters of a street with their links, one outbox and one client."""

    def __init__(
        self,
        entries: tuple[MeterEntry, ...],
        signers: dict[str, ReadingSigner],
        outbox: Outbox,
        client: DeviceClient,
        clock: DeviceClock,
        *,
        anchor: Anchor = FIRST_USE,
        gap_ms: int,
        draw: random.Random,
    ) -> None:
        """`signers`: by name of the meter. `gap_ms`: a longer silence is flagged as a gap."""
        self._outbox = outbox
        self._client = client
        self._follower = Follower(client, outbox, partial(judging_ms, clock), anchor)
        self._draw = draw
        self._entries = entries
        self._signers = signers
        self._by_key = {signer.public_key: signer for signer in signers.values()}
        self._lines = Lines()
        self._program = MeterProgram(self._lines, outbox, clock, gap_ms)
        self._boot = 0
        self._collectors: dict[str, Collector] = {}

    async def start(self) -> None:
        """Tie the outbox to the node's chain; raises what the node's silence raises."""
        await self._follower.start()
        self._boot = self._outbox.start_session()

    async def _collector(self, entry: MeterEntry) -> Collector:
        key = self._signers[entry.name].public_key
        faults: list[DeviceError] = []
        binding = await binding_or_kept(self._outbox, self._follower, key, faults.append)
        if faults and key not in self._outbox.meters():
            raise faults[0]
        return open_collector(self._program, entry, key, binding, self._boot)

    async def round(self, *, attempts: int = 8) -> StreetRound:
        """Read all, store, and push until nothing is pending or `attempts` a meter are used up."""
        # Not before the first round: a played clock tells no time until then, and proofs need one.
        not_begun = [found async for found in self._begin()]
        names = list(self._collectors)
        outcomes = await asyncio.gather(*(self._take(name) for name in names))
        taken = tuple(entry for outcome in outcomes if isinstance(outcome, tuple) for entry in outcome)
        failed = tuple(not_begun) + tuple(
            (name, str(outcome))
            for name, outcome in zip(names, outcomes, strict=True)
            if isinstance(outcome, DeviceError)
        )
        await asyncio.to_thread(store, self._outbox, taken)
        for collector in self._collectors.values():
            collector.keep_identity(taken)
        chain = await self._follower.start()
        told: list[Pushed] = []
        submitter = Submitter(
            self._outbox,
            self._client,
            self._follower,
            building_with(self._by_key, chain),
            draw=self._draw,
            report=told.append,
        )
        left = await submitter.drain(attempts=attempts)
        return StreetRound(taken, failed, left, tuple(entry for entry in told if entry.progress.is_loss))

    async def _begin(self) -> AsyncIterator[tuple[str, str]]:
        """Make the collectors that are not made yet; what one meter lacks is told, and tried again next time."""
        for entry in self._entries:
            if entry.name in self._collectors:
                continue
            try:
                self._collectors[entry.name] = await self._collector(entry)
            except Misuse as error:
                yield entry.name, str(error)

    async def _take(self, name: str) -> tuple[JudgedSample, ...] | DeviceError:
        try:
            return await self._collectors[name].take()
        except DeviceError as error:
            return error

    async def close(self) -> None:
        """Close links and connections; the outbox is its owner's."""
        self._client.close()
        await self._lines.close()
