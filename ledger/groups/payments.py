"""Costs and bills paid out of a group's account (rule GP13)."""

from __future__ import annotations

import msgspec

from ledger.bank.balances import move
from ledger.bank.genesis import assets_of
from ledger.bank.points import tell_came_in
from ledger.billing.rules import note_bill_payment
from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.groups.events import GroupBillPaid, GroupSpent
from ledger.groups.opened import open_group, require_right
from ledger.groups.payloads import PayFromGroup
from ledger.groups.schema import GROUPS, Group
from ledger.groups.terms import OperatorRight
from ledger.groups.weights import GROUP_CHANGE
from ledger.slots.clock import clock_of
from ledger.state.table import big_endian


def do_pay_from_group(context: Context, payload: PayFromGroup) -> None:
    """The operator pays, up to what the terms let it spend in a local month (GP13)."""
    group = open_group(context, payload.group)
    require_right(group, context.sender, OperatorRight.PAY)
    if payload.asset != group.asset:
        raise Refused("the operator pays in the currency of its limit; for others open a vote", code="bad_group")
    month, spent = spent_in_month(context, group)
    if spent + payload.amount > group.terms.monthly_limit:
        left = max(group.terms.monthly_limit - spent, 0)
        raise Refused(f"{left} base units are left of the operator's month", code="over_group_limit")
    counted = msgspec.structs.replace(group, month=month, spent=spent + payload.amount)
    context.state.put(GROUPS, big_endian(group.number), counted)
    _pay(context, group, payload, context.sender)


def spent_in_month(context: Context, group: Group) -> tuple[int, int]:
    """The local month, and what the operator has spent in it."""
    clock = clock_of(context)
    month = clock.local_month(clock.slot_of(context.time_ms))
    return month, group.spent if group.month == month else 0


def check_spending(context: Context, payload: PayFromGroup) -> Group:
    """Refuse what cannot be paid: an unknown asset, to nobody, to itself (GP13)."""
    context.charge(GROUP_CHANGE)
    group = open_group(context, payload.group)
    if payload.asset > len(assets_of(context.genesis)):
        raise Refused(f"there is no asset {payload.asset}", code="unknown_asset")
    if payload.recipient == group.account:
        raise Refused("a group does not pay itself", code="same_account")
    require_member(context, payload.recipient)
    return group


def spend_by_vote(context: Context, payload: PayFromGroup) -> None:
    """Carry out a vote (GP13)."""
    _pay(context, check_spending(context, payload), payload, b"")


def _pay(context: Context, group: Group, payload: PayFromGroup, operator: bytes) -> None:
    check_spending(context, payload)
    move(context.state, group.account, payload.recipient, payload.asset, payload.amount)
    if payload.bill:
        note_bill_payment(context, payload.bill, group.account, payload.recipient, payload.asset, payload.amount)
        context.emit(
            GroupBillPaid(
                group.number, group.account, payload.bill, payload.asset, payload.amount, payload.purpose, operator
            )
        )
    else:
        context.emit(
            GroupSpent(
                group.number, group.account, payload.recipient, payload.asset, payload.amount, payload.purpose, operator
            )
        )
    tell_came_in(context, payload.recipient, payload.asset)
