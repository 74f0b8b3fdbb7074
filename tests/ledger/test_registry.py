"""Modules joined: what two of them would take twice is refused; locks are held to the purposes that were brought."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ledger.bank.schema import SUPPLY, Supply
from ledger.chain.decision import Decision
from ledger.chain.expiries import ExpiryKind
from ledger.chain.header import Event
from ledger.chain.hooks import HookPoint
from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.chain.postings import nothing
from ledger.chain.registry import Module, Registry, TransactionType
from ledger.chain.schema import ACCOUNT_COUNTERS, LOCKS, AccountCounter, Counter, Lock, Purpose
from ledger.chain.sweeps import SweepKind
from ledger.encoding.codec import Value, encode
from ledger.errors import BrokenInvariant, MalformedInput
from ledger.governance.admission import MEMBER
from ledger.governance.payloads import CastVote
from ledger.modules import LEDGER_MODULES
from ledger.state.overlay import MemoryReader
from ledger.state.table import Table
from nodechain.modules import REGISTRY

RULE = ParameterRule("H", 1, 0, 2, ParameterUnit.DURATION_MS, "another H")


class VoteCast(Event, frozen=True, tag=255):
    """Another module's event, named as one that there is."""


class Paid(Event, frozen=True, tag=1):
    """Another module's event, numbered as one that there is."""


class Earned(Event, frozen=True, tag=254):
    """Another module's event."""


class AddVoter(Value, frozen=True, tag=200):
    """Another module's action, named as one that there is."""


class Grant(Value, frozen=True, tag=1):
    """Another module's action, numbered as one that there is."""


class Empty(Value, frozen=True):
    """Nothing."""


def other(**parts: Any) -> Module:
    return Module(name="other", **parts)


def decided(action: type[Value]) -> Module:
    return other(decisions=(Decision(action, lambda _c, _a: None, lambda _c, _a: None),))


def sent(number: int, name: str) -> Module:
    return other(types=(TransactionType(number, name, Empty, lambda _c, _p: None, MEMBER),))


def happened(event: type[Event]) -> Module:
    return other(events=(event,), postings={event: nothing})


def test_the_modules_of_a_node_collide_in_nothing() -> None:
    assert {purpose.name for purpose in REGISTRY.purposes.values()} >= {"session", "order", "withdrawal"}


@pytest.mark.parametrize(
    "module",
    [
        other(purposes=(Purpose(1, "mine"),)),
        other(purposes=(Purpose(99, "session"),)),
        other(counters=(AccountCounter(1, "mine"),)),
        other(counters=(AccountCounter(99, "open_votes"),)),
        other(parameters=(RULE,)),
        other(expiries=((ExpiryKind.VOTE, lambda _context, _subject: None),)),
        other(sweeps=((SweepKind.VOTES, lambda _context, _subject: False),)),
        other(tables=(Table(1, "mine", "", Empty),)),
        other(tables=(Table(99, "accounts", "", Empty),)),
        sent(1, "mine"),
        sent(99, "transfer"),
        happened(Paid),
        happened(VoteCast),
        decided(Grant),
        decided(AddVoter),
    ],
    ids=[
        "purpose number",
        "purpose name",
        "counter number",
        "counter name",
        "parameter",
        "kind of expiry",
        "kind of sweep",
        "table number",
        "table name",
        "type number",
        "type name",
        "event number",
        "event name",
        "action number",
        "action name",
    ],
)
def test_what_two_modules_take_is_refused(module: Module) -> None:
    with pytest.raises(BrokenInvariant, match="taken twice"):
        Registry((*LEDGER_MODULES, module))


@pytest.mark.parametrize(
    "module", [other(events=(Earned,)), other(postings={Earned: nothing})], ids=["no postings", "no event"]
)
def test_every_event_has_postings_and_nothing_else_has(module: Module) -> None:
    with pytest.raises(BrokenInvariant, match="an event has no postings, or postings no event"):
        Registry((*LEDGER_MODULES, module))


def test_hooks_are_called_in_order_of_the_modules() -> None:
    point: HookPoint[Callable[[], str]] = HookPoint("greeted")
    first, second = other(hooks=(point.by(lambda: "first"),)), other(hooks=(point.by(lambda: "second"),))
    functions = Registry((*LEDGER_MODULES, second, first)).hooks.at(point)
    assert [function() for function in functions] == ["second", "first"]
    assert Registry(LEDGER_MODULES).hooks.at(point) == ()


def test_an_action_that_no_module_brings_is_malformed() -> None:
    data = encode(CastVote(Earned(), True))
    with pytest.raises(MalformedInput):
        REGISTRY.type_of("cast_vote").codec.decode(data)


def test_a_purpose_of_another_module_locks_as_the_ledgers_own() -> None:
    registry = Registry((*LEDGER_MODULES, other(purposes=(Purpose(99, "deposit"),))))
    reader = MemoryReader(
        {
            LOCKS.full_key(bytes(20) + b"\x01" + bytes((99,))): encode(Lock(5)),
            SUPPLY.full_key(b"\x01"): encode(Supply(5)),
        }
    )
    numbers = registry.invariants[-1]
    numbers(reader)
    with pytest.raises(BrokenInvariant, match="locks has an entry of an unknown kind"):
        Registry(LEDGER_MODULES).invariants[-1](reader)


def test_a_counter_of_nobodys_kind_is_noticed() -> None:
    reader = MemoryReader({ACCOUNT_COUNTERS.full_key(bytes(20) + bytes((99,))): encode(Counter(1))})
    with pytest.raises(BrokenInvariant, match="account_counters has an entry of an unknown kind"):
        Registry(LEDGER_MODULES).invariants[-1](reader)
