"""Parameters as people read and type them: shares, costs, durations, choices."""

from __future__ import annotations

from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.encoding.amounts import (
    format_amount,
    format_duration,
    format_energy,
    format_share,
    parse_amount,
    parse_duration_ms,
    parse_energy,
    parse_share,
)
from ledger.errors import AmountError, Refused


def parse_parameter(rule: ParameterRule, text: str, decimals: int) -> int:
    """The stored value of a typed one, within its bounds; raises `AmountError`, or `Refused` outside of them.

    `decimals` are those of the community's currency.
    """
    value = _parse(rule, text, decimals)
    if not rule.minimum <= value <= rule.most(decimals):
        least, most = (format_parameter(rule, bound, decimals) for bound in (rule.minimum, rule.most(decimals)))
        raise Refused(f"{rule.name} must lie between {least} and {most}", code="parameter_out_of_bounds")
    rule.check(value)
    return value


def _parse(rule: ParameterRule, text: str, decimals: int) -> int:
    match rule.unit:
        case ParameterUnit.PARTS:
            return parse_share(text)
        case ParameterUnit.DURATION_MS:
            return parse_duration_ms(text)
        case ParameterUnit.CHOICE:
            return _choice(rule, text)
        case ParameterUnit.ENERGY_WH:
            return parse_energy(text)
        case ParameterUnit.ENT_PER_KWH | ParameterUnit.ENT_PER_KWH_HOUR | ParameterUnit.ENT:
            return parse_amount(text)
        case ParameterUnit.CURRENCY_PER_ENT:
            return parse_amount(text, decimals)


def _choice(rule: ParameterRule, text: str) -> int:
    if text in rule.choices:
        return rule.choices.index(text)
    raise AmountError(f"{rule.name} is one of {', '.join(rule.choices)}, not {text!r}")


def format_parameter(rule: ParameterRule, value: int, decimals: int) -> str:
    """A stored value as it can be typed again; `decimals` are those of the community's currency."""
    match rule.unit:
        case ParameterUnit.PARTS:
            return format_share(value)
        case ParameterUnit.DURATION_MS:
            return format_duration(value)
        case ParameterUnit.CHOICE:
            return rule.choices[value]
        case ParameterUnit.ENERGY_WH:
            return format_energy(value)
        case ParameterUnit.ENT_PER_KWH | ParameterUnit.ENT_PER_KWH_HOUR | ParameterUnit.ENT:
            return format_amount(value)
        case ParameterUnit.CURRENCY_PER_ENT:
            return format_amount(value, decimals)
