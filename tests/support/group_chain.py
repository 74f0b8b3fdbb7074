"""A chain with groups: B, C and D consume and produce as in `SharingChain`; the operator is D, managers are D too."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, address, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance, locked
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Signature
from ledger.chain.header import Event, Receipt
from ledger.chain.parameters import PARTS
from ledger.chain.protocol import context_at
from ledger.groups.genesis import GROUPS_SECTION, GroupsSection
from ledger.groups.opened import group_account
from ledger.groups.payloads import (
    AdmitGroup,
    DistributeGroup,
    OpenGroup,
    SetGroupShares,
    ShareTransferTerms,
    TransferGroupShare,
)
from ledger.groups.queries import GroupPreview, group_of, preview
from ledger.groups.schema import DISTRIBUTION_LOCK, Group
from ledger.groups.shares import held_at, membership_of
from ledger.groups.terms import Division, GroupRow, GroupTerms, OperatorRight, Rhythm, ShareTransfers
from tests.support.sharing_chain import FIRST_SLOT, SLOT_MS, SharingChain

ALL_RIGHTS: Final = tuple(int(right) for right in OperatorRight)
HALF: Final = PARTS // 2


def group_terms(**changes: Any) -> GroupTerms:
    """A group of D's, divided by share on demand; D may do everything and spend 10 a month."""
    made = GroupTerms(
        "roof", address("D"), ALL_RIGHTS, CURRENCY_ASSET, 10 * ENT, 0, Division.SHARE, Rhythm.DEMAND, 0,
        ShareTransfers.MEMBERS,
    )  # fmt: skip
    return replace(made, **changes)


def row(name: str, share: int = 0, key: int = 0, points: tuple[int, ...] = ()) -> GroupRow:
    """A named account's share and key."""
    return GroupRow(address(name), share, key, points)


class GroupChain(SharingChain):
    """With the section of groups; the first group has the number 1."""

    def __init__(self, *, sections: tuple[tuple[str, bytes], ...] = (), **genesis: Any) -> None:
        groups = GroupsSection(CURRENCY_ASSET, (address("D"),))
        super().__init__(also=(GROUPS_SECTION.holding(groups), *sections), **genesis)

    @property
    def account(self) -> bytes:
        """Of the first group."""
        return group_account(1)

    def found(self, *rows: GroupRow, from_slot: int = FIRST_SLOT, **changes: Any) -> Receipt:
        """A group opened by a vote."""
        return self.vote(AdmitGroup(OpenGroup(group_terms(**changes), from_slot, rows)))

    def group(self, number: int = 1) -> Group:
        """It as it is."""
        found = group_of(self.state, number)
        assert found is not None
        return found

    def share(self, name: str, slot: int) -> int:
        """What an account has of the first group in a slot."""
        return held_at(membership_of(self.state, 1, address(name)), slot).share

    def own_part(self, slot: int) -> int:
        """What the first group has of itself in a slot."""
        return held_at(membership_of(self.state, 1, self.account), slot).share

    def pay_in(self, name: str, amount: int) -> Receipt:
        """Currency into the first group's account."""
        return self.do(name, Transfer(CURRENCY_ASSET, self.account, amount))

    def to_slot(self, slot: int, *, after_ms: int = 1) -> list[Event]:
        """An empty block shortly after a slot has begun, and what is due then."""
        return self.until(slot - 1, after_ms=after_ms)

    def distribute(self, name: str = "D") -> list[Event]:
        """On demand, and all steps of it."""
        receipt = self.do(name, DistributeGroup(1))
        return [*receipt.events, *self.work_off()]

    def change(self, *rows: GroupRow, slot: int, name: str = "D") -> Receipt:
        """The operator's."""
        return self.try_(name, SetGroupShares(1, slot, rows))

    def taking(self, sender: str, recipient: str, parts: int, share_then: int, slot: int) -> TransferGroupShare:
        """A transfer that the recipient has signed."""
        terms = ShareTransferTerms(1, address(sender), address(recipient), parts, share_then, slot, self.time_ms)
        key = secret(recipient)
        signed = Signature(0, key.sign(terms.message(self.genesis.hash)))
        return TransferGroupShare(terms, key.public_key, (signed,))

    def held(self) -> int:
        """What the first group may spend."""
        return balance(self.state, self.account, CURRENCY_ASSET).available

    def locked(self) -> int:
        """What is being divided."""
        return locked(self.state, self.account, CURRENCY_ASSET, DISTRIBUTION_LOCK)

    def preview(self, name: str, amount: int = 0) -> GroupPreview:
        """What an account would get."""
        context = context_at(self.registry, self.state, self.genesis, len(self.blocks), self.time_ms)
        return preview(context, self.group(), address(name), amount)


def slot_start(slot: int) -> int:
    """When it begins."""
    return slot * SLOT_MS
