"""One cycle of a meter's client in a process of its own, which kills itself at a step.

A step is the moment before or after each thing that the client does to its outbox, its key, its meter or a node. Ends
with 0 where the cycle has no such step.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devices import submitter
from devices.client import DeviceClient
from devices.clock import PlayedDeviceClock
from devices.drivers.modbus import ModbusDriver
from devices.follower import Follower
from devices.meter_entry import MeterEntry
from devices.outbox import Outbox
from devices.readings import build_batch
from devices.street import Street
from ledger.keys.crypto import Ed25519SecretKey

PROFILE = "schneider-iem3155"
KEY = Ed25519SecretKey(bytes(32))
STEPS: tuple[tuple[type, tuple[str, ...]], ...] = (
    # What only a cycle does whose meter is new to the outbox comes first.
    (Follower, ("meter",)),
    (DeviceClient, ("state",)),
    (Outbox, ("add_meter",)),
    (Outbox, ("pin_chain", "remember", "start_session", "append", "next_batch", "mark_sent", "settle")),
    (DeviceClient, ("status", "submit", "transaction", "decision")),
    (ModbusDriver, ("read_counters",)),
    (Follower, ("decided",)),
)


SIGNING = "signing"


def all_steps() -> list[str]:
    """Every step that a cycle may have."""
    names = [f"{owner.__name__}.{name}" for owner, known in STEPS for name in known]
    return [f"{when} {name}" for name in (*names, SIGNING) for when in ("before", "after")]


class Mine:
    """Dies at one step."""

    def __init__(self, step: str) -> None:
        self._step = step

    def step(self, name: str) -> None:
        """A step is reached."""
        if name == self._step:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a step before and one after it."""
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def counted_later(*arguments: Any, **named: Any) -> Any:
                self.step(f"before {name}")
                result = await function(*arguments, **named)
                self.step(f"after {name}")
                return result

            return counted_later

        @functools.wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:
            self.step(f"before {name}")
            result = function(*arguments, **named)
            self.step(f"after {name}")
            return result

        return counted


def arm(mine: Mine) -> None:
    """Put steps around everything that a cycle does."""
    for owner, names in STEPS:
        for name in names:
            setattr(owner, name, mine.around(f"{owner.__name__}.{name}", getattr(owner, name)))
    # Between the reading's reservation and the batch's commit lies the signature.
    vars(submitter)["build_batch"] = mine.around(SIGNING, build_batch)


async def cycle(outbox: Outbox, at: str, node: str, time_ms: int) -> None:
    """Start, read, store, sign, send, confirm."""
    entries = (MeterEntry("house", PROFILE, at, "house", 1_000_000),)
    client, clock = DeviceClient((node,)), PlayedDeviceClock(time_ms)
    meters = Street(entries, {"house": KEY}, outbox, client, clock, gap_ms=10**9, draw=random.Random(1))
    await meters.start()
    await meters.round(attempts=3)
    await meters.close()


def play(step: str, path: str, at: str, node: str, time_ms: int) -> None:
    """See the top."""
    with Outbox(Path(path)) as outbox:
        arm(Mine(step))
        asyncio.run(cycle(outbox, at, node, time_ms))
