"""Modules joined: what two of them would take twice is refused; locks are held to the purposes that were brought."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.bank.schema import SUPPLY, Supply
from ledger.chain.context import Context
from ledger.chain.decision import Decision
from ledger.chain.header import Event
from ledger.chain.hooks import HookPoint
from ledger.chain.numbers import Places
from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.chain.postings import nothing
from ledger.chain.registry import Module, Registry, TransactionType
from ledger.chain.schema import (
    ACCOUNT_COUNTERS,
    COUNTERS,
    LOCKS,
    AccountCounter,
    Counter,
    DueKind,
    Lock,
    Purpose,
    SweepKind,
)
from ledger.codes import Codes
from ledger.encoding.codec import Value, encode
from ledger.energy import limits as energy_limits
from ledger.energy import weights as energy_weights
from ledger.errors import BrokenInvariant, MalformedInput
from ledger.governance import events
from ledger.governance.admission import MEMBER
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.governance.topics import CLOSED_VOTES, vote_topic
from ledger.modules import LEDGER_MODULES
from ledger.state.full_key import number_key
from ledger.state.overlay import MemoryReader
from ledger.state.table import Table
from nodechain.modules import MODULES, REGISTRY

OTHER = Places(220)
"""Its numbers are 1760 to 1767 in keys and 5280 to 5303 in values."""

RULE = ParameterRule("H", 1, 0, 2, ParameterUnit.DURATION_MS, "another H")


class VoteCast(Event, frozen=True, tag=5281):
    """Another module's event, named as one that there is."""


class Paid(Event, frozen=True, tag=5282):
    """Another module's event, numbered as its other one."""


class Misplaced(Event, frozen=True, tag=5304):
    """An event or an action with a number of the place after."""


class Earned(Event, frozen=True, tag=5282):
    """Another module's event."""


class AddVoter(Value, frozen=True, tag=5280):
    """Another module's action, named as one that there is."""


class Grant(Value, frozen=True, tag=5283):
    """Another module's action."""


class Allow(Value, frozen=True, tag=5283):
    """Another module's action, numbered as its other one."""


class Empty(Value, frozen=True):
    """Nothing."""


def other(**parts: Any) -> Module:
    return Module(name="other", places=OTHER, **parts)


def do_nothing(_context: Context, _subject: bytes) -> None: ...


def no_more(_context: Context, _subject: bytes) -> bool:
    return False


def decided(*actions: type[Value]) -> Module:
    return other(decisions=tuple(Decision(action, lambda _c, _a: None, lambda _c, _a: None) for action in actions))


def sent(number: int, *names: str) -> Module:
    return other(types=tuple(TransactionType(number, name, Empty, lambda _c, _p: None, MEMBER) for name in names))


def happened(*events: type[Event]) -> Module:
    return other(events=events, postings=dict.fromkeys(events, nothing))


def test_the_modules_of_a_node_collide_in_nothing() -> None:
    assert {purpose.name for purpose in REGISTRY.purposes.values()} >= {"session", "order", "withdrawal"}


