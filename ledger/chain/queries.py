"""What people ask of what belongs to no subject: the parameters in force. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.chain.parameters import ParameterRule
from ledger.chain.schema import PARAMETERS
from ledger.state.overlay import State


def parameters_in_force(state: State, rules: Iterable[ParameterRule]) -> Iterator[tuple[ParameterRule, int]]:
    """The rules with their values, by name; one of a module that is off has none."""
    for rule in sorted(rules, key=lambda rule: rule.name):
        entry = state.get(PARAMETERS, rule.name.encode())
        if entry is not None:
            yield rule, entry.value
