"""What a node needs before it starts, check by check: the one list of `validate`, `node`, `dev` and `doctor`.

A node refuses to start with the first check that fails; the doctor shows all of them. A check changes nothing. What
lets a node start and still wants a person's attention is a `Finding` with an error that is told, not raised.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.genesis import Genesis
from ledger.chain.header import HEADER
from ledger.chain.protocol import planned_upgrade, version_at
from ledger.chain.schema import Upgrade
from ledger.chain.validator_set import ValidatorSet, load_validators
from ledger.keys.selftest import check_ed25519_verifier
from ledger.state.overlay import State
from nodechain.api.http.requests import EPOCH
from nodechain.api.server import ApiOptions, require_free_port, tls_context
from nodechain.certificates.check import RENEW_DAYS, read_certificates
from nodechain.chain.app import audit_rules
from nodechain.chain.journal_opening import look_at_journal
from nodechain.chain.safe_mode import HOW_IT_ENDS
from nodechain.clock import Clock
from nodechain.errors import DataDamaged, EnvironmentFailed, JournalMissing, NodeError, UpgradeRequired, storage_failed
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.home.lock import HomeLock
from nodechain.journal.wal import Wal
from nodechain.modules import REGISTRY
from nodechain.network.cards import Cards
from nodechain.network.identity import fingerprint, load
from nodechain.network.listener import bind
from nodechain.node import NodeOptions
from nodechain.store.store import Store

FREE_MIB: Final = 512
RELEASED_MS: Final = 1_735_689_600_000
"""2025-01-01: a clock before this release was never set."""
CLOCK_ADVICE: Final = (
    "Set it by a time service (timedatectl set-ntp true; chronyc tracking). Blocks of a validator whose clock is ahead "
    "are refused, and one whose clock is behind refuses the others'."
)


class Finding(msgspec.Struct, frozen=True):
    """What a check has seen; `trouble` does not keep the node from starting."""

    detail: str
    trouble: NodeError | None = None


class StoredChain(msgspec.Struct, frozen=True):
    """Where the stored chain ends; `next_version`: of the rules of the height after that, `plan`: what is planned."""

    height: int
    time_ms: int
    validators: ValidatorSet
    next_version: int
    plan: Upgrade | None


@dataclass(frozen=True)
class Start:
    """What is to be started. `validator`: the address whose votes it gives, None for a node that only follows."""

    home: Home
    options: NodeOptions
    api: ApiOptions
    validator: bytes | None
    clock: Clock

    @cached_property
    def genesis(self) -> Genesis:
        """Raises `DataDamaged` (bad_genesis)."""
        return read_genesis(self.home.genesis)

    @cached_property
    def chain(self) -> StoredChain | None:
        """The stored chain's end, audited; None before the first start. Raises `DataDamaged`, `WrongChain`."""
        if not self.home.data.is_dir() or not any(self.home.data.iterdir()):
            return None
        with Store.open(self.home.data, rules=audit_rules(self.genesis)) as store:
            head = store.head()
            stored = None if head is None else store.header(head.height)
            if stored is None:
                return None
            header = HEADER.decode(stored.header)
            state = State(store)
            return StoredChain(
                header.height,
                header.time_ms,
                load_validators(state),
                version_at(state, self.genesis, header.height + 1),
                planned_upgrade(state),
            )

    @property
    def validators(self) -> ValidatorSet:
        """Those of the next height."""
        if self.chain is not None:
            return self.chain.validators
        return genesis_block(Chain(REGISTRY, self.genesis)).executed.validators


class StartCheck(msgspec.Struct, frozen=True):
    """`needs`: checks without which it says nothing; `exclusive`: nor while a node runs and holds what it looks at."""

    name: str
    check: Callable[[Start], Finding]
    needs: tuple[str, ...] = ("home",)
    exclusive: bool = False


def _library(_start: Start) -> Finding:
    check_ed25519_verifier()
    return Finding("libsodium answers the 12 edge cases as expected")


def _home(start: Start) -> Finding:
    start.home.require_initialised()
    return Finding(str(start.home.path))


def _genesis(start: Start) -> Finding:
    return Finding(start.genesis.chain_id)


def _lock(start: Start) -> Finding:
    HomeLock(start.home.lock).release()
    return Finding("no process runs on this home")


def _writable(start: Start) -> Finding:
    """Tried, not asked for: rights, read-only file systems and quotas all show."""
    home = start.home
    folders = [folder for folder in (home.path, home.journal, home.data, home.peers) if folder.is_dir()]
    for folder in folders:
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise storage_failed(f"writing in {folder}", error) from error
    for path in _written_in_place(home):
        try:
            os.close(os.open(path, os.O_RDWR | os.O_NOFOLLOW))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise storage_failed(f"opening {path}", error) from error
    return Finding(f"{len(folders)} folders")


def _written_in_place(home: Home) -> Iterator[Path]:
    yield from (home.sign_state, home.wal, home.pending, home.data / "head")
    if (home.data / "chain").is_dir():
        yield from sorted((home.data / "chain").iterdir())


def _disk(start: Start) -> Finding:
    free = shutil.disk_usage(start.home.path).free // 2**20
    if free >= FREE_MIB:
        return Finding(f"{free} MiB free")
    trouble = NodeError(f"{free} MiB are free, {FREE_MIB} should be", code="disk_low", advice="Make room, or move it.")
    return Finding(trouble.detail, trouble)


