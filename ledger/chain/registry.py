"""What the ledger executes: a table of modules that is passed in (rule X7).

Each subject has one in its `module.py`; `nodechain.modules` joins them. A new transaction type is a payload, a handler,
and one line in its module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar, Union

import msgspec

from ledger.chain.context import Context
from ledger.chain.decision import Decision
from ledger.chain.envelope import Transaction
from ledger.chain.header import Event, Receipt
from ledger.chain.hooks import Hook, Hooks, by_point
from ledger.chain.numbers import Places
from ledger.chain.parameters import ParameterRule
from ledger.chain.postings import Holdings, Posting, Postings
from ledger.chain.schema import ACCOUNT_COUNTERS, COUNTERS, LOCKS, AccountCounter, DueKind, Purpose, SweepKind
from ledger.chain.section import Section
from ledger.chain.sender import SenderRule
from ledger.codes import NO_CODES, Codes
from ledger.encoding.codec import Codec, Value
from ledger.errors import InclusionError, InvalidInput, require
from ledger.keys.address import ADDRESS_BYTES
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.state.overlay import Reader
from ledger.state.table import Table

K = TypeVar("K")
V = TypeVar("V")

MAX_ACTION_BYTES = 1024

MAX_RECEIPT_BYTES = 64 * 1024 * 1024
"""Receipts are made by the node itself; the bound only stops nonsense."""


@dataclass(frozen=True, slots=True)
class TransactionType:
    """One type: its number and name are part of the protocol; `handler` raises `Refused` to fail it.

    `sender` says who may send it. `for_leavers`: who lost a role and is no member may still send it, because it only
    frees or moves its own (N5); `for_expelled`: an expelled member may.
    """

    number: int
    name: str
    payload: type[Value]
    handler: Callable[[Context, Any], None]
    sender: SenderRule
    for_leavers: bool = False
    for_expelled: bool = False
    codec: Codec[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codec", Codec(self.payload, MAX_TRANSACTION_BYTES))


@dataclass(frozen=True, slots=True)
class Module:
    """All that a subject brings, its table of contents.

    Its numbers follow from `places`. What tokens are locked for and what is counted for each account are `purposes` and
    `counters`; `series` are the names under which it numbers or counts in `COUNTERS`; `due` and `sweeps` are kinds
    with what is done; `hooks` its parts of other modules' rules; `limits` and `weights` its tables of these; `codes`
    what its refusals mean.
    """

    name: str
    places: Places
    types: tuple[TransactionType, ...] = ()
    tables: tuple[Table[Any], ...] = ()
    events: tuple[type[Event], ...] = ()
    postings: Postings = field(default_factory=lambda: MappingProxyType({}))
    holdings: tuple[Holdings, ...] = ()
    parameters: tuple[ParameterRule, ...] = ()
    decisions: tuple[Decision, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    counters: tuple[AccountCounter, ...] = ()
    series: tuple[bytes, ...] = ()
    due: tuple[tuple[DueKind, Callable[[Context, bytes], None]], ...] = ()
    sweeps: tuple[tuple[SweepKind, Callable[[Context, bytes], bool]], ...] = ()
    hooks: tuple[Hook, ...] = ()
    invariants: tuple[Callable[[Reader], None], ...] = ()
    section: Section[Any] | None = None
    limits: ModuleType | None = None
    weights: ModuleType | None = None
    codes: Codes = NO_CODES


class Registry:
    """The modules joined: lookup of types, tables, parameters; decoding of transactions and receipts."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        _check_places(modules)
        decisions = [decision for module in modules for decision in module.decisions]
        _by("number of an action", [(_tag_of(decision.action), decision) for decision in decisions])
        _by("action", [(decision.action.__name__, decision) for decision in decisions])
        types = [_reading_actions(kind, decisions) for module in modules for kind in module.types]
        self.types = _by("type number", [(kind.number, kind) for kind in types])
        _by("type", [(kind.name, kind) for kind in types])
        _by("table", [(table.name, table) for module in modules for table in module.tables])
        self.tables = _by("table number", [(table.number, table) for module in modules for table in module.tables])
        self.events = tuple(event for module in modules for event in module.events)
        _by("number of an event", [(_tag_of(event), event) for event in self.events])
        _by("event", [(event.__name__, event) for event in self.events])
        self.parameters = _by("parameter", [(rule.name, rule) for module in modules for rule in module.parameters])
        purposes = [purpose for module in modules for purpose in module.purposes]
        self.purposes = _by("purpose number", [(purpose.number, purpose) for purpose in purposes])
        _by("purpose", [(purpose.name, purpose) for purpose in purposes])
        counters = [counter for module in modules for counter in module.counters]
        self.counters = _by("counter number", [(counter.number, counter) for counter in counters])
        _by("counter", [(counter.name, counter) for counter in counters])
        series = [(name, module.name) for module in modules for name in module.series]
        self.series = frozenset(_by("series of numbers", series))
        limits = [limit for module in modules for limit in constants(module.limits).items()]
        self.limits = _by("limit", limits)
        weights = [weight for module in modules for weight in constants(module.weights).items()]
        self.weights = _by("weight", weights)
        self.codes = _by("code", [code for module in modules for code in module.codes.meanings()])
        self.invariants = (*(check for module in modules for check in module.invariants), self._check_numbers)
        self.actions: Codec[Any] = Codec(_union(decision.action for decision in decisions), MAX_ACTION_BYTES)
        self.hooks = Hooks(
            self.parameters,
            _by_number("what falls due", [due for module in modules for due in module.due]),
            _by_number("sweep", [sweep for module in modules for sweep in module.sweeps]),
            {number: kind.sender for number, kind in self.types.items()},
            {decision.action: decision for decision in decisions},
            self.actions,
            frozenset(kind.number for kind in self.types.values() if kind.for_leavers),
            frozenset(kind.number for kind in self.types.values() if kind.for_expelled),
            by_point(hook for module in modules for hook in module.hooks),
        )
        self._postings = _by("posting", [entry for module in modules for entry in module.postings.items()])
        require(set(self._postings) == set(self.events), "an event has no postings, or postings no event")
        self._holdings = tuple(holdings for module in modules for holdings in module.holdings)
        sections = [module.section for module in modules if module.section is not None]
        self.sections = tuple(_by("section", [(section.name, section) for section in sections]).values())
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

    def postings_of(self, event: Event, fee_asset: int) -> Iterable[Posting]:
        """What an event of a module moves (R2)."""
        return self._postings[type(event)](event, fee_asset)

    def holdings(self, state: Reader) -> Iterator[Posting]:
        """What the state says that everybody has; a fold of all postings since the genesis comes to the same."""
        return (line for holdings in self._holdings for line in holdings(state, self.purposes))

    def _check_numbers(self, state: Reader) -> None:
        """Every lock and every account counter is of a purpose or kind that a module brought (Z8)."""
        for table, known in ((LOCKS, self.purposes), (ACCOUNT_COUNTERS, self.counters)):
            for key, _value in state.scan(table.number, b"", None):
                require(key[-1] in known, f"the table {table.name} has an entry of an unknown kind")
        for key, _value in state.scan(COUNTERS.number, b"", None):
            known_name = key in self.series or key[:-ADDRESS_BYTES] in self.series
            require(known_name, f"the table {COUNTERS.name} has an entry of an unknown name")

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


