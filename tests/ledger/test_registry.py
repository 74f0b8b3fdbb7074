"""Modules joined: what two of them would take twice is refused; locks are held to the purposes that were brought."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.codec import encode
from ledger.errors import BrokenInvariant
from ledger.module import LEDGER
from ledger.params import ParameterRule, ParameterUnit
from ledger.registry import Module, Registry
from ledger.rules.expiries import ExpiryKind
from ledger.schema import ACCOUNT_COUNTERS, LOCKS, SUPPLY, AccountCounter, Counter, Lock, Purpose, Supply
from ledger.state import MemoryReader
from market.module import MARKET

RULE = ParameterRule("H", 1, 0, 2, ParameterUnit.DURATION_MS, "another H")


def other(**parts: Any) -> Module:
    return Module(name="other", types=(), tables=(), events=(), **{"parameters": (), **parts})


def test_the_ledger_and_the_market_collide_in_nothing() -> None:
    registry = Registry((LEDGER, MARKET))
    assert [(purpose.number, purpose.name) for purpose in registry.purposes.values()] == [
        (purpose.number, purpose.name) for purpose in (*LEDGER.purposes, *MARKET.purposes)
    ]
    assert {purpose.name for purpose in registry.purposes.values()} >= {"session", "order", "withdrawal"}


@pytest.mark.parametrize(
    "module",
    [
        other(purposes=(Purpose(1, "mine"),)),
        other(purposes=(Purpose(99, "session"),)),
        other(counters=(AccountCounter(1, "mine"),)),
        other(counters=(AccountCounter(99, "open_votes"),)),
        other(parameters=(RULE,)),
        other(expiries=((ExpiryKind.VOTE, lambda _context, _subject: None),)),
    ],
    ids=["purpose number", "purpose name", "counter number", "counter name", "parameter", "kind of expiry"],
)
def test_what_two_modules_take_is_refused(module: Module) -> None:
    with pytest.raises(BrokenInvariant, match="taken twice"):
        Registry((LEDGER, module))


def test_a_purpose_of_another_module_locks_as_the_ledgers_own() -> None:
    registry = Registry((LEDGER, other(purposes=(Purpose(99, "deposit"),))))
    reader = MemoryReader(
        {
            LOCKS.full_key(bytes(20) + b"\x01" + bytes((99,))): encode(Lock(5)),
            SUPPLY.full_key(b"\x01"): encode(Supply(5)),
        }
    )
    numbers = registry.invariants[-1]
    numbers(reader)
    with pytest.raises(BrokenInvariant, match="locks has an entry of an unknown kind"):
        Registry((LEDGER,)).invariants[-1](reader)


def test_a_counter_of_nobodys_kind_is_noticed() -> None:
    reader = MemoryReader({ACCOUNT_COUNTERS.full_key(bytes(20) + bytes((99,))): encode(Counter(1))})
    with pytest.raises(BrokenInvariant, match="account_counters has an entry of an unknown kind"):
        Registry((LEDGER,)).invariants[-1](reader)
