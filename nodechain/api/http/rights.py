"""Who may read what: the kinds of rules, and what a visitor is. Each page says in its `RIGHTS` which rule a path has.

A stranger is who has not signed in. What is an account's own is what names it, or a unit that it owns. Whoever reads
everything does so by a role that the chain names, or because this node is asked from its own machine (`local`) or
serves everybody (`public`). See docs/privacy.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final

import msgspec

from ledger.keys.address import format_address
from nodechain.errors import LoginNeeded, NotYours

HOUSEHOLDS: Final = 5
"""Of fewer members a sum would tell too much of each."""


class Open(Enum):
    """To whom a thing is open; each kind includes all below it."""

    EVERYBODY = "everybody"
    SUMS = "everybody where at least five households are summed, else members"
    MEMBERS = "members"
    BANKER = "the banker"
    OWN = "whose it is"
    CONCERNED = "whose it is, and voters"
    EVERYTHING = "who reads everything"


class Visitor(msgspec.Struct, frozen=True):
    """Who asks: `address` is None for a stranger; `own` are the account, its units, groups that it operates."""

    address: bytes | None = None
    own: frozenset[bytes] = frozenset()
    is_member: bool = False
    is_banker: bool = False
    is_voter: bool = False
    reads_everything: bool = False
    households: int = 0
    """How many members there are, counted up to `HOUSEHOLDS`."""

    @property
    def own_texts(self) -> frozenset[str]:
        """`own` as answers write addresses."""
        return frozenset(format_address(address) for address in self.own)

    def sees(self, kind: Open, named: Iterable[bytes] = ()) -> bool:
        """Whether a thing of this kind, which names these accounts, is open to the visitor."""
        if self.reads_everything:
            return True
        match kind:
            case Open.EVERYBODY:
                return True
            case Open.SUMS:
                return self.is_member or self.households >= HOUSEHOLDS
            case Open.MEMBERS:
                return self.is_member
            case Open.BANKER:
                return self.is_banker
            case Open.OWN:
                return not self.own.isdisjoint(named)
            case Open.CONCERNED:
                return self.is_voter or not self.own.isdisjoint(named)
            case Open.EVERYTHING:
                return False

    def require(self, kind: Open, named: Iterable[bytes] = ()) -> None:
        """Raises `LoginNeeded` for a stranger, `NotYours` for anybody else, unless it is open."""
        if self.sees(kind, named):
            return
        if self.address is None:
            raise LoginNeeded(f"this is open to {kind.value} only, and nobody has signed in")
        raise NotYours(f"this is open to {kind.value} only")


STRANGER: Final = Visitor()
EVERYTHING_READER: Final = Visitor(is_member=True, reads_everything=True)


class Right(msgspec.Struct, frozen=True):
    """The rule of a path. `names`: the parameters that name accounts; for `OWN` one of them must be the visitor's.

    `shown` makes of an answer what the visitor may see of it, or raises. `examined`: the route's own code asks.
    """

    kind: Open
    names: tuple[str, ...] = ()
    shown: Callable[[Visitor, Any], Any] | None = None
    examined: bool = False

    def check(self, visitor: Visitor, given: Mapping[str, bytes]) -> None:
        """Before anything is read: raises `LoginNeeded`, `NotYours`. `given`: accounts that the request names."""
        if not self.examined:
            visitor.require(self.kind, [given[name] for name in self.names if name in given])


EVERYBODY: Final = Right(Open.EVERYBODY)
SUMS: Final = Right(Open.SUMS)
MEMBERS: Final = Right(Open.MEMBERS)
BANKER: Final = Right(Open.BANKER)
EVERYTHING: Final = Right(Open.EVERYTHING)
BY_NAME: Final = Right(Open.EVERYBODY)
"""Who can name it (a transaction's id, a meter's key: 32 bytes that only those concerned are told) may read it."""


def own(*names: str) -> Right:
    """What belongs to the accounts that these parameters name."""
    return Right(Open.OWN, names)


def concerned(*names: str) -> Right:
    """What belongs to the accounts that these parameters name, and is shown to who decides on it."""
    return Right(Open.CONCERNED, names)


def shown_by(kind: Open, shown: Callable[[Visitor, Any], Any]) -> Right:
    """What is open to a kind of visitors, and of which others see a part."""
    return Right(kind, shown=shown)


EXAMINED: Final = Right(Open.OWN, examined=True)
"""The route looks at what it has found before it gives it."""
