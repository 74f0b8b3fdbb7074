"""`/livez`, `/readyz` and `/metrics`: whether the process lives, whether it can serve, and its figures."""

from __future__ import annotations

from aiohttp import web

from ledger.bank.balances import supply
from ledger.bank.schema import Asset
from ledger.energy.imbalance import difference, imbalance
from ledger.state.overlay import State
from nodechain.api import models as m
from nodechain.chain.safe_mode import HOW_IT_ENDS
from nodechain.chain.sync_progress import FAR_BEHIND
from nodechain.node import Node


def health(node: Node) -> m.Health:
    """Each check says 'ok' or why not."""
    failure = node.app.store.failure
    checks = {
        "store": "ok" if failure is None else failure.detail,
        "pool": "ok" if len(node.mempool) < node.mempool.pool.max_transactions else "full",
        "chain": f"{node.behind} blocks behind" if node.behind > FAR_BEHIND else "ok",
        "memory": "ok" if node.safe_mode is None else f"safe mode: {node.safe_mode.text}. {HOW_IT_ENDS}",
    }
    return m.Health(ready=all(value == "ok" for value in checks.values()), checks=checks)


async def livez(_node: Node, _request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"alive": True})


async def readyz(node: Node, _request: web.Request) -> web.Response:
    """503 with the reasons while the node cannot serve."""
    found = health(node)
    return web.json_response(found.model_dump(), status=200 if found.ready else 503)


async def metrics(node: Node, _request: web.Request) -> web.Response:
    """Prometheus text; every gauge exists from the start."""
    state = State(node.app.store)
    counted, offset = node.counted, node.offset
    figures: list[tuple[str, str, str, float]] = [
        ("height", "gauge", "Height of the head.", node.app.height),
        ("head_time_seconds", "gauge", "Block time of the head.", node.app.parent.header.time_ms / 1000),
        ("pool_transactions", "gauge", "Waiting transactions.", len(node.mempool)),
        ("pool_bytes", "gauge", "Bytes of waiting transactions.", node.mempool.pool.size_bytes),
        ("decided_transactions_total", "counter", "Transactions decided since start.", counted.transactions),
        ("refused_transactions_total", "counter", "Of these, refused by the ledger.", counted.refused),
        ("blocks_total", "counter", "Blocks decided since start.", counted.blocks),
        ("commit_seconds_total", "counter", "Time spent storing blocks.", counted.commit_ms / 1000),
        ("ent_supply", "gauge", "ENT in existence.", supply(state, Asset.ENT) / 10**9),
        ("eeuro_supply", "gauge", "eEuro in existence.", supply(state, Asset.EEURO) / 10**9),
        ("network_energy_wh", "gauge", "Energy in all units.", imbalance(state).network_wh),
        ("imbalance_ent", "gauge", "ENT supply less backing.", difference(state) / 10**9),
        ("imbalance_rate", "gauge", "Rate R, ENT per kWh.", imbalance(state).rate / 10**9),
        ("validators", "gauge", "Validators of the next height.", len(node.app.parent.validators.members)),
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
            "Whether this validator signs nothing because of a doubt.",
            float(node.safe_mode is not None),
        ),
    ]
    lines = []
    for name, kind, meaning, value in figures:
        lines += [
            f"# HELP nodechain_{name} {meaning}",
            f"# TYPE nodechain_{name} {kind}",
            f"nodechain_{name} {value:.15g}",
        ]
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")
