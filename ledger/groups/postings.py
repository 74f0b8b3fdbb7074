"""What the events of groups move: into the lock of a distribution, from there to members and back, and payments."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.groups.events import (
    GroupBillPaid,
    GroupChanged,
    GroupDissolved,
    GroupDistributionBegun,
    GroupDistributionEnded,
    GroupIncomePaid,
    GroupShareSet,
    GroupSpent,
)
from ledger.groups.schema import DISTRIBUTION_LOCK

_LOCKED: Final = DISTRIBUTION_LOCK.name


def _begun(event: GroupDistributionBegun, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.account, AVAILABLE), (event.account, _LOCKED), event.amount)


def _income_paid(event: GroupIncomePaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.account, _LOCKED), (event.member, AVAILABLE), event.amount)


def _ended(event: GroupDistributionEnded, _fee_asset: int) -> tuple[Posting, ...]:
    if not event.kept:
        return ()
    return transfer(TokenMeasure(event.asset), (event.account, _LOCKED), (event.account, AVAILABLE), event.kept)


def _spent(event: GroupSpent, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.account, AVAILABLE), (event.recipient, AVAILABLE), event.amount)


GROUP_POSTINGS: Final[Postings] = MappingProxyType(
    {
        GroupChanged: nothing,
        GroupShareSet: nothing,
        GroupDistributionBegun: _begun,
        GroupIncomePaid: _income_paid,
        GroupDistributionEnded: _ended,
        GroupSpent: _spent,
        GroupBillPaid: nothing,
        GroupDissolved: nothing,
    }
)
