"""What people ask of what belongs to no subject: the parameters in force. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.chain.context import Context
from ledger.chain.parameters import ParameterRule


def parameters_in_force(context: Context, rules: Iterable[ParameterRule]) -> Iterator[tuple[ParameterRule, int]]:
    """The rules with their values, by name."""
    return ((rule, context.parameter(rule.name)) for rule in sorted(rules, key=lambda rule: rule.name))
