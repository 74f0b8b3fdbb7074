"""Groups on one page: what the module `groups` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, MEMBER_EXPELLED, ROLE_HELD, SIGNS_FOR
from ledger.groups import limits, weights
from ledger.groups.acting import do_act_for_group
from ledger.groups.codes import GROUP_CODES
from ledger.groups.decisions import GROUP_DECISIONS
from ledger.groups.distribution import distribution_step, do_distribute_group, period_due
from ledger.groups.events import GROUP_EVENTS
from ledger.groups.genesis import GROUPS_SECTION
from ledger.groups.invariants import GROUP_INVARIANTS
from ledger.groups.opening import do_open_group
from ledger.groups.payloads import (
    ActForGroup,
    DistributeGroup,
    GroupTypeNumber,
    LeaveGroup,
    OpenGroup,
    PayFromGroup,
    SetGroupShares,
    TransferGroupShare,
)
from ledger.groups.payments import do_pay_from_group
from ledger.groups.postings import GROUP_POSTINGS
from ledger.groups.roles import is_group_role, signs_for_group
from ledger.groups.schema import (
    DISTRIBUTION_LOCK,
    GROUP_NUMBERS,
    GROUP_SWEEP,
    GROUP_TABLES,
    PERIOD_DUE,
)
from ledger.groups.shares import do_leave_group, do_set_group_shares, do_transfer_group_share, leave_groups

GROUPS_MODULE: Final = Module(
    name="groups",
    places=Places(16),
    section=GROUPS_SECTION,
    types=(
        TransactionType(GroupTypeNumber.OPEN_GROUP, "open_group", OpenGroup, do_open_group, MEMBER),
        TransactionType(
            GroupTypeNumber.SET_GROUP_SHARES, "set_group_shares", SetGroupShares, do_set_group_shares, MEMBER
        ),
        TransactionType(
            GroupTypeNumber.TRANSFER_GROUP_SHARE,
            "transfer_group_share",
            TransferGroupShare,
            do_transfer_group_share,
            MEMBER,
        ),
        TransactionType(GroupTypeNumber.LEAVE_GROUP, "leave_group", LeaveGroup, do_leave_group, MEMBER),
        TransactionType(
            GroupTypeNumber.DISTRIBUTE_GROUP, "distribute_group", DistributeGroup, do_distribute_group, MEMBER
        ),
        TransactionType(GroupTypeNumber.PAY_FROM_GROUP, "pay_from_group", PayFromGroup, do_pay_from_group, MEMBER),
        TransactionType(GroupTypeNumber.ACT_FOR_GROUP, "act_for_group", ActForGroup, do_act_for_group, MEMBER),
    ),
    tables=GROUP_TABLES,
    events=GROUP_EVENTS,
    purposes=(DISTRIBUTION_LOCK,),
    series=(GROUP_NUMBERS,),
    due=((PERIOD_DUE, period_due),),
    sweeps=((GROUP_SWEEP, distribution_step),),
    decisions=GROUP_DECISIONS,
    hooks=(
        ROLE_HELD.by(is_group_role),
        ACCOUNT_KNOWN.by(is_group_role),
        SIGNS_FOR.by(signs_for_group),
        MEMBER_EXPELLED.by(leave_groups),
    ),
    invariants=GROUP_INVARIANTS,
    postings=GROUP_POSTINGS,
    limits=limits,
    weights=weights,
    codes=GROUP_CODES,
)
