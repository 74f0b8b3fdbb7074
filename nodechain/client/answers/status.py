"""Status: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class PoolView(TypedDict):
    """Waiting transactions."""

    transactions: Int
    bytes: Int


class PlannedUpgrade(TypedDict):
    """What is planned for a height, and how much of the validators' power knows the version as yet."""

    height: Int
    version: Int
    module: str
    release: str
    ready_power: Int
    total_power: Int
    enough: bool
    known_here: bool


class DiskView(TypedDict):
    """Bytes of the file system that holds the home, and of the chain's store in it; looked at every 30 s."""

    free_bytes: Int
    total_bytes: Int
    store_bytes: Int


class StatusView(At):
    """What this node is and how far it is."""

    chain_id: str
    genesis_hash: str
    block_hash: str
    state_root: str
    time_ms: TimeMs
    version: str
    protocol_version: Int
    known_version: Int
    modules: list[str]
    upgrade: PlannedUpgrade | None
    mode: str
    validator: str
    signing: bool
    safe_mode: str
    safe_mode_ends_at: Int | None
    round: Int
    behind: Int
    validators: Int
    validators_connected: Int
    peers: Int
    pool: PoolView
    disk: DiskView
    simulated_clock: bool
    clock_ms: Int
    clock_ahead_ms: Int | None
    clock_peers: Int
    clock_limit_ms: Int


class ClockView(TypedDict):
    """The clock of a simulated chain."""

    clock_ms: Int


class Alive(TypedDict):
    """The process answers."""

    alive: bool


class Health(TypedDict):
    """Whether the node is well, check by check."""

    ready: bool
    checks: dict[str, str]
