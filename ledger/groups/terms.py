"""What a group is, as voters or managers decide it (rules GP1 to GP3)."""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from typing import Annotated

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Name, Value
from ledger.encoding.quantities import Address, Amount, FieldUnit, PositiveNumber, Quantity
from ledger.errors import Refused
from ledger.groups.limits import MAX_GROUP_POINTS, MAX_GROUP_WAIT_MS


class OperatorRight(IntEnum):
    """What a group's operator may do without a vote."""

    SHARES = 1
    """Set members' shares and keys, let members join and leave."""

    DISTRIBUTE = 2
    """Divide what came in, besides what the rhythm does."""

    PAY = 3
    """Pay costs and bills, up to the monthly limit."""

    POINTS = 4
    """Agree to metering points of the group."""

    TRADE = 5
    """Sell and buy for the group."""


class Division(IntEnum):
    """By what members' parts of what came in are weighed."""

    SHARE = 1
    """Their shares, and the group's own part: time counts, slot by slot."""

    KEY = 2
    """Their keys, which may differ from shares: time counts, slot by slot."""

    USE = 3
    """The energy that their points took."""


class Rhythm(IntEnum):
    """When what came in is divided."""

    DEMAND = 1
    SLOT = 2
    DAY = 3
    MONTH = 4


class ShareTransfers(IntEnum):
    """To whom a member may give a part of its share."""

    NOBODY = 1
    GROUP = 2
    """Who has a share or key in the group."""

    MEMBERS = 3
    """Any member of the community."""


Share = Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PARTS)]
DistributionKey = Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PLAIN)]
"""A member's weight, relative to the others' of its group."""

WaitMs = Annotated[int, msgspec.Meta(ge=0, le=MAX_GROUP_WAIT_MS), FieldUnit(Quantity.DURATION_MS)]


class GroupTerms(Value, frozen=True):
    """Who runs a group with which rights, and how what comes in is divided.

    `monthly_limit` and `reserve` are of `asset`, the currency that the section names: what the operator may spend in a
    local month, and what stays in the account when it is divided. `wait_ms`: how long after its end a period is
    divided.
    """

    name: Name
    operator: Address
    rights: tuple[Annotated[int, msgspec.Meta(ge=1, le=5), OperatorRight], ...]
    asset: AssetNumber
    monthly_limit: Amount
    reserve: Amount
    division: Annotated[int, msgspec.Meta(ge=1, le=3), Division]
    rhythm: Annotated[int, msgspec.Meta(ge=1, le=4), Rhythm]
    wait_ms: WaitMs
    transfers: Annotated[int, msgspec.Meta(ge=1, le=3), ShareTransfers]


class GroupRow(Value, frozen=True):
    """A member's share and key from a slot on, and the points whose energy counts; all empty: it leaves."""

    account: Address
    share: Share
    key: DistributionKey
    points: Annotated[tuple[PositiveNumber, ...], msgspec.Meta(max_length=MAX_GROUP_POINTS)]

    @property
    def is_empty(self) -> bool:
        """Whether it leaves the member with nothing."""
        return not (self.share or self.key or self.points)


def check_group_terms(terms: GroupTerms) -> None:
    """Raises `Refused` (bad_group) where terms contradict themselves."""
    if any(here >= there for here, there in pairwise(terms.rights)):
        raise bad_group("the operator's rights are not in rising order, or one stands twice")
    if terms.rhythm == Rhythm.DEMAND and (terms.wait_ms or terms.division == Division.USE):
        raise bad_group("what is divided on demand waits for no period, and is not weighed by a period's energy")
    if terms.monthly_limit and OperatorRight.PAY not in terms.rights:
        raise bad_group("a limit for payments needs the right to pay")


def bad_group(detail: str) -> Refused:
    """What contradicts itself."""
    return Refused(detail, code="bad_group")