def _by_number(what: str, brought: list[tuple[DueKind, V]] | list[tuple[SweepKind, V]]) -> dict[int, V]:
    _by(f"name of {what}", [(kind.name, kind) for kind, _function in brought])
    return _by(f"number of {what}", [(kind.number, function) for kind, function in brought])


def _check_places(modules: tuple[Module, ...]) -> None:
    """No two modules have a place or a name in common, and every number lies in its module's places."""
    _by("name of a module", [(module.name, module) for module in modules])
    _by("place", [(place, module) for module in modules for place in module.places.taken])
    for module in modules:
        for what, number in _numbers_in_keys(module):
            _in_places(module, what, number, module.places.in_keys)
        for what, tag in _numbers_in_values(module):
            _in_places(module, what, tag, module.places.in_values)


def _in_places(module: Module, what: str, number: object, places: range) -> None:
    require(
        number in places,
        f"{module.name} numbers {what} {number}, its numbers for that are {places.start} to {places.stop - 1}",
    )


def _numbers_in_keys(module: Module) -> Iterator[tuple[str, int]]:
    yield from ((f"the table {table.name}", table.number) for table in module.tables)
    yield from ((f"the purpose {purpose.name}", purpose.number) for purpose in module.purposes)
    yield from ((f"the counter {counter.name}", counter.number) for counter in module.counters)
    yield from ((f"what falls due, {kind.name},", kind.number) for kind, _function in module.due)
    yield from ((f"the sweep {kind.name}", kind.number) for kind, _function in module.sweeps)


def _numbers_in_values(module: Module) -> Iterator[tuple[str, object]]:
    yield from ((f"the type {kind.name}", kind.number) for kind in module.types)
    yield from ((f"the event {event.__name__}", _tag_of(event)) for event in module.events)
    yield from ((f"the action {made.action.__name__}", _tag_of(made.action)) for made in module.decisions)


def constants(table: ModuleType | None) -> dict[str, int]:
    """The named numbers of a table of limits or weights."""
    return {} if table is None else {name: value for name, value in vars(table).items() if name.isupper()}


def _receipt_type(events: tuple[type[Event], ...]) -> Any:
    """`Receipt` with its events typed as the union of all registered ones, so that it can be decoded."""
    union: Any = _union(events)
    return msgspec.defstruct("Receipt", [("events", tuple[union, ...])], bases=(Receipt,), frozen=True, array_like=True)


def _reading_actions(kind: TransactionType, decisions: list[Decision]) -> TransactionType:
    """A type whose payload has an action reads it as of a class that some module lets voters decide."""
    if "action" not in kind.payload.__struct_fields__:
        return kind
    union = _union(decision.action for decision in decisions)
    payload: Any = msgspec.defstruct(
        kind.payload.__name__, [("action", union)], bases=(kind.payload,), frozen=True, array_like=True
    )
    found = replace(kind)
    object.__setattr__(found, "codec", Codec(payload, MAX_TRANSACTION_BYTES))
    return found


def _union(classes: Iterable[type[Value]]) -> Any:
    found = tuple(classes)
    return Union.__getitem__(found) if found else Value


def _tag_of(kind: type[Value]) -> object:
    return kind.__struct_config__.tag
