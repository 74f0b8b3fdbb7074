"""Which terms of a scheme hold in a slot, and what of a point's energy counts in it (rules SC1 to SC3)."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.debts.pools import DebtPool
from ledger.errors import require_present
from ledger.sharing.schema import PARTICIPATIONS, SCHEMES, Participation, SchemeVersion
from ledger.state.overlay import State
from ledger.state.table import big_endian, newest_first

FOR_EVER: Final = 2**62

SCHEME_POOL: Final = 112
"""The kind of schemes' pools; the pool's number is the scheme's."""


def debt_pool(scheme: int) -> DebtPool:
    """What a scheme's members owe each other."""
    return DebtPool(SCHEME_POOL, scheme)


def pool_of(scheme: int) -> bytes:
    """The account that a scheme's payments pass through; nobody has a key to it."""
    return debt_pool(scheme).account


def version_at(state: State, scheme: int, slot: int) -> SchemeVersion | None:
    """The terms that hold in a slot; None before the scheme begins."""
    group = big_endian(scheme)
    key = next(state.scan(SCHEMES, group, after=group + newest_first(slot + 1)), None)
    return None if key is None else state.get(SCHEMES, key)


def version_of(state: State, scheme: int, slot: int) -> SchemeVersion:
    """The terms of a slot that was settled under them."""
    return require_present(version_at(state, scheme, slot), f"scheme {scheme} has no terms in slot {slot}")


def end_of(state: State, version: SchemeVersion) -> int:
    """The slot from which on other terms than these hold; far beyond all slots where none are known."""
    end = FOR_EVER
    for key in state.scan(SCHEMES, big_endian(version.scheme)):
        found = require_present(state.get(SCHEMES, key), "a version without an entry")
        if found.from_slot <= version.from_slot:
            break
        end = found.from_slot
    return end


def factor_at(participation: Participation, slot: int) -> int:
    """The share of the point's energy that counts in the scheme in a slot; 0 where it takes no part."""
    return next((change.factor for change in reversed(participation.changes) if change.from_slot <= slot), 0)


def factors_at(state: State, point: int, slot: int) -> dict[int, int]:
    """A point's shares in a slot by scheme, in rising order, those of 0 left out."""
    found = {}
    for key in state.keys(PARTICIPATIONS, big_endian(point)):
        factor = factor_at(require_present(state.get(PARTICIPATIONS, key), "a share without an entry"), slot)
        if factor:
            found[int.from_bytes(key[8:], "big")] = factor
    return found


def newest_version(context: Context, scheme: int) -> SchemeVersion | None:
    """The terms that a scheme has, or will have from a slot to come."""
    key = context.state.first(SCHEMES, big_endian(scheme))
    return None if key is None else context.state.get(SCHEMES, key)
