"""What the ledger executes: a table of modules that is passed in (rule X7).

The ledger's own module is in `ledger.module`; the market brings another. A new transaction type is a payload, a
handler, and one line in its module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union

import msgspec

from ledger.codec import Codec, Value
from ledger.context import Context, Hooks
from ledger.errors import InclusionError, InvalidInput, require
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.params import ParameterRule
from ledger.schema import ACCOUNT_COUNTERS, LOCKS, AccountCounter, Purpose, Table
from ledger.state import Reader
from ledger.transactions.envelope import Transaction
from ledger.types import Event, Receipt

K = TypeVar("K")
V = TypeVar("V")

MAX_RECEIPT_BYTES = 64 * 1024 * 1024
"""Receipts are made by the node itself; the bound only stops nonsense."""


@dataclass(frozen=True, slots=True)
class TransactionType:
    """One type: its number and name are part of the protocol; `handler` raises `Refused` to fail it.

    `for_leavers`: who lost a role and is no member may still send it, because it only frees or moves its own (N5).
    """

    number: int
    name: str
    payload: type[Value]
    handler: Callable[[Context, Any], None]
    for_leavers: bool = False
    codec: Codec[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codec", Codec(self.payload, MAX_TRANSACTION_BYTES))


@dataclass(frozen=True, slots=True)
class Module:
    """What one package adds: types, tables, events, parameters, what tokens are locked for, what is counted for each
    account, what falls due, what is swept over blocks, hooks, invariants."""

    name: str
    types: tuple[TransactionType, ...]
    tables: tuple[Table[Any], ...]
    events: tuple[type[Event], ...]
    parameters: tuple[ParameterRule, ...]
    purposes: tuple[Purpose, ...] = ()
    counters: tuple[AccountCounter, ...] = ()
    expiries: tuple[tuple[int, Callable[[Context, bytes], None]], ...] = ()
    sweeps: tuple[tuple[int, Callable[[Context, bytes], bool]], ...] = ()
    expelled: tuple[Callable[[Context, bytes], None], ...] = ()
    parameter_checks: tuple[Callable[[Context, str, int], None], ...] = ()
    parameter_changes: tuple[Callable[[Context, str], None], ...] = ()
    invariants: tuple[Callable[[Reader], None], ...] = ()


class Registry:
    """The modules joined: lookup of types, tables, parameters; decoding of transactions and receipts."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        self.types = _by("type number", [(kind.number, kind) for module in modules for kind in module.types])
        self.tables = _by("table number", [(table.number, table) for module in modules for table in module.tables])
        self.events = tuple(event for module in modules for event in module.events)
        self.parameters = _by("parameter", [(rule.name, rule) for module in modules for rule in module.parameters])
        purposes = [purpose for module in modules for purpose in module.purposes]
        self.purposes = _by("purpose number", [(purpose.number, purpose) for purpose in purposes])
        _by("purpose", [(purpose.name, purpose) for purpose in purposes])
        counters = [counter for module in modules for counter in module.counters]
        self.counters = _by("counter number", [(counter.number, counter) for counter in counters])
        _by("counter", [(counter.name, counter) for counter in counters])
        self.invariants = (*(check for module in modules for check in module.invariants), self._check_numbers)
        self.hooks = Hooks(
            self.parameters,
            _by("kind of expiry", [expiry for module in modules for expiry in module.expiries]),
            _by("kind of sweep", [sweep for module in modules for sweep in module.sweeps]),
            tuple(hook for module in modules for hook in module.expelled),
            tuple(hook for module in modules for hook in module.parameter_checks),
            tuple(hook for module in modules for hook in module.parameter_changes),
            frozenset(kind.number for module in modules for kind in module.types if kind.for_leavers),
        )
        self.receipts: Codec[Receipt] = Codec(_receipt_type(self.events), MAX_RECEIPT_BYTES)

    def decode(self, raw: bytes) -> Transaction:
        """A transaction of a known type with its payload; raises `InvalidInput`, or `InclusionError` (unknown_type)."""
        transaction = Transaction(raw)
        kind = self.types.get(transaction.envelope.type)
        if kind is None:
            raise InclusionError(f"transaction type {transaction.envelope.type} is unknown", code="unknown_type")
        transaction.payload = kind.codec.decode(transaction.envelope.payload)
        return transaction

    def type_of(self, name: str) -> TransactionType:
        """The type of a name."""
        for kind in self.types.values():
            if kind.name == name:
                return kind
        raise InvalidInput(f"no transaction type is named {name}")

    def _check_numbers(self, state: Reader) -> None:
        """Every lock and every account counter is of a purpose or kind that a module brought (Z8)."""
        for table, known in ((LOCKS, self.purposes), (ACCOUNT_COUNTERS, self.counters)):
            for key, _value in state.scan(table.number, b"", None):
                require(key[-1] in known, f"the table {table.name} has an entry of an unknown kind")

    def table_of(self, name: str) -> Table[Any]:
        """The table of a name."""
        for table in self.tables.values():
            if table.name == name:
                return table
        raise InvalidInput(
            f"no table is named {name}; there are {', '.join(sorted(t.name for t in self.tables.values()))}"
        )


def _by(what: str, named: list[tuple[K, V]]) -> dict[K, V]:
    """The values by their key; two modules that take the same one would overwrite each other: `BrokenInvariant`."""
    found = dict(named)
    require(len(found) == len(named), f"a {what} is taken twice")
    return found


def _receipt_type(events: tuple[type[Event], ...]) -> Any:
    """`Receipt` with its events typed as the union of all registered ones, so that it can be decoded."""
    union: Any = Union.__getitem__(events)
    return msgspec.defstruct("Receipt", [("events", tuple[union, ...])], bases=(Receipt,), frozen=True, array_like=True)
