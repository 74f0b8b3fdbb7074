"""`nodechain doctor`: what may keep a node from making blocks, check by check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click
import msgspec

from ledger.chain.validator_set import validator_address
from ledger.errors import LedgerError
from ledger.keys.keyfile import KeyKind
from nodechain.chain.safe_mode import HOW_IT_ENDS
from nodechain.client.answers.status import StatusView
from nodechain.clock import SystemClock
from nodechain.commands.running.run import api_options
from nodechain.commands.running.start_checks import CLOCK_ADVICE, START_CHECKS, Finding, Start, StartCheck
from nodechain.commands.terminal.errors import failure_of
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import table
from nodechain.commands.validate import node_options
from nodechain.errors import BadAnswer, EnvironmentFailed, HomeInUse, NodeError, Unreachable, WrongChain
from nodechain.home.home import Home
from nodechain.home.keystore import KeyDamaged
from nodechain.home.lock import HomeLock
from nodechain.network.clock_offset import Offset

CLIENT_CHECKS: Final = ("signature library",)
"""Of a home that only asks another node."""


class CheckResult(msgspec.Struct, frozen=True):
    """What a check says: `result` is 'ok' or the code of what is wrong."""

    check: str
    result: str
    detail: str
    advice: str = ""

    @property
    def row(self) -> dict[str, str]:
        """For JSON and CSV."""
        return {"check": self.check, "result": self.result, "detail": self.detail, "advice": self.advice}


@click.command()
@command
def doctor(invocation: Invocation) -> int:
    """Check all that a node needs to start, and the node that runs; say why no block is made; 1 if a check fails.

    The checks are those that `validate` and `node` make when they start. A home without a chain's genesis or node is a
    client's: its keys and the node that it asks are looked at.
    """
    found = [*_start_checks(invocation), _checked("keys", lambda: _keys(invocation))]
    found += _running_checks(invocation, found)
    failed = [entry for entry in found if entry.result != "ok"]
    rows = [(entry.check, entry.result, entry.detail) for entry in found]
    advice = [f"{entry.check}: {entry.advice}" for entry in failed if entry.advice]
    text = "\n".join([table(("CHECK", "RESULT", "DETAIL"), rows), *([""] if advice else []), *advice])
    errors = [
        {"code": entry.result, "detail": entry.detail, "advice": entry.advice, "exit_code": 1} for entry in failed
    ]
    shown = [entry.row for entry in found]
    invocation.show({"checks": shown}, text, shown, errors)
    return 1 if failed else 0


def _start_checks(invocation: Invocation) -> list[CheckResult]:
    home = Home(invocation.home)
    if home.is_clients:
        checks = [check for check in START_CHECKS if check.name in CLIENT_CHECKS]
        client = CheckResult("home", "ok", f"{home.path}, a client's: it asks {invocation.config.node}")
        return [*(_looked_at(check, _start(invocation), {}, "") for check in checks), client]
    start, owner, found = _start(invocation), _owner(home), dict[str, CheckResult]()
    for check in START_CHECKS:
        found[check.name] = _looked_at(check, start, found, owner)
    return list(found.values())


def _start(invocation: Invocation) -> Start:
    home, config = Home(invocation.home), invocation.config
    return Start(home, node_options(config), api_options(config), _validator(invocation), SystemClock())


def _looked_at(check: StartCheck, start: Start, found: dict[str, CheckResult], owner: str) -> CheckResult:
    failed = [name for name in check.needs if name in found and found[name].result != "ok"]
    if failed:
        return CheckResult(check.name, "not_checked", f"not before this is right: {', '.join(failed)}")
    if check.exclusive and owner:
        return CheckResult(check.name, "ok", owner)
    return _checked(check.name, lambda: check.check(start))


def _checked(name: str, check: Callable[[], Finding]) -> CheckResult:
    try:
        finding = check()
    except (NodeError, LedgerError, OSError) as error:
        failure = failure_of(error)
        return CheckResult(name, failure.code, failure.detail, failure.advice)
    if finding.trouble is None:
        return CheckResult(name, "ok", finding.detail)
    return CheckResult(name, finding.trouble.code, finding.trouble.detail, finding.trouble.advice)


def _owner(home: Home) -> str:
    """Who runs on this home; empty if nobody does."""
    if not home.lock.exists():
        return ""
    try:
        HomeLock(home.lock).release()
    except HomeInUse as error:
        return error.detail
    except NodeError:
        return ""
    return ""


def _validator(invocation: Invocation) -> bytes | None:
    """The address of the validator's key in this home; without one it can only follow."""
    try:
        key = invocation.keystore.get(invocation.config.validator)
    except NodeError:
        return None  # None of that name, or damaged: the check of the keys says so.
    return validator_address(key.public_key[1:]) if key.kind == KeyKind.VALIDATOR else None


def _keys(invocation: Invocation) -> Finding:
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
    if Home(invocation.home).is_clients or invocation.config.validator in names:
        return Finding(f"{len(names)} keys")
    return Finding(f"{len(names)} keys, none called {invocation.config.validator}: it can follow, not validate")


def _running_checks(invocation: Invocation, found: list[CheckResult]) -> list[CheckResult]:
    status: dict[str, Any] = {}
    node = _checked("node", lambda: _node(invocation, found, status))
    clock = (
        _checked("peers' clocks", lambda: _offset(status))
        if status
        else CheckResult("peers' clocks", "ok", "no node yet")
    )
    return [clock, node]


def _node(invocation: Invocation, found: list[CheckResult], answered: dict[str, Any]) -> Finding:
    """The node that the home's commands ask: it must be of the home's chain. Its status goes into `answered`."""
    try:
        status = invocation.node.status()
    except BadAnswer:
        raise
    except Unreachable:
        home = Home(invocation.home)
        if home.is_clients or not home.is_initialised or _owner(home):
            raise
        return Finding("not running: nothing is wrong with that" if _all_is_well(found) else "not running")
    home = Home(invocation.home)
    if home.is_initialised:
        chain_id = next((entry.detail for entry in found if entry.check == "genesis" and entry.result == "ok"), "")
        if chain_id and status["chain_id"] != chain_id:
            raise WrongChain(
                f"{invocation.config.node} is a node of {status['chain_id']}, this home is of {chain_id}",
                advice="Name this chain's node: `nodechain config set node URL`; and is another program on the port?",
            )
    answered.update(status)
    return Finding(why_no_block(status))


def _offset(status: dict[str, Any]) -> Finding:
    """The running node's clock against its peers and the newest block."""
    if status["clock_ahead_ms"] is None:
        return Finding("simulated" if status["simulated_clock"] else "compared with nobody")
    offset = Offset(status["clock_ahead_ms"], status["clock_peers"])
    if abs(offset.ahead_ms) > status["clock_limit_ms"]:
        raise EnvironmentFailed(offset.text, code="clock_wrong", advice=CLOCK_ADVICE)
    return Finding(f"agrees with {offset.peers} peers")


def _all_is_well(found: list[CheckResult]) -> bool:
    return all(entry.result == "ok" for entry in found)


def why_no_block(status: StatusView) -> str:
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
    return state + "; nothing waits, so the next block comes when something falls due, or with the heartbeat"
