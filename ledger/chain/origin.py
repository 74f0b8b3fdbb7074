"""The first state of a chain, from its genesis (rule G3)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.execution import Executed, next_due_ms, parameters_hash
from ledger.chain.genesis import Genesis, check_genesis
from ledger.chain.header import Receipt
from ledger.chain.parameters import ParameterRule
from ledger.chain.points import FIRST_STATE, PARAMETER_CHECK
from ledger.chain.registry import Registry
from ledger.chain.schema import PARAMETERS, Parameter
from ledger.chain.section import check_sections
from ledger.chain.validator_set import load_validators
from ledger.errors import GenesisError, Refused
from ledger.state.overlay import MemoryReader, State


def first_state(registry: Registry, genesis: Genesis) -> Executed:
    """Execute the genesis: parameters, then each module's part; raises `GenesisError` where it cannot be."""
    check_genesis(genesis)
    check_sections(genesis, registry.sections)
    context = Context(State(MemoryReader()), genesis, registry.hooks, 0, genesis.time_ms, b"")
    try:
        _set_parameters(context, registry.parameters)
        for grant in registry.hooks.at(FIRST_STATE):
            grant(context)
    except Refused as refusal:
        raise GenesisError(f"the genesis cannot be carried out: {refusal.detail}") from refusal
    receipt = Receipt(b"", "", 0, 0, tuple(context.events))
    state = context.state
    return Executed(
        (receipt,),
        state.changes(),
        load_validators(state),
        parameters_hash(state, registry),
        next_due_ms(state, genesis.time_ms),
    )


def _set_parameters(context: Context, rules: dict[str, ParameterRule]) -> None:
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
