"""What an operator sends in its group's name (rule GP15): orders, where the terms give it the right to trade."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.errors import InvalidInput, Refused
from ledger.groups.opened import open_group, require_right
from ledger.groups.payloads import ActForGroup
from ledger.groups.terms import OperatorRight


def do_act_for_group(context: Context, payload: ActForGroup) -> None:
    """The type's own handler, with the group's account in place of the sender (GP15)."""
    group = open_group(context, payload.group)
    require_right(group, context.sender, OperatorRight.TRADE)
    codec = context.hooks.on_behalf.get(payload.type)
    if codec is None:
        raise Refused(f"type {payload.type} is not sent for a group", code="type_not_for_groups")
    try:
        content = codec.decode(payload.content)
    except InvalidInput as error:
        raise Refused(f"the content is no payload of type {payload.type}: {error.detail}", code="bad_group") from None
    operator = context.sender
    context.sender = group.account
    try:
        context.hooks.handlers[payload.type](context, content)
    finally:
        context.sender = operator
