"""The first state of a chain, from its genesis (rule G3)."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.chain.context import Context
from ledger.chain.execution import Executed, executed_of
from ledger.chain.genesis import Genesis, check_genesis
from ledger.chain.header import Receipt
from ledger.chain.parameters import ParameterRule
from ledger.chain.points import FIRST_STATE, PARAMETER_CHECK
from ledger.chain.protocol import context_at, protocol_in_force
from ledger.chain.registry import Registry
from ledger.chain.schema import ONLY, PARAMETERS, PROTOCOL, Parameter
from ledger.chain.section import check_sections
from ledger.errors import GenesisError, Refused, UnknownVersion
from ledger.state.overlay import MemoryReader, State


def first_state(registry: Registry, genesis: Genesis) -> Executed:
    """Execute the genesis: parameters, then each module's part; raises `GenesisError` where it cannot be."""
    check_genesis(genesis)
    check_sections(genesis, registry.sections)
    try:
        context = context_at(registry, State(MemoryReader()), genesis, 0, genesis.time_ms)
        _set_parameters(context, context.hooks.parameters)
        for grant in context.hooks.at(FIRST_STATE):
            grant(context)
        context.state.put(PROTOCOL, ONLY, protocol_in_force(context.state, genesis))
    except (Refused, UnknownVersion) as error:
        raise GenesisError(f"the genesis cannot be carried out: {error.detail}") from error
    return executed_of(context, (Receipt(b"", "", 0, 0, tuple(context.events)),))


def _set_parameters(context: Context, rules: Mapping[str, ParameterRule]) -> None:
    given = dict(context.genesis.parameters)
    unknown = sorted(set(given) - set(rules))
    if unknown:
        raise GenesisError(f"unknown parameter {unknown[0]}")
    for name in sorted(rules):
        rules[name].check(given.get(name, rules[name].default))
        context.state.put(PARAMETERS, name.encode(), Parameter(given.get(name, rules[name].default)))
    for name, value in sorted(given.items()):
        for check in context.hooks.at(PARAMETER_CHECK):
            check(context, name, value)
