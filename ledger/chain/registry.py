"""What the ledger executes: a table of modules that is passed in (rule X7).

Each subject has one in its `module.py`; `nodechain.modules` joins them. A new transaction type is a payload, a handler,
and one line in its module.

A registry knows all that was ever brought, so that old bytes are read for ever; which of it holds at a height is what
`in_force` gives for a protocol version and the modules that are on (O9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar, Union

import msgspec

from ledger.chain.context import Context
from ledger.chain.decision import Decision
from ledger.chain.delegation import Uses
from ledger.chain.envelope import Transaction
from ledger.chain.header import Event, Receipt
from ledger.chain.hooks import Hook, Hooks, by_point
from ledger.chain.numbers import Places
from ledger.chain.parameters import ParameterRule
from ledger.chain.points import FIRST_STATE
from ledger.chain.postings import Holdings, Posting, Postings
from ledger.chain.schema import ACCOUNT_COUNTERS, COUNTERS, LOCKS, AccountCounter, DueKind, Purpose, SweepKind
from ledger.chain.section import Section
from ledger.chain.sender import SenderRule
from ledger.chain.topics import Topics
from ledger.codes import NO_CODES, Codes
from ledger.encoding.codec import Codec, Value
from ledger.errors import InclusionError, InvalidInput, UnknownVersion, require
from ledger.keys.address import ADDRESS_BYTES
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.state.full_key import number_at_end
from ledger.state.overlay import Reader
from ledger.state.table import Table

K = TypeVar("K")
V = TypeVar("V")

MAX_ACTION_BYTES = 16 * 1024

MAX_RECEIPT_BYTES = 64 * 1024 * 1024
"""Receipts are made by the node itself; the bound only stops nonsense."""


@dataclass(frozen=True, slots=True)
class TransactionType:
    """One type: its number and name are part of the protocol; `handler` raises `Refused` to fail it.

    `sender` says who may send it. `for_leavers`: who lost a role and is no member may still send it, because it only
    frees or moves its own (N5); `for_expelled`: an expelled member may. `on_behalf`: who acts for an account without
    a key may send it in its name (GP15). `uses`: what it uses of the limits of who sends it for an owner; without
    it nobody may (AG4).
    """

    number: int
    name: str
    payload: type[Value]
    handler: Callable[[Context, Any], None]
    sender: SenderRule
    for_leavers: bool = False
    for_expelled: bool = False
    on_behalf: bool = False
    uses: Uses | None = None
    codec: Codec[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codec", Codec(self.payload, MAX_TRANSACTION_BYTES))


@dataclass(frozen=True, slots=True)
class Module:
    """All that a subject brings, its table of contents.

    Its numbers follow from `places`. What tokens are locked for and what is counted for each account are `purposes` and
    `counters`; `series` are the names under which it numbers or counts in `COUNTERS`; `topics` what its receipts are
    found by; `due` and `sweeps` are kinds with what is done; `hooks` its parts of other modules' rules; `limits` and
    `weights` its tables of these; `codes` what its refusals mean.

    A module whose section is optional is on where its section is; one without a section always, or with the one that
    it is `part_of`. What a subject brings from a later protocol version on is another part of the same name, with that
    version in `since`. A rule that changes keeps its old form: `changes` of the part say which function stands from
    then on where earlier parts name the old one.
    """

    name: str
    places: Places
    since: int = 1
    part_of: str = ""
    changes: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = ()
    types: tuple[TransactionType, ...] = ()
    tables: tuple[Table[Any], ...] = ()
    events: tuple[type[Event], ...] = ()
    postings: Postings = field(default_factory=lambda: MappingProxyType({}))
    topics: Topics = field(default_factory=lambda: MappingProxyType({}))
    holdings: tuple[Holdings, ...] = ()
    parameters: tuple[ParameterRule, ...] = ()
    decisions: tuple[Decision, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    counters: tuple[AccountCounter, ...] = ()
    series: tuple[bytes, ...] = ()
    due: tuple[tuple[DueKind, Callable[[Context, bytes], None]], ...] = ()
    sweeps: tuple[tuple[SweepKind, Callable[[Context, bytes], bool | None]], ...] = ()
    hooks: tuple[Hook, ...] = ()
    invariants: tuple[Callable[[Reader], None], ...] = ()
    section: Section[Any] | None = None
    limits: ModuleType | None = None
    weights: ModuleType | None = None
    codes: Codes = NO_CODES


class Registry:
    """The modules joined: lookup of types, tables, parameters; decoding of transactions and receipts.

    `newest` is the highest protocol version that these modules know.
    """

    def __init__(self, modules: tuple[Module, ...], newest: int = 1) -> None:
        require(all(1 <= module.since <= newest for module in modules), "a module is of an unknown protocol version")
        _check_places(modules)
        self.newest = newest
        self._modules = modules
        self._in_force: dict[tuple[int, tuple[str, ...]], Hooks] = {}
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
        _by_number("what falls due", [due for module in modules for due in module.due])
        _by_number("sweep", [sweep for module in modules for sweep in module.sweeps])
        self.actions: Codec[Any] = Codec(_union(decision.action for decision in decisions), MAX_ACTION_BYTES)
        self._postings = _by("posting", [entry for module in modules for entry in module.postings.items()])
        require(set(self._postings) == set(self.events), "an event has no postings, or postings no event")
        self._topics = _by("topic", [entry for module in modules for entry in module.topics.items()])
        require(set(self._topics) <= set(self.events), "an event has topics that no module has")
        self._holdings = tuple(holdings for module in modules for holdings in module.holdings)
        sections = [module.section for module in modules if module.section is not None]
        self._sections = _by("section", [(section.name, section) for section in sections])
        self.sections = tuple(self._sections.values())
        parents = {module.part_of for module in modules if module.part_of}
        require(parents <= set(self._sections), "a module is part of one that has no section")
        named = all(module.section is None or module.section.name == module.name for module in modules)
        require(named, "a section has another name than its module")
        self.receipts: Codec[Receipt] = Codec(_receipt_type(self.events), MAX_RECEIPT_BYTES)
        self.hooks = self.in_force(newest, tuple(sorted(self._sections)))
        self.invariants = self.hooks.invariants

    def in_force(self, version: int, sections: tuple[str, ...]) -> Hooks:
        """The rules of a protocol version with the modules whose sections are there, by name, sorted (O9).

        Raises `UnknownVersion` where this program knows no such version, or no such module in it.
        """
        found = self._in_force.get((version, sections))
        if found is None:
            found = self._in_force[version, sections] = self._join(version, sections)
        return found

    def _join(self, version: int, sections: tuple[str, ...]) -> Hooks:
        if not 1 <= version <= self.newest:
            raise UnknownVersion(f"protocol version {version} is in force; this program knows {self.newest}")
        known = [module for module in self._modules if module.since <= version]
        kept = {module.section.name: module.section for module in known if module.section is not None}
        unknown = sorted(set(sections) - set(kept))
        if unknown:
            raise UnknownVersion(f"protocol version {version} has no module with a section {unknown[0]}")
        needed = {module.name: _needed_section(module) for module in known if _needed_section(module)}
        on = {module.name for module in known if module.name not in needed or needed[module.name] in sections}
        modules = tuple(module for module in known if module.name in on)
        forms = _Forms(modules)
        types = [self.types[kind.number] for module in modules for kind in module.types]
        decisions = [forms.decision(decision) for module in modules for decision in module.decisions]
        functions = by_point(Hook(hook.point, forms.of(hook.function)) for module in modules for hook in module.hooks)
        return Hooks(
            version,
            frozenset(on),
            frozenset(module.name for module in known) - on,
            {name: section for name, section in kept.items() if section.optional and name not in sections},
            {kind.number: forms.of(kind.handler) for kind in types},
            {rule.name: rule for module in modules for rule in module.parameters},
            {kind.number: forms.of(due) for module in modules for kind, due in module.due},
            {kind.number: forms.of(step) for module in modules for kind, step in module.sweeps},
            {kind.number: kind.sender for kind in types},
            {decision.action: decision for decision in decisions},
            self.actions,
            frozenset(kind.number for kind in types if kind.for_leavers),
            frozenset(kind.number for kind in types if kind.for_expelled),
            {kind.number: kind.codec for kind in types if kind.on_behalf},
            {kind.number: (kind.codec, forms.of(kind.uses)) for kind in types if kind.uses is not None},
            functions,
            _first_states(modules, forms),
            (*(forms.of(check) for module in modules for check in module.invariants), self._check_numbers),
        )

    def section_of(self, name: str) -> Section[Any] | None:
        """A module's section by its name."""
        return self._sections.get(name)

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

    def topics_of(self, event: Event) -> tuple[bytes, ...]:
        """Under what its receipt is found besides the accounts that it names."""
        found = self._topics.get(type(event))
        return () if found is None else found(event)

    def holdings(self, state: Reader) -> Iterator[Posting]:
        """What the state says that everybody has; a fold of all postings since the genesis comes to the same."""
        return (line for holdings in self._holdings for line in holdings(state, self.purposes))

    def _check_numbers(self, state: Reader) -> None:
        """Every lock and every account counter is of a purpose or kind that a module brought (Z8)."""
        for table, known in ((LOCKS, self.purposes), (ACCOUNT_COUNTERS, self.counters)):
            for key, _value in state.scan(table.number, b"", None):
                require(number_at_end(key) in known, f"the table {table.name} has an entry of an unknown kind")
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


