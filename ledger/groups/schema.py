"""Tables of groups: their terms, who has which share since when, and a distribution while it goes on."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, Link, Purpose, SweepKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import (
    Address,
    AddressOrNone,
    Amount,
    AssetId,
    Count,
    MilliWattHours,
    Number,
    Parts,
    Plain,
    TimeMs,
)
from ledger.groups.terms import Division, GroupTerms
from ledger.state.table import Table


class Group(Value, frozen=True):
    """A group with its account, which no key owns.

    `members`: how many have an entry, without the group itself. `opened_slot`: from which on its shares hold.
    `from_slot`: the first whose time or energy no distribution has counted. `due_ms`: when the rhythm divides next, 0:
    never. `month`, `spent`: what the operator has spent in the local month. `dissolved_slot`: 0 while it is open.
    """

    number: Number
    account: Address
    terms: GroupTerms
    members: Count
    opened_slot: Number
    from_slot: Number
    due_ms: TimeMs
    distributions: Number
    asset: AssetId
    month: Plain
    spent: Amount
    dissolved_slot: Number


class ShareChange(Value, frozen=True):
    """What a member has from a slot on; all empty: it has left."""

    from_slot: Number
    share: Parts
    key: Plain
    points: tuple[Number, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a member is left."""
        return not (self.share or self.key or self.points)


class GroupMembership(Value, frozen=True):
    """A member's changes that may still count, in rising order of slots; the group's own entry has shares alone."""

    changes: tuple[ShareChange, ...]


class AssetAmount(Value, frozen=True):
    """Base units of an asset."""

    asset: AssetId
    amount: Amount


class GroupDistribution(Value, frozen=True):
    """What is being divided: first weights are gathered member by member, then members paid chunk by chunk.

    It counts slots from `first_slot` to before `end_slot`. `final`: of a dissolved group, without its own part.
    `cursor`: the last member whose weight is known; `point`, `energy_mwh`: how many points of the next one are counted
    already, and their energy. `own_weight`: of the group's own part; `totals`: of each chunk of members. `asset`,
    `chunk`: the places of what is paid next.
    """

    number: Number
    first_slot: Number
    end_slot: Number
    division: Annotated[int, Division]
    final: bool
    amounts: tuple[AssetAmount, ...]
    gathered: bool
    cursor: AddressOrNone
    point: Plain
    energy_mwh: MilliWattHours
    own_weight: Plain
    totals: tuple[Plain, ...]
    asset: Plain
    chunk: Plain


class WeightChunk(Value, frozen=True):
    """Weights of members in rising order of their addresses, those of 0 left out."""

    members: tuple[Address, ...]
    weights: tuple[Plain, ...]


GROUPS: Final = Table(128, "groups", "group", Group, group=0)
GROUP_ACCOUNTS: Final = Table(129, "group_accounts", "address", Link)
GROUP_MEMBERS: Final = Table(130, "group_members", "group account", GroupMembership, group=8)
MEMBER_GROUPS: Final = Table(131, "member_groups", "account group", Link, group=20)
GROUP_DISTRIBUTIONS: Final = Table(132, "group_distributions", "group", GroupDistribution)
DISTRIBUTED_WEIGHTS: Final = Table(133, "distributed_weights", "group chunk", WeightChunk, group=8)
OPERATED_GROUPS: Final = Table(134, "operated_groups", "operator group", Link, group=20)
"""The groups that an account is the operator of, without those that are dissolved."""

GROUP_TABLES: Final[tuple[Table[Any], ...]] = (
    GROUPS, GROUP_ACCOUNTS, GROUP_MEMBERS, MEMBER_GROUPS, GROUP_DISTRIBUTIONS, DISTRIBUTED_WEIGHTS, OPERATED_GROUPS,
)  # fmt: skip

DISTRIBUTION_LOCK: Final = Purpose(128, "distribution")
"""What a group's distribution divides."""

PERIOD_DUE: Final = DueKind(128, "group_period")
GROUP_SWEEP: Final = SweepKind(128, "group_distribution")

GROUP_NUMBERS: Final = b"group"
