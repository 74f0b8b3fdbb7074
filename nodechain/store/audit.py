"""The audit at start: is what the store holds a chain, and does its state hash to what its head says?

The store does not know headers or trees; the caller brings functions that do. The head file has been compared
before (`nodechain.store.head_file.compare`). Any failure is `DataDamaged`, names the height, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ledger.errors import LedgerError
from nodechain.errors import DataDamaged, WrongChain
from nodechain.store.layout import Head
from nodechain.store.view import StoreView


class HeaderFacts(msgspec.Struct, frozen=True):
    """What the audit must know of a header; `block_hash` is computed from the bytes."""

    height: int
    block_hash: bytes
    parent: bytes
    state_root: bytes


class AuditRules(msgspec.Struct, frozen=True):
    """How the caller reads its own bytes. Its functions raise a `LedgerError` or ValueError at bytes that are bad."""

    facts: Callable[[bytes], HeaderFacts]
    root_of_buckets: Callable[[Iterator[tuple[int, bytes]]], bytes] | None = None
    """State root from the stored buckets of the state tree."""
    root_of_entries: Callable[[Iterator[tuple[bytes, bytes]]], bytes] | None = None
    """State root from the state entries themselves: slower, finds entries and buckets that disagree."""
    genesis_hash: bytes | None = None
    """Block hash of height 0, if the caller knows which chain it wants."""
    blocks: int = 100
    """How many of the newest blocks are checked."""


class AuditReport(msgspec.Struct, frozen=True):
    """What was checked, for the log."""

    head: Head | None
    blocks: int


def audit(store: StoreView, rules: AuditRules) -> AuditReport:
    """Check the newest blocks and the state. Raises `DataDamaged` or `WrongChain`."""
    head = store.head()
    if head is None:
        return AuditReport(None, 0)
    genesis = store.header(0)
    if rules.genesis_hash is not None and (genesis is None or genesis.block_hash != rules.genesis_hash):
        found = "nothing" if genesis is None else genesis.block_hash.hex()
        raise WrongChain(f"the store begins with block {found}, the genesis is {rules.genesis_hash.hex()}")
    base = store.base()
    first = max(base if base > 1 else 0, head.height - rules.blocks + 1)
    newest = _audit_chain(store, rules, first, head)
    if newest.state_root != head.state_root:
        raise DataDamaged(f"the header of height {head.height} has another state root than the head entry")
    _audit_state(store, rules, head)
    return AuditReport(head, head.height - first + 1)


def _audit_chain(store: StoreView, rules: AuditRules, first: int, head: Head) -> HeaderFacts:
    parent: bytes | None = None
    newest: HeaderFacts | None = None
    for stored in store.headers(first, head.height):
        try:
            facts = rules.facts(stored.header)
        except (LedgerError, ValueError) as error:
            raise DataDamaged(f"the header of height {stored.height} cannot be read: {error}") from error
        if facts.height != stored.height:
            raise DataDamaged(f"the header stored at height {stored.height} says that it has height {facts.height}")
        if facts.block_hash != stored.block_hash or store.height_of(facts.block_hash) != stored.height:
            raise DataDamaged(f"the header of height {stored.height} does not have the hash it is stored under")
        if parent is not None and facts.parent != parent:
            raise DataDamaged(f"the block of height {stored.height} does not continue the one before it")
        if store.block(stored.height) is None:
            raise DataDamaged(f"the block of height {stored.height} is missing")
        store.receipts(stored.height)
        parent, newest = facts.block_hash, facts
    if newest is None or newest.block_hash != head.block_hash:
        raise DataDamaged(f"the head entry names another block than the one stored at height {head.height}")
    return newest


def _audit_state(store: StoreView, rules: AuditRules, head: Head) -> None:
    roots: list[tuple[str, bytes]] = []
    try:
        if rules.root_of_buckets is not None:
            roots.append(("state tree", rules.root_of_buckets(store.buckets())))
        if rules.root_of_entries is not None:
            roots.append(("state", rules.root_of_entries(store.state_entries())))
    except (LedgerError, ValueError) as error:
        raise DataDamaged(f"the state of height {head.height} cannot be read: {error}") from error
    for what, root in roots:
        if root != head.state_root:
            raise DataDamaged(f"the {what} of height {head.height} hashes to {root.hex()}, not {head.state_root.hex()}")