class _Forms:
    """Which form of a rule holds: the newest that the parts in force name for the one that they began with."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        self._later = {old: new for module in modules for old, new in module.changes}

    def of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        while function in self._later:
            function = self._later[function]
        return function

    def decision(self, decision: Decision) -> Decision:
        return Decision(decision.action, self.of(decision.check), self.of(decision.carry_out))


def _needed_section(module: Module) -> str:
    """The section without which a module is off; empty where this part of it names none."""
    if module.section is not None and module.section.optional:
        return module.section.name
    return module.part_of


def _first_states(modules: tuple[Module, ...], forms: _Forms) -> dict[str, tuple[Callable[..., Any], ...]]:
    """How each module begins, by its name; one that is part of another begins with that one."""
    found: dict[str, tuple[Callable[..., Any], ...]] = {}
    for module in modules:
        begins = tuple(forms.of(hook.function) for hook in module.hooks if hook.point == FIRST_STATE.name)
        name = module.part_of or module.name
        found[name] = (*found.get(name, ()), *begins)
    return found


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
    first: dict[str, Module] = {}
    for module in modules:
        earlier = first.setdefault(module.name, module)
        is_part = module.since > earlier.since and module.places == earlier.places
        require(module is earlier or is_part, f"a name of a module is taken twice: {module.name}")
    _by("place", [(place, module) for module in first.values() for place in module.places.taken])
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
    union: Any = Union  # of classes that are known only now
    return union[found] if found else Value


def _tag_of(kind: type[Value]) -> object:
    return kind.__struct_config__.tag
