"""Which rules hold at a height: the protocol version, the modules that are on, and what a vote planned (rules O9-O13).

Everything here follows from the state after the block before: so a node knows before a height whether it can take part
in it, and replay, sync and reads of past states find the rules of their height.
"""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.chain.genesis import Genesis
from ledger.chain.hooks import Hooks
from ledger.chain.registry import Registry
from ledger.chain.schema import (
    KNOWN_VERSIONS,
    ONLY,
    PARAMETERS,
    PLANNED_UPGRADE,
    PROTOCOL,
    VALIDATORS,
    VOTED_SECTIONS,
    Parameter,
    ProtocolInForce,
    Upgrade,
    VotedSection,
)
from ledger.chain.upgrade_events import UpgradeActivated, UpgradeLapsed
from ledger.errors import InvalidInput, Refused, require
from ledger.state.overlay import State


class Readiness(msgspec.Struct, frozen=True):
    """The power of the validators whose headers say that they know a version, of the whole set's."""

    power: int
    total: int

    @property
    def is_enough(self) -> bool:
        """More than two thirds, in every mode (O11)."""
        return 3 * self.power > 2 * self.total


def protocol_in_force(state: State, genesis: Genesis) -> ProtocolInForce:
    """The version in force after a block; before the first one the genesis'."""
    return state.get(PROTOCOL, ONLY) or ProtocolInForce(
        genesis.version, 0, tuple(name for name, _section in genesis.sections)
    )


def rules_after(registry: Registry, state: State, genesis: Genesis) -> Hooks:
    """The rules in force after a block: what must hold of its state is among them."""
    protocol = protocol_in_force(state, genesis)
    return registry.in_force(protocol.version, protocol.sections)


def planned_upgrade(state: State) -> Upgrade | None:
    """What is planned, if anything is (O11)."""
    return state.get(PLANNED_UPGRADE, ONLY)


def readiness(state: State, version: int) -> Readiness:
    """How much power of the set that decides the next height knows a version (O10)."""
    power = total = 0
    for address in state.scan(VALIDATORS):
        member, known = state.get(VALIDATORS, address), state.get(KNOWN_VERSIONS, address)
        require(member is not None, "a validator is listed without an entry")
        if member is not None:
            total += member.power
            power += member.power if known is not None and known.version >= version else 0
    return Readiness(power, total)


def version_at(state: State, genesis: Genesis, height: int) -> int:
    """The version that a program must know to execute the block at `height`, the next one after `state` (O11)."""
    plan = planned_upgrade(state)
    if plan is not None and plan.height == height and readiness(state, plan.version).is_enough:
        return plan.version
    return protocol_in_force(state, genesis).version


def context_at(
    registry: Registry,
    state: State,
    genesis: Genesis,
    height: int,
    time_ms: int,
    *,
    fee_account: bytes = b"",
    proposer_key: bytes = b"",
    known_version: int = 0,
    committed: frozenset[bytes] = frozenset(),
) -> Context:
    """What rules see in the block at `height`, the next one after `state`; a planned upgrade takes force or lapses.

    Raises `UnknownVersion` where this program does not know the rules of that height.
    """
    context = _context(
        registry, state, genesis, protocol_in_force(state, genesis), height, time_ms, fee_account, proposer_key,
        known_version, committed,
    )  # fmt: skip
    plan = planned_upgrade(state)
    return context if plan is None or plan.height != height else _conclude(registry, context, genesis, plan)


def _context(
    registry: Registry, state: State, genesis: Genesis, protocol: ProtocolInForce, height: int, time_ms: int,
    fee_account: bytes, proposer_key: bytes, known_version: int, committed: frozenset[bytes],
) -> Context:  # fmt: skip
    given = {name for name, _section in genesis.sections}
    voted = tuple((name, _voted(state, name)) for name in protocol.sections if name not in given)
    hooks = registry.in_force(protocol.version, protocol.sections)
    return Context(
        state, genesis.joined(voted), hooks, height, time_ms, fee_account, proposer_key, known_version, committed
    )


def _voted(state: State, name: str) -> bytes:
    entry = state.get(VOTED_SECTIONS, name.encode())
    require(entry is not None, f"the module {name} is on without a section")
    return b"" if entry is None else entry.section


def _conclude(registry: Registry, context: Context, genesis: Genesis, plan: Upgrade) -> Context:
    """At the planned height: the new rules if enough power knows them and they can begin, else the old ones (O12)."""
    state = context.state
    ready = readiness(state, plan.version)
    state.delete(PLANNED_UPGRADE, ONLY)
    mark = state.checkpoint()
    try:
        if not ready.is_enough:
            raise Refused(f"{ready.power} of {ready.total} power knows the version", code="not_ready")
        return _activate(registry, context, genesis, plan)
    except (Refused, InvalidInput) as error:
        state.rollback(mark)
        context.emit(UpgradeLapsed(plan.version, plan.module, ready.power, ready.total, error.code))
        return context


def _activate(registry: Registry, before: Context, genesis: Genesis, plan: Upgrade) -> Context:
    """The first context under the new rules; raises `Refused` or `InvalidInput` where the module cannot begin."""
    state = before.state
    old = protocol_in_force(state, genesis)
    if plan.module and plan.module not in registry.in_force(plan.version, old.sections).switchable:
        raise Refused(f"version {plan.version} has no module {plan.module} to switch on", code="unknown_module")
    sections = tuple(sorted((*old.sections, plan.module))) if plan.module else old.sections
    protocol = ProtocolInForce(plan.version, before.height, sections)
    state.put(PROTOCOL, ONLY, protocol)
    if plan.module:
        state.put(VOTED_SECTIONS, plan.module.encode(), VotedSection(before.height, plan.section))
    context = _context(
        registry, state, genesis, protocol, before.height, before.time_ms, before.fee_account, before.proposer_key,
        before.known_version, before.committed,
    )  # fmt: skip
    section = registry.section_of(plan.module)
    if section is not None:
        section.check(context.genesis, section.of(context.genesis))
    put_defaults(context)
    for begin in context.hooks.first_states.get(plan.module, ()) if plan.module else ():
        begin(context)
    context.emit(UpgradeActivated(plan.version, plan.module))
    return context


def put_defaults(context: Context) -> None:
    """Give every parameter of the rules in force that has no value its default (P1)."""
    for name in sorted(context.hooks.parameters):
        if context.state.get(PARAMETERS, name.encode()) is None:
            context.state.put(PARAMETERS, name.encode(), Parameter(context.hooks.parameters[name].default))
