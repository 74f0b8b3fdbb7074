"""What happened in groups. Amounts in base units; `account` is the group's, which no key owns."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, AddressOrNone, Amount, AssetId, Number, Parts, Plain


class GroupChanged(Event, frozen=True, tag=384):
    """The group was opened or has other terms, by a vote or by `manager`."""

    group: Number
    account: Address
    operator: Address
    manager: AddressOrNone


class GroupShareSet(Event, frozen=True, tag=385):
    """`member` has this share and key from a slot on, by a vote or by `sender`; what it gave or took is the group's."""

    group: Number
    account: Address
    member: Address
    from_slot: Number
    share: Parts
    key: Plain
    sender: AddressOrNone


class GroupDistributionBegun(Event, frozen=True, tag=386):
    """`amount` is divided by what members had in the slots from the first to before the end."""

    group: Number
    account: Address
    number: Number
    asset: AssetId
    amount: Amount
    first_slot: Number
    end_slot: Number


class GroupIncomePaid(Event, frozen=True, tag=387):
    """`member` got its part of distribution `number`."""

    group: Number
    account: Address
    member: Address
    number: Number
    asset: AssetId
    amount: Amount


class GroupDistributionEnded(Event, frozen=True, tag=388):
    """Of what was divided `paid` went to members, and `kept` stays in the account: the group's own part."""

    group: Number
    account: Address
    number: Number
    asset: AssetId
    paid: Amount
    kept: Amount


class GroupSpent(Event, frozen=True, tag=389):
    """Paid out of the group's account, by a vote or by `operator`."""

    group: Number
    account: Address
    recipient: Address
    asset: AssetId
    amount: Amount
    purpose: str
    operator: AddressOrNone


class GroupBillPaid(Event, frozen=True, tag=390):
    """A bill of the group was paid out of its account, by a vote or by `operator`; `BillPaid` has what moved."""

    group: Number
    account: Address
    bill: Number
    asset: AssetId
    amount: Amount
    purpose: str
    operator: AddressOrNone


class GroupDissolved(Event, frozen=True, tag=391):
    """What the group has, and what still comes, is divided among its members and nothing else happens in it."""

    group: Number
    account: Address
    slot: Number


GROUP_EVENTS: Final[tuple[type[Event], ...]] = (
    GroupChanged, GroupShareSet, GroupDistributionBegun, GroupIncomePaid, GroupDistributionEnded, GroupSpent,
    GroupBillPaid, GroupDissolved,
)  # fmt: skip
