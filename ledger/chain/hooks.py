"""What modules bring, joined for the rules that ask for it; a rule never names the module that answers.

A hook point is a place in a rule where other modules take part. Whoever owns the rule declares the point with the type
of its functions; a module brings functions for it, and they are called in order of the modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from ledger.chain.parameters import ParameterRule
from ledger.encoding.codec import Codec, Value

F = TypeVar("F", bound=Callable[..., Any])


class Hook(msgspec.Struct, frozen=True):
    """A module's function for a point."""

    point: str
    function: Callable[..., Any]


class HookPoint(msgspec.Struct, Generic[F], frozen=True):
    """A place where other modules take part, with functions of type `F`."""

    name: str

    def by(self, function: F) -> Hook:
        """A module's function for this point."""
        return Hook(self.name, function)


class Hooks(msgspec.Struct, frozen=True):
    """The rules of a protocol version with the modules that are on: all modules' parts of each other's rules.

    version: of the protocol. modules: the names of those that are on; others: of those that this version knows and that
    are off; switchable: by name, the sections with which a vote may switch one on. handlers: by transaction type.
    parameters: by name. expiries: by kind, what to do with a subject that is due. sweeps: by kind, one step of work on
    a subject; whether there is more. senders: by transaction type, who may send it (`ledger.chain.sender`). decisions:
    by class of action (`ledger.chain.decision`), `actions` reads them. leaver_types: what one who lost its role may
    still send; expelled_types: what an expelled member may; on_behalf: what may be sent for an account that no key
    owns, by the codec of its payload; delegable: what an agent may send for an owner, by that codec and what it uses of
    the agent's limits; carrying: what may be sent with a memo, by that codec. first_states: by module, how it begins.
    """

    version: int
    modules: frozenset[str]
    others: frozenset[str]
    switchable: Mapping[str, Any]
    handlers: Mapping[int, Callable[[Any, Any], None]]
    parameters: Mapping[str, ParameterRule]
    expiries: Mapping[int, Callable[[Any, bytes], None]]
    sweeps: Mapping[int, Callable[[Any, bytes], bool | None]]
    senders: Mapping[int, Any]
    decisions: Mapping[type[Value], Any]
    actions: Codec[Any]
    types_of_former_members: frozenset[int]
    expelled_types: frozenset[int]
    on_behalf: Mapping[int, Codec[Any]]
    delegable: Mapping[int, tuple[Codec[Any], Callable[[Any, Any], Any]]]
    carrying: Mapping[int, Codec[Any]]
    functions: Mapping[str, tuple[Any, ...]]
    first_states: Mapping[str, tuple[Callable[[Any], None], ...]]
    invariants: tuple[Callable[[Any], None], ...]

    def at(self, point: HookPoint[F]) -> tuple[F, ...]:
        """The functions for a point, in order of the modules."""
        return self.functions.get(point.name, ())


def by_point(hooks: Iterable[Hook]) -> dict[str, tuple[Callable[..., Any], ...]]:
    """Functions by the name of their point, in the order given."""
    found: dict[str, tuple[Callable[..., Any], ...]] = {}
    for hook in hooks:
        found[hook.point] = (*found.get(hook.point, ()), hook.function)
    return found