@pytest.mark.parametrize(
    ("module", "taken"),
    [
        (other(purposes=(Purpose(1760, "session"),)), "purpose"),
        (other(purposes=(Purpose(1760, "mine"), Purpose(1760, "other"))), "purpose number"),
        (other(counters=(AccountCounter(1760, "open_votes"),)), "counter"),
        (other(counters=(AccountCounter(1760, "mine"), AccountCounter(1760, "other"))), "counter number"),
        (other(parameters=(RULE,)), "parameter"),
        (other(series=(b"sweep",)), "series of numbers"),
        (other(due=((DueKind(1760, "vote"), do_nothing),)), "name of what falls due"),
        (other(due=((DueKind(1760, "a"), do_nothing), (DueKind(1760, "b"), do_nothing))), "number of what falls due"),
        (other(sweeps=((SweepKind(1760, "judging"), no_more),)), "name of sweep"),
        (other(sweeps=((SweepKind(1760, "a"), no_more), (SweepKind(1760, "b"), no_more))), "number of sweep"),
        (other(tables=(Table(1760, "accounts", "", Empty),)), "table"),
        (other(tables=(Table(1760, "a", "", Empty), Table(1760, "b", "", Empty))), "table number"),
        (sent(5280, "transfer"), "type"),
        (sent(5280, "a", "b"), "type number"),
        (happened(VoteCast), "event"),
        (happened(Earned, Paid), "number of an event"),
        (decided(AddVoter), "action"),
        (decided(Grant, Allow), "number of an action"),
        (other(codes=Codes(refused={"insufficient_balance": "Again."})), "code"),
        (other(limits=energy_limits), "limit"),
        (other(weights=energy_weights), "weight"),
        (Module(name="bank", places=OTHER), "name of a module"),
        (Module(name="other", places=Places(1, 5)), "place"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_two_modules_take_is_refused(module: Module, taken: str) -> None:
    with pytest.raises(BrokenInvariant, match=f"a {taken} is taken twice"):
        Registry((*LEDGER_MODULES, module))


@pytest.mark.parametrize(
    ("module", "what"),
    [
        (other(purposes=(Purpose(159, "mine"),)), "the purpose mine 159"),
        (other(counters=(AccountCounter(168, "mine"),)), "the counter mine 168"),
        (other(due=((DueKind(24, "mine"), do_nothing),)), "what falls due, mine, 24"),
        (other(sweeps=((SweepKind(1, "mine"), no_more),)), "the sweep mine 1"),
        (other(tables=(Table(255, "mine", "", Empty),)), "the table mine 255"),
        (sent(5279, "mine"), "the type mine 5279"),
        (happened(Misplaced), "the event Misplaced 5304"),
        (decided(Misplaced), "the action Misplaced 5304"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_number_of_another_modules_places_is_refused(module: Module, what: str) -> None:
    with pytest.raises(BrokenInvariant, match=f"other numbers {what}, its numbers for that are"):
        Registry((*LEDGER_MODULES, module))


def test_places_fit_the_numbers_in_keys() -> None:
    assert (Places(255).in_keys, Places(255).in_values) == (range(2040, 2048), range(6120, 6144))
    for first, count in ((256, 1), (255, 2), (3, 0), (-1, 1)):
        with pytest.raises(BrokenInvariant, match="there are places 0 to 255"):
            Places(first, count)


def test_the_page_has_the_places_of_all_modules() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "protocol" / "transactions.md").read_text(encoding="utf-8")
    for module in MODULES:
        places, keys, values = module.places.taken, module.places.in_keys, module.places.in_values
        shown = f"{places[0]} to {places[-1]}" if len(places) > 1 else f"{places[0]}"
        line = f"| `{module.name}` | {shown} | {keys[0]} to {keys[-1]} | {values[0]} to {values[-1]} |"
        assert line in page, line


def test_limits_weights_and_codes_of_all_modules_are_one_table_each() -> None:
    assert REGISTRY.limits["MAX_UNITS"] == energy_limits.MAX_UNITS
    assert REGISTRY.weights["DRAW"] == energy_weights.DRAW
    assert {"expired", "fee_too_low", "unknown_order"} <= set(REGISTRY.codes)


@pytest.mark.parametrize(
    "module", [other(events=(Earned,)), other(postings={Earned: nothing})], ids=["no postings", "no event"]
)
def test_every_event_has_postings_and_nothing_else_has(module: Module) -> None:
    with pytest.raises(BrokenInvariant, match="an event has no postings, or postings no event"):
        Registry((*LEDGER_MODULES, module))


def test_hooks_are_called_in_order_of_the_modules() -> None:
    point: HookPoint[Callable[[], str]] = HookPoint("greeted")
    first = other(hooks=(point.by(lambda: "first"),))
    second = Module("another", Places(224), hooks=(point.by(lambda: "second"),))
    functions = Registry((*LEDGER_MODULES, second, first)).hooks.at(point)
    assert [function() for function in functions] == ["second", "first"]
    assert Registry(LEDGER_MODULES).hooks.at(point) == ()


def test_an_action_that_no_module_brings_is_malformed() -> None:
    data = encode(CastVote(Earned(), True))
    with pytest.raises(MalformedInput):
        REGISTRY.type_of("cast_vote").codec.decode(data)


def test_a_purpose_of_another_module_locks_as_the_ledgers_own() -> None:
    registry = Registry((*LEDGER_MODULES, other(purposes=(Purpose(1760, "deposit"),))))
    reader = MemoryReader(
        {
            LOCKS.full_key(bytes(20) + b"\x01" + number_key(1760)): encode(Lock(5)),
            SUPPLY.full_key(b"\x01"): encode(Supply(5)),
        }
    )
    numbers = registry.invariants[-1]
    numbers(reader)
    with pytest.raises(BrokenInvariant, match="locks has an entry of an unknown kind"):
        Registry(LEDGER_MODULES).invariants[-1](reader)


def test_a_counter_of_nobodys_kind_is_noticed() -> None:
    reader = MemoryReader({ACCOUNT_COUNTERS.full_key(bytes(20) + number_key(1760)): encode(Counter(1))})
    with pytest.raises(BrokenInvariant, match="account_counters has an entry of an unknown kind"):
        Registry(LEDGER_MODULES).invariants[-1](reader)


@pytest.mark.parametrize(
    ("name", "known"),
    [(b"session", True), (b"meters:" + bytes(20), True), (b"nobodys", False), (b"meters:" + bytes(19), False)],
)
def test_a_count_under_nobodys_name_is_noticed(name: bytes, known: bool) -> None:
    check = REGISTRY.invariants[-1]
    reader = MemoryReader({COUNTERS.full_key(name): encode(Counter(1))})
    if known:
        check(reader)
    else:
        with pytest.raises(BrokenInvariant, match="counters has an entry of an unknown name"):
            check(reader)


def test_receipts_of_votes_are_found_by_the_votes_number_and_others_by_their_accounts_alone() -> None:
    said = events.VoteCast(7, bytes(20), True)
    closed = events.VoteClosed(7, encode(AdmitMember(bytes(20))), 1, "")
    assert REGISTRY.topics_of(said) == (vote_topic(7),)
    assert REGISTRY.topics_of(closed) == (vote_topic(7), CLOSED_VOTES)
    assert REGISTRY.topics_of(events.MemberChanged(bytes(20), True)) == ()
    assert all(0 < len(topic) < 20 for topic in (CLOSED_VOTES, vote_topic(2**63 - 1)))


def test_topics_are_of_events_that_a_module_brings() -> None:
    strange = Module(name="other", places=OTHER, topics={VoteCast: lambda event: (b"x",)})
    with pytest.raises(BrokenInvariant, match="an event has topics that no module has"):
        Registry((*LEDGER_MODULES, strange))
