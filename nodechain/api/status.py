"""The node itself: its chain, height and duty, the clock of a simulated chain, and what monitoring asks."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

import msgspec
from aiohttp import web

from ledger.bank.balances import supply
from ledger.bank.genesis import assets_of
from ledger.chain.genesis import ConsensusMode
from ledger.chain.protocol import planned_upgrade, readiness
from ledger.encoding.quantities import TimeMs
from ledger.encoding.times import Millis
from ledger.energy.imbalance import difference, imbalance
from ledger.keys.address import format_address
from ledger.state.overlay import State
from nodechain.api.access import visitor_of
from nodechain.api.figure_rights import right_of_figure
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, Right
from nodechain.api.http.route import POINT, Raw, Route
from nodechain.api.module_figures import MODULE_FIGURES, Figure
from nodechain.api.reading import Work
from nodechain.chain.safe_mode import HOW_IT_ENDS
from nodechain.chain.sync_progress import FAR_BEHIND
from nodechain.client.rest import JSON
from nodechain.clock import PlayedClock
from nodechain.errors import UsageError
from nodechain.modules import REGISTRY
from nodechain.node import Node


class PoolView(ApiModel):
    """Waiting transactions."""

    transactions: int
    bytes: int


class PlannedUpgrade(ApiModel):
    """What is planned for a height, and how much of the validators' power knows the version as yet."""

    height: int
    version: int
    module: str
    release: str
    ready_power: int
    total_power: int
    enough: bool
    known_here: bool


class DiskView(ApiModel):
    """Bytes of the file system that holds the home, and of the chain's store in it; looked at every 30 s."""

    free_bytes: int
    total_bytes: int
    store_bytes: int


class StatusView(At):
    """What this node is and how far it is."""

    chain_id: str
    genesis_hash: str
    block_hash: str
    state_root: str
    time_ms: TimeMs
    version: str
    protocol_version: int
    known_version: int
    modules: list[str]
    upgrade: PlannedUpgrade | None
    mode: str
    validator: str
    signing: bool
    safe_mode: str
    safe_mode_ends_at: int | None
    round: int
    behind: int
    validators: int
    validators_connected: int
    peers: int
    pool: PoolView
    disk: DiskView
    simulated_clock: bool
    clock_ms: int
    clock_ahead_ms: int | None
    clock_peers: int
    clock_limit_ms: int


class ClockView(ApiModel):
    """The clock of a simulated chain."""

    clock_ms: int


class Alive(ApiModel):
    """The process answers."""

    alive: bool


class Health(ApiModel):
    """Whether the node is well, check by check."""

    ready: bool
    checks: dict[str, str]


VERSION: Final = version("nodechain")


MAX_CLOCK_BYTES: Final = 1_024


async def get_status(node: Node, _request: web.Request) -> Work:
    """Height, chain, pool, duty."""
    header, offset, rules, disk = (
        node.app.parent.header,
        node.offset,
        node.app.rules,
        node.disk.look(node.clock.monotonic_ms()),
    )
    found = StatusView(
        height=header.height,
        chain_id=node.chain_id,
        genesis_hash=node.genesis.hash.hex(),
        block_hash=header.hash().hex(),
        state_root=header.state_root.hex(),
        time_ms=header.time_ms,
        version=VERSION,
        protocol_version=rules.version,
        known_version=REGISTRY.newest,
        modules=sorted(rules.modules),
        upgrade=planned(node),
        mode=ConsensusMode(node.genesis.mode).name.lower(),
        validator="" if node.key is None else format_address(node.key.address),
        signing=node.engine.is_signing,
        safe_mode="" if node.safe_mode is None else node.safe_mode.risk.value,
        safe_mode_ends_at=None if node.safe_mode is None else node.safe_mode.ends_at,
        round=node.engine.place[1],
        behind=node.behind,
        validators=len(node.app.parent.validators.members),
        validators_connected=len(node.network.table.validators()),
        peers=len(node.network.table.ids()),
        pool=PoolView(transactions=len(node.mempool), bytes=node.mempool.pool.size_bytes),
        disk=DiskView(free_bytes=disk.free_bytes, total_bytes=disk.total_bytes, store_bytes=disk.store_bytes),
        simulated_clock=node.genesis.simulated_clock,
        clock_ms=node.clock.wall_ms(),
        clock_ahead_ms=None if offset is None else offset.ahead_ms,
        clock_peers=0 if offset is None else offset.peers,
        clock_limit_ms=node.clock_offset.limit_ms,
    )
    return lambda: found


class _ClockRequest(msgspec.Struct, forbid_unknown_fields=True):
    time_ms: Millis
    block: bool = False


async def post_clock(node: Node, _request: web.Request, body: bytes) -> tuple[int, ClockView]:
    """Move the clock of a simulated chain forward; `block`: and make a block at once."""
    if not isinstance(node.clock, PlayedClock):
        raise UsageError(
            "this chain runs on real time", code="real_time", advice="Only a genesis with simulated_clock has this."
        )
    wanted = requests.json_body(body, _ClockRequest)
    node.clock.move_to(wanted.time_ms)
    node.clock_moved()
    if wanted.block:
        height = node.app.height
        node.make_block_now()
        while node.app.height == height:
            await node.decisions.next_block()
    return 200, ClockView(clock_ms=node.clock.wall_ms())


def health(node: Node) -> Health:
    """Each check says 'ok' or why not."""
    failure = node.app.store.failure
    checks = {
        "store": "ok" if failure is None else failure.detail,
        "pool": "ok" if len(node.mempool) < node.mempool.pool.max_transactions else "full",
        "chain": f"{node.behind} blocks behind" if node.behind > FAR_BEHIND else "ok",
        "memory": "ok" if node.safe_mode is None else f"safe mode: {node.safe_mode.text}. {HOW_IT_ENDS}",
    }
    return Health(ready=all(value == "ok" for value in checks.values()), checks=checks)


