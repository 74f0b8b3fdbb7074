"""The first state of a chain, from its genesis (rule G3)."""

from __future__ import annotations

from ledger.accounts import mint
from ledger.context import Context
from ledger.errors import GenesisError, Refused
from ledger.events import BankerChanged, CurrencyMinted
from ledger.execution import Executed, parameters_hash
from ledger.genesis import Genesis, check_genesis
from ledger.registry import Registry
from ledger.rules.members import admit
from ledger.rules.units import register_unit
from ledger.rules.validators import insert_validator
from ledger.rules.voting import add_voter
from ledger.schema import BANKER, PARAMETERS, Asset, Banker, Parameter
from ledger.state import MemoryReader, State
from ledger.types import Receipt
from ledger.validators import load_validators


def first_state(registry: Registry, genesis: Genesis) -> Executed:
    """Execute the genesis; raises `GenesisError` where it cannot be carried out."""
    check_genesis(genesis)
    context = Context(State(MemoryReader()), genesis, registry.hooks, 0, genesis.time_ms, b"")
    try:
        _set_parameters(context, registry, genesis)
        for voter in genesis.voters:
            add_voter(context, voter)
        context.state.put(BANKER, b"", Banker(genesis.banker))
        context.emit(BankerChanged(genesis.banker))
        for validator in genesis.validators:
            insert_validator(context, validator.key, validator.account, validator.name)
        for member in genesis.members:
            admit(context, member)
        for unit in genesis.units:
            register_unit(context, unit.address, unit.owner, unit.capacity_wh, unit.max_power_w, unit.terms)
        for entry in genesis.balances:
            mint(context.state, entry.address, Asset.EEURO, entry.amount)
            context.emit(CurrencyMinted(genesis.banker, entry.address, entry.amount))
    except Refused as refusal:
        raise GenesisError(f"the genesis cannot be carried out: {refusal.detail}") from refusal
    receipt = Receipt(b"", "", 0, 0, tuple(context.events))
    state = context.state
    return Executed((receipt,), state.changes(), load_validators(state), parameters_hash(state, registry))


def _set_parameters(context: Context, registry: Registry, genesis: Genesis) -> None:
    given = dict(genesis.parameters)
    unknown = sorted(set(given) - set(registry.parameters))
    if unknown:
        raise GenesisError(f"unknown parameter {unknown[0]}")
    for name in sorted(registry.parameters):
        rule = registry.parameters[name]
        context.state.put(PARAMETERS, name.encode(), Parameter(rule.default))
    for name, value in sorted(given.items()):
        registry.parameters[name].check(value)
        context.state.put(PARAMETERS, name.encode(), Parameter(value))
    for name, value in sorted(given.items()):
        for check in registry.hooks.parameter_checks:
            check(context, name, value)
