"""What voters decide of groups (rules GP1, GP3, GP4, GP13, GP14)."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.decision import Decision
from ledger.groups.opened import open_group
from ledger.groups.opening import (
    change_group,
    check_dissolution,
    check_group_change,
    check_opening,
    dissolve_group,
    open_by_vote,
)
from ledger.groups.payloads import AdmitGroup, AdmitGroupPoint, AssignShares, ChangeGroup, DissolveGroup, SpendFromGroup
from ledger.groups.payments import check_spending, spend_by_vote
from ledger.groups.roles import admit_group_point, check_group_point
from ledger.groups.shares import check_from_slot, check_rows, set_shares


def _check_assignment(context: Context, action: AssignShares) -> None:
    group = open_group(context, action.change.group)
    check_from_slot(context, action.change.from_slot, group.opened_slot)
    check_rows(context, group.account, action.change.rows)


def _assign(context: Context, action: AssignShares) -> None:
    set_shares(context, action.change.group, action.change.from_slot, action.change.rows, b"")


GROUP_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(AdmitGroup, lambda c, a: check_opening(c, a.opening), lambda c, a: open_by_vote(c, a.opening)),
    Decision(ChangeGroup, check_group_change, change_group),
    Decision(AssignShares, _check_assignment, _assign),
    Decision(SpendFromGroup, lambda c, a: check_spending(c, a.payment), lambda c, a: spend_by_vote(c, a.payment)),
    Decision(AdmitGroupPoint, check_group_point, admit_group_point),
    Decision(DissolveGroup, check_dissolution, dissolve_group),
)
