"""Setting parameters by vote (rule P2)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.points import PARAMETER_CHANGED, PARAMETER_CHECK
from ledger.chain.schema import PARAMETERS, Parameter
from ledger.errors import Refused
from ledger.governance.events import ParameterChanged
from ledger.governance.payloads import SetParameter


def check_parameter(context: Context, action: SetParameter) -> None:
    """Refuse what is unknown, unchanged, out of bounds, or does not go with the others (P2)."""
    name, value = action.name, action.value
    rule = context.hooks.parameters.get(name)
    if rule is None:
        raise Refused(f"no parameter is named {name}", code="unknown_parameter")
    rule.check(value)
    if context.parameter(name) == value:
        raise Refused(f"{name} has this value already", code="unchanged")
    for check in context.hooks.at(PARAMETER_CHECK):
        check(context, name, value)


def set_parameter(context: Context, action: SetParameter) -> None:
    """Carry out a vote: set a parameter, and let follow what depends on it (P2)."""
    check_parameter(context, action)
    name, value = action.name, action.value
    context.state.put(PARAMETERS, name.encode(), Parameter(value))
    context.emit(ParameterChanged(name, value))
    for follow in context.hooks.at(PARAMETER_CHANGED):
        follow(context, name)
