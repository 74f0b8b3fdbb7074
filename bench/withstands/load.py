"""What a load is, and what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from ledger.chain.genesis import Genesis
from ledger.keys.crypto import Ed25519SecretKey
from nodechain.network.identity import NodeIdentity
from nodechain.node import Node


class Vantage(Enum):
    """Who attacks: anybody who reaches the ports; a follower whose card all have; the fourth validator."""

    CLIENT = "client"
    PEER = "peer"
    VALIDATOR = "validator"


@dataclass(frozen=True, slots=True)
class Attack:
    """The scene as an attacker sees it. The first validator is attacked.

    `identity` is that of the admitted follower; `node` the running fourth validator, only where a validator attacks;
    `victim_home` for loads that are the operator's own (cards of hosts that no name server knows).
    """

    genesis: Genesis
    url: str
    p2p_port: int
    victim_id: bytes
    victim_home: Path
    identity: NodeIdentity
    keys: tuple[Ed25519SecretKey, ...]
    node: Node | None


class Load(Protocol):
    """`stated`: what the rule says, for the table. `run` attacks until it is cancelled.

    `history`: how many transactions the chain has before.
    """

    name: str
    stated: str
    vantage: Vantage
    history: int

    async def run(self, attack: Attack) -> None:
        """Attack until cancelled."""
        ...


async def paced(rate: float) -> AsyncIterator[int]:
    """Numbers, so many a second; who is late catches up, so that the rate is kept whatever else goes on."""
    loop = asyncio.get_running_loop()
    started, number = loop.time(), 0
    while True:
        due = started + number / rate
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        yield number
        number += 1
        if number % 16 == 0:
            # A rate that this machine cannot keep must not starve what else runs here.
            await asyncio.sleep(0)