def _certificate(start: Start) -> Finding:
    if tls_context(start.api) is None or start.api.certificate is None:
        return Finding("plain text")
    now = EPOCH + dt.timedelta(milliseconds=start.clock.wall_ms())
    left = (read_certificates(start.api.certificate)[0].not_valid_after_utc - now).days
    detail = f"{start.api.certificate}: {left} days left" if left >= 0 else f"{start.api.certificate} is over"
    if left >= RENEW_DAYS:
        return Finding(detail)
    advice = "Renew it; `nodechain tls check` tells more. The node takes the new files without a restart."
    return Finding(detail, EnvironmentFailed(detail, code="certificate_ends", advice=advice))


def _interface_port(start: Start) -> Finding:
    if start.api.port == 0:
        return Finding("any free port")
    require_free_port(start.api)
    return Finding(f"{start.api.port} is free")


def _peer_port(start: Start) -> Finding:
    p2p = start.options.p2p
    if p2p is None or p2p.port == 0:
        return Finding("none" if p2p is None else "any free port")
    bind(p2p.host, p2p.port).close()
    return Finding(f"{p2p.port} is free")


def _identity(start: Start) -> Finding:
    return Finding(fingerprint(load(start.home.node).node_id))


def _cards(start: Start) -> Finding:
    cards = Cards(start.home.peers, start.genesis.chain_id)
    known = cards.load()
    for name, reason in cards.unreadable.items():
        advice = "Ask the peer for its card again, or remove it."
        return Finding(name, NodeError(f"{name}: {reason}", code="bad_card", advice=advice))
    if not known and len(start.genesis.validators) > 1 and not (start.home.peers / "introductions").exists():
        advice = "Take in the card of another member's node: `nodechain peers add FILE`."
        return Finding("no cards", NodeError("this node knows no peer", code="no_cards", advice=advice))
    return Finding(f"{len(known)} cards")


def _chain(start: Start) -> Finding:
    chain = start.chain
    return Finding("empty: begins with the first start" if chain is None else f"sound up to height {chain.height}")


def _protocol(start: Start) -> Finding:
    chain, known = start.chain, REGISTRY.newest
    if chain is None:
        return Finding(f"versions up to {known} are known")
    plan = chain.plan
    if chain.next_version > known:
        raise UpgradeRequired(chain.height + 1, chain.next_version, known, "" if plan is None else plan.release)
    if plan is not None and plan.version > known:
        ahead = UpgradeRequired(plan.height, plan.version, known, plan.release)
        ahead.advice = f"Install {plan.release or 'a newer release of nodechain'} before height {plan.height}."
        return Finding(f"version {plan.version} is planned for height {plan.height}", ahead)
    return Finding(f"version {chain.next_version}; {known} is known")


def _clock(start: Start) -> Finding:
    now_ms, chain = start.clock.wall_ms(), start.chain
    if start.genesis.simulated_clock:
        return Finding("the chain's clock is simulated")
    if now_ms < RELEASED_MS:
        raise EnvironmentFailed("the clock was never set", code="clock_unset", advice=CLOCK_ADVICE)
    behind_ms = 0 if chain is None else chain.time_ms - now_ms
    if behind_ms > start.genesis.drift_ms:
        detail = f"the newest block is {behind_ms / 1000:.1f} s ahead of this machine's clock"
        return Finding(detail, EnvironmentFailed(detail, code="clock_wrong", advice=CLOCK_ADVICE))
    return Finding("not behind the newest block")


def _journal(start: Start) -> Finding:
    if start.validator is None:
        return Finding("none needed: this node follows")
    if start.options.unsafe_resume:
        return Finding("written anew: unsafe resume")
    height = 0 if start.chain is None else start.chain.height
    recovered = look_at_journal(start.home, height, start.validators, start.validator)
    if recovered.risk is None:
        return Finding(f"signed last at height {recovered.last.height}")
    trouble = JournalMissing(recovered.risk.value, code="safe_mode", advice=HOW_IT_ENDS)
    return Finding(f"safe mode: {recovered.risk.value}", trouble)


def _pending(start: Start) -> Finding:
    try:
        waiting = Wal.look(start.home.pending).payloads
    except JournalMissing:
        return Finding("none")
    except DataDamaged as error:
        advice = "The next start keeps the file under another name and takes over what stands before the damage."
        return Finding("damaged", DataDamaged(error.detail, code="pending_damaged", advice=advice))
    return Finding(f"{len(waiting)} kept")


START_CHECKS: Final = (
    StartCheck("signature library", _library, needs=()),
    StartCheck("home", _home, needs=()),
    StartCheck("genesis", _genesis),
    StartCheck("lock", _lock, exclusive=True),
    StartCheck("writable", _writable),
    StartCheck("disk", _disk),
    StartCheck("interface certificate", _certificate),
    StartCheck("interface port", _interface_port, exclusive=True),
    StartCheck("peer port", _peer_port, exclusive=True),
    StartCheck("identity", _identity),
    StartCheck("cards", _cards, needs=("home", "genesis")),
    StartCheck("chain", _chain, needs=("home", "genesis", "writable"), exclusive=True),
    StartCheck("protocol", _protocol, needs=("genesis", "chain"), exclusive=True),
    StartCheck("clock", _clock, needs=("genesis", "chain"), exclusive=True),
    StartCheck("journal", _journal, needs=("genesis", "chain"), exclusive=True),
    StartCheck("waiting transactions", _pending, needs=("home", "writable"), exclusive=True),
)
"""In the order in which a start meets them."""


def require_startable(start: Start) -> list[Finding]:
    """Run all checks; what wants attention. Raises the error of the first that fails."""
    findings = [check.check(start) for check in START_CHECKS]
    return [finding for finding in findings if finding.trouble is not None]
