"""How invariants read the state; each subject has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from ledger.chain.expiries import kind_of
from ledger.chain.schema import ACCOUNT_COUNTERS, EXPIRIES, LOCKS, AccountCounter, DueKind, Expiry, Purpose
from ledger.errors import require
from ledger.state.full_key import NUMBER_BYTES, number_at_end
from ledger.state.overlay import Reader
from ledger.state.table import Table

T = TypeVar("T")


def entries(state: Reader, table: Table[T]) -> Iterator[tuple[bytes, T]]:
    """All entries of a table, decoded, in order of key."""
    for key, value in state.scan(table.number, b"", None):
        yield key, table.codec.decode_trusted(value)


def check_locks(state: Reader, purpose: Purpose, expected: Mapping[bytes, int]) -> None:
    """The locks of a purpose are what `expected` says by key of `LOCKS`: no more, no less, none of 0."""
    found = {key: value.amount for key, value in entries(state, LOCKS) if number_at_end(key) == purpose.number}
    for key in sorted({*found, *expected}):
        held, says = found.get(key, 0), expected.get(key, 0)
        require(held == says, f"a lock for {purpose.name} is {held}, what it is for says {says}")
    require(all(found.values()), f"a lock for {purpose.name} is 0 and has an entry")


def check_account_counters(state: Reader, kind: AccountCounter, expected: Mapping[bytes, int]) -> None:
    """The accounts' counts of a kind are what `expected` says by address."""
    found = {
        key[:-NUMBER_BYTES]: value.value
        for key, value in entries(state, ACCOUNT_COUNTERS)
        if number_at_end(key) == kind.number
    }
    for address in sorted({*found, *expected}):
        counted, says = found.get(address, 0), expected.get(address, 0)
        require(counted == says, f"an account's count of {kind.name} is {counted}, there are {says}")


def expiries_of(state: Reader, *kinds: DueKind) -> dict[bytes, Expiry]:
    """What waits for its time, of some kinds, by key of `EXPIRIES`."""
    numbers = {kind.number for kind in kinds}
    return {key: entry for key, entry in entries(state, EXPIRIES) if kind_of(key) in numbers}
