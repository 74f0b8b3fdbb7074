"""`nodechain doctor`: what may keep a node from making blocks, check by check."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from typing import Any, Final

import click

from ledger.errors import LedgerError
from ledger.selftest import check_ed25519_verifier
from nodechain.commands.errors import failure_of
from nodechain.commands.options import Invocation, command
from nodechain.commands.output import table
from nodechain.errors import HomeInUse, NodeError
from nodechain.home import Home
from nodechain.keystore import KeyDamaged
from nodechain.lock import HomeLock
from nodechain.network.cards import Cards
from nodechain.node import read_genesis
from nodechain.safe_mode import HOW_IT_ENDS

FREE_MIB: Final = 512
CLOCK_LIMIT_S: Final = 1_735_689_600
"""2025-01-01: a clock before this release was never set."""


@click.command()
@command
def doctor(invocation: Invocation) -> int:
    """Check home, keys, disk, clock, peers, port and node, and say why no block is made; 1 if a check fails."""
    checks: tuple[tuple[str, Callable[[Invocation], str]], ...] = (
        ("signature library", _library),
        ("clock", _clock),
        ("home", _home),
        ("genesis", _genesis),
        ("keys", _keys),
        ("disk", _disk),
        ("lock", _lock),
        ("peers", _peers),
        ("port", _port),
        ("node", _node),
    )
    found = [_checked(invocation, name, check) for name, check in checks]
    failed = [entry for entry in found if entry["result"] != "ok"]
    rows = [(entry["check"], entry["result"], entry["detail"]) for entry in found]
    advice = [f"{entry['check']}: {entry['advice']}" for entry in failed if entry["advice"]]
    text = "\n".join([table(("CHECK", "RESULT", "DETAIL"), rows), *([""] if advice else []), *advice])
    errors = [
        {"code": entry["result"], "detail": entry["detail"], "advice": entry["advice"], "exit_code": 1}
        for entry in failed
    ]
    invocation.show({"checks": found}, text, found, errors)
    return 1 if failed else 0


def _checked(invocation: Invocation, name: str, check: Callable[[Invocation], str]) -> dict[str, str]:
    try:
        return {"check": name, "result": "ok", "detail": check(invocation), "advice": ""}
    except (NodeError, LedgerError, OSError) as error:
        failure = failure_of(error)
        return {"check": name, "result": failure.code, "detail": failure.detail, "advice": failure.advice}


def _library(_invocation: Invocation) -> str:
    check_ed25519_verifier()
    return "libsodium answers the 12 edge cases as expected"


def _clock(_invocation: Invocation) -> str:
    if time.time() < CLOCK_LIMIT_S:
        raise NodeError("the clock was never set", code="clock_unset", advice="Set it; better, run an NTP client.")
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())


def _home(invocation: Invocation) -> str:
    Home(invocation.home).require_initialised()
    return str(invocation.home)


def _genesis(invocation: Invocation) -> str:
    return read_genesis(Home(invocation.home).genesis).chain_id


def _keys(invocation: Invocation) -> str:
    damaged = invocation.keystore.damaged()
    if damaged:
        raise KeyDamaged(f"{damaged[0].name}: {damaged[0].reason}")
    exposed = invocation.keystore.exposed()
    if exposed:
        raise NodeError(
            f"others may read {', '.join(exposed)}",
            code="key_exposed",
            advice=f"chmod 600 {invocation.keystore.directory}/*.json",
        )
    names = invocation.keystore.names()
    if invocation.config.validator not in names:
        raise NodeError(
            f"there is no key {invocation.config.validator} to validate with",
            code="no_key",
            advice="Name it: `nodechain config set validator NAME`. A home that only asks another node needs none.",
        )
    return f"{len(names)} keys"


def _disk(invocation: Invocation) -> str:
    free = shutil.disk_usage(invocation.home).free // 2**20
    if free < FREE_MIB:
        raise NodeError(f"{free} MiB are free, {FREE_MIB} should be", code="disk_low", advice="Make room, or move it.")
    return f"{free} MiB free"


def _lock(invocation: Invocation) -> str:
    try:
        HomeLock(Home(invocation.home).lock).release()
    except HomeInUse as error:
        return error.detail
    return "no process runs on this home"


def _port(invocation: Invocation) -> str:
    config = invocation.config
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.api_host, config.api_port))
        except OSError:
            return f"{config.api_port} is in use, perhaps by this node"
    return f"{config.api_port} is free"


def _peers(invocation: Invocation) -> str:
    home = Home(invocation.home)
    cards = Cards(home.peers, read_genesis(home.genesis).chain_id)
    known = cards.load()
    if cards.unreadable:
        name, reason = next(iter(cards.unreadable.items()))
        raise NodeError(f"{name}: {reason}", code="bad_card", advice="Ask the peer for its card again, or remove it.")
    return f"{len(known)} cards"


def _node(invocation: Invocation) -> str:
    return why_no_block(invocation.api.get("/v1/status"))


def why_no_block(status: dict[str, Any]) -> str:
    """What a running node waits for; raises `NodeError` where that is nothing ordinary."""
    state = f"height {status['height']}, {status['pool']['transactions']} transactions wait"
    if status["safe_mode"]:
        raise NodeError(
            f"{state}; safe mode: {status['safe_mode']}",
            code="safe_mode",
            advice=HOW_IT_ENDS,
        )
    if status["behind"]:
        return f"{state}; catching up, {status['behind']} blocks behind"
    connected = status["validators_connected"] + bool(status["validator"])
    if 3 * connected <= 2 * status["validators"] and status["validators"] > 1:
        raise NodeError(
            f"{state}; connected to {status['validators_connected']} of {status['validators']} validators",
            code="no_quorum",
            advice="A block needs more than two thirds of them. See `nodechain peers list`: do the others run, can "
            "their addresses be reached from here?",
        )
    if not status["validator"]:
        return state + "; this node follows, others make the blocks"
    if not status["signing"]:
        return state + "; this validator does not vote: it is in no set, or it waits for the others' answers"
    if status["round"]:
        return f"{state}; round {status['round']}: proposers before this one did not answer in time"
    if status["pool"]["transactions"]:
        return state + "; a block is due"
    return state + "; nothing waits, so the next block comes with the idle interval"
