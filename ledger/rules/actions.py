"""What each voted action checks when its vote is opened, and does when it passes (rule O2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger.context import Context
from ledger.errors import Refused
from ledger.events import ParameterChanged
from ledger.params import BURNING_COST, MINTING_COST, RECOVERY_SHARE
from ledger.rules.annulment import annul, check_annulment
from ledger.rules.bank import check_banker, set_banker
from ledger.rules.imbalance import reset_rate
from ledger.rules.members import admit, check_admission, check_expulsion, expel
from ledger.rules.metering import check_jump, check_release, release_meter, settle_jump
from ledger.rules.removal import carry_out_removal
from ledger.rules.units import (
    change_unit,
    check_change,
    check_registration,
    check_reinstatement,
    check_removal,
    register_unit,
    reinstate_unit,
)
from ledger.rules.validators import (
    add_validator,
    check_new_validator,
    check_validator_removal,
    remove_validator,
)
from ledger.schema import PARAMETERS, Parameter
from ledger.transactions.actions import (
    Action,
    AddValidator,
    AddVoter,
    AdmitMember,
    Annul,
    ChangeUnit,
    ExpelMember,
    RegisterUnit,
    ReinstateUnit,
    ReleaseMeter,
    RemoveUnit,
    RemoveValidator,
    RemoveVoter,
    SetBanker,
    SetParameter,
    SettleJump,
)

Rule = Callable[[Context], object]


@dataclass(frozen=True, slots=True)
class Decision:
    """`check` refuses to open a vote that cannot be carried out; `carry_out` does it, or refuses by then."""

    check: Rule
    carry_out: Rule


def decision_for(action: Action) -> Decision:
    """The decision that an action asks for; voters' own are in `ledger.rules.voting`."""
    match action:
        case RegisterUnit(unit, owner, capacity, power, terms):
            return Decision(
                lambda c: check_registration(c, unit, owner, capacity, terms),
                lambda c: register_unit(c, unit, owner, capacity, power, terms),
            )
        case ChangeUnit(unit, capacity, power, terms):
            return Decision(
                lambda c: check_change(c, unit, capacity, power, terms),
                lambda c: change_unit(c, unit, capacity, power, terms),
            )
        case RemoveUnit(unit):
            return Decision(lambda c: check_removal(c, unit), lambda c: carry_out_removal(c, unit))
        case ReinstateUnit(unit, accept_wh):
            return Decision(lambda c: check_reinstatement(c, unit), lambda c: reinstate_unit(c, unit, accept_wh))
        case SetBanker(address):
            return Decision(lambda c: check_banker(c, address), lambda c: set_banker(c, address))
        case SetParameter(name, value):
            return Decision(lambda c: _check_parameter(c, name, value), lambda c: _set_parameter(c, name, value))
        case AddValidator():
            return Decision(lambda c: check_new_validator(c, action), lambda c: add_validator(c, action))
        case RemoveValidator(address):
            return Decision(lambda c: check_validator_removal(c, address), lambda c: remove_validator(c, address))
        case AdmitMember(address):
            return Decision(lambda c: check_admission(c, address), lambda c: admit(c, address))
        case ExpelMember(address):
            return Decision(lambda c: check_expulsion(c, address), lambda c: expel(c, address))
        case Annul(address, unit, amount):
            return Decision(
                lambda c: check_annulment(c, address, unit, amount), lambda c: annul(c, address, unit, amount)
            )
        case SettleJump(meter_key, jump, accept):
            return Decision(
                lambda c: check_jump(c, meter_key, jump), lambda c: settle_jump(c, meter_key, jump, accept=accept)
            )
        case ReleaseMeter(meter_key):
            return Decision(lambda c: check_release(c, meter_key), lambda c: release_meter(c, meter_key))
        case AddVoter() | RemoveVoter():
            raise Refused("decided in ledger.rules.voting", code="unknown_action")


def _check_parameter(context: Context, name: str, value: int) -> None:
    rule = context.hooks.parameters.get(name)
    if rule is None:
        raise Refused(f"no parameter is named {name}", code="unknown_parameter")
    rule.check(value)
    if context.parameter(name) == value:
        raise Refused(f"{name} has this value already", code="unchanged")
    for check in context.hooks.parameter_checks:
        check(context, name, value)


def _set_parameter(context: Context, name: str, value: int) -> None:
    """Set a parameter (P2); C, M and B reset the rate from the present difference (I6)."""
    _check_parameter(context, name, value)
    context.state.put(PARAMETERS, name.encode(), Parameter(value))
    context.emit(ParameterChanged(name, value))
    if name in (RECOVERY_SHARE, MINTING_COST, BURNING_COST):
        reset_rate(context)
    for follow in context.hooks.parameter_changes:
        follow(context, name)