async def livez(_node: Node, _request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response(Alive(alive=True).model_dump())


async def readyz(node: Node, _request: web.Request) -> web.Response:
    """503 with the reasons while the node cannot serve."""
    found = health(node)
    return web.json_response(found.model_dump(), status=200 if found.ready else 503)


def planned(node: Node) -> PlannedUpgrade | None:
    """The upgrade that is planned, with the power that is ready for it at the head; None where there is none."""
    state = State(node.app.store)
    plan = planned_upgrade(state)
    if plan is None:
        return None
    ready = readiness(state, plan.version)
    return PlannedUpgrade(
        height=plan.height,
        version=plan.version,
        module=plan.module,
        release=plan.release,
        ready_power=ready.power,
        total_power=ready.total,
        enough=ready.is_enough,
        known_here=plan.version <= REGISTRY.newest,
    )


def _supplies(node: Node, state: State) -> list[Figure]:
    """How much of each asset there is, as gauges."""
    return [
        (
            f"{asset.name.lower()}_supply",
            "gauge",
            f"{asset.symbol} in existence.",
            supply(state, number) / 10**asset.decimals,
        )
        for number, asset in enumerate(assets_of(node.genesis), 1)
    ]


def _figures(node: Node) -> list[Figure]:
    """Name, kind, meaning and value of each figure; every gauge exists from the start."""
    state = State(node.app.store)
    counted, offset = node.counted, node.offset
    return [
        ("height", "gauge", "Height of the head.", node.app.height),
        ("head_time_seconds", "gauge", "Block time of the head.", node.app.parent.header.time_ms / 1000),
        ("pool_transactions", "gauge", "Waiting transactions.", len(node.mempool)),
        ("pool_bytes", "gauge", "Bytes of waiting transactions.", node.mempool.pool.size_bytes),
        ("decided_transactions_total", "counter", "Transactions decided since start.", counted.transactions),
        ("refused_transactions_total", "counter", "Of these, refused by the ledger.", counted.refused),
        ("blocks_total", "counter", "Blocks decided since start.", counted.blocks),
        ("commit_seconds_total", "counter", "Time spent storing blocks.", counted.commit_ms / 1000),
        *_supplies(node, state),
        ("network_energy_wh", "gauge", "Energy in all units.", imbalance(state).network_wh),
        ("imbalance_ent", "gauge", "ENT supply less backing.", difference(state) / 10**9),
        ("imbalance_rate", "gauge", "Rate R, ENT per kWh.", imbalance(state).rate / 10**9),
        ("protocol_version", "gauge", "Protocol version in force.", node.app.rules.version),
        ("known_version", "gauge", "Highest protocol version that this program knows.", REGISTRY.newest),
        *_figures_of_upgrade(planned(node)),
        ("validators", "gauge", "Validators of the next height.", len(node.app.parent.validators.members)),
        (
            "validators_muted",
            "gauge",
            "Validators that let their turns pass and propose last.",
            len(node.app.parent.validators.muted),
        ),
        ("peers", "gauge", "Connected peers.", len(node.network.table.ids())),
        ("behind_blocks", "gauge", "Blocks that others have and this node has not.", node.behind),
        ("round", "gauge", "Round of the height in work.", node.engine.place[1]),
        ("signing", "gauge", "Whether this node votes.", float(node.engine.is_signing)),
        (
            "clock_offset_seconds",
            "gauge",
            "This machine's clock less the others'; 0 if none was heard.",
            0.0 if offset is None else offset.ahead_ms / 1000,
        ),
        (
            "safe_mode",
            "gauge",
            "Whether this validator signs nothing: it may have forgotten a signature.",
            float(node.safe_mode is not None),
        ),
    ]


def _figures_of_upgrade(upgrade: PlannedUpgrade | None) -> list[Figure]:
    return [
        ("upgrade_height", "gauge", "Height of the planned upgrade; 0 if none is.", upgrade.height if upgrade else 0),
        (
            "upgrade_version",
            "gauge",
            "Version of the planned upgrade; 0 if none is.",
            upgrade.version if upgrade else 0,
        ),
        (
            "upgrade_ready_ratio",
            "gauge",
            "Share of the validators' power that knows the planned version; 0 if none is planned.",
            upgrade.ready_power / upgrade.total_power if upgrade else 0.0,
        ),
    ]


async def metrics(node: Node, request: web.Request) -> web.Response:
    """Prometheus text: the figures that are open to who asks."""
    visitor, told = visitor_of(request), ""
    lines: list[str] = []
    for name, kind, meaning, value in (*_figures(node), *await request.app[MODULE_FIGURES].read()):
        if not visitor.sees(right_of_figure(name)):
            continue
        family = name.partition("{")[0]
        if family != told:
            lines += [f"# HELP nodechain_{family} {meaning}", f"# TYPE nodechain_{family} {kind}"]
        told = family
        lines.append(f"nodechain_{name} {value:.15g}")
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")


ROUTES: Final = (
    Route("GET", "/v1/status", "Chain, height, pool, duty", StatusView, get_status, kind=POINT),
    Route(
        "POST",
        "/v1/clock",
        "Move the clock of a simulated chain",
        ClockView,
        write=post_clock,
        body=JSON,
        most_bytes=MAX_CLOCK_BYTES,
    ),
)

PROBES: Final[tuple[tuple[str, Raw], ...]] = (("/livez", livez), ("/readyz", readyz), ("/metrics", metrics))
"""Answered at once, on the loop, whatever else is asked."""

RIGHTS: Final[dict[str, Right]] = {
    "/v1/status": EVERYBODY,
    "/v1/clock": EVERYBODY,
}
