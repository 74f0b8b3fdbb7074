"""Planning an upgrade, and noting who could take part in it (rules O10, O11, O13)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.protocol import planned_upgrade
from ledger.chain.schema import KNOWN_VERSIONS, ONLY, PLANNED_UPGRADE, KnownVersion, Upgrade
from ledger.chain.section import Section
from ledger.chain.validator_set import validator_address
from ledger.encoding.codec import Value
from ledger.errors import InvalidInput, Refused
from ledger.upgrades.events import UpgradeCancelled, UpgradePlanned, VersionKnown
from ledger.upgrades.payloads import CancelUpgrade, PlanUpgrade
from ledger.upgrades.weights import KNOWN_VERSION


def note_known_version(context: Context) -> int:
    """What the proposer's program knows, if it is another version than before (O10); what noting it weighs."""
    if not context.proposer_key:
        return 0
    address = validator_address(context.proposer_key)
    entry = context.state.get(KNOWN_VERSIONS, address)
    if entry is not None and entry.version == context.known_version:
        return 0
    context.state.put(KNOWN_VERSIONS, address, KnownVersion(context.known_version, context.height))
    context.emit(VersionKnown(address, context.known_version))
    return KNOWN_VERSION


def check_upgrade(context: Context, action: PlanUpgrade) -> None:
    """Refuse what cannot come, would change nothing, or begins with a section that is wrong (O11)."""
    if action.height <= context.height:
        raise Refused(f"height {action.height} is not above this block's {context.height}", code="upgrade_too_late")
    if planned_upgrade(context.state) is not None:
        raise Refused("another upgrade is planned; cancel it, or wait for its height", code="upgrade_planned")
    version = context.hooks.version
    if action.version < version:
        raise Refused(f"protocol version {version} is in force, there is no way back", code="version_in_force")
    if not action.module and (action.version == version or action.section):
        raise Refused("the upgrade would change nothing", code="unchanged")
    if action.module:
        _check_module(context, action)


def _check_module(context: Context, action: PlanUpgrade) -> None:
    """A module that the version in force knows is checked now; one that comes with a later version cannot be, because
    programs of the version in force do not have it: it is when it begins (O12)."""
    hooks = context.hooks
    if action.module in hooks.modules:
        raise Refused(f"the module {action.module} is on already", code="module_on")
    section: Section[Value] | None = hooks.switchable.get(action.module)
    if section is None and (action.version == hooks.version or action.module in hooks.others):
        raise Refused(f"no module {action.module} can be switched on", code="unknown_module")
    if section is not None:
        joined = context.genesis.joined(((action.module, action.section),))
        try:
            section.check(joined, section.of(joined))
        except InvalidInput as error:
            raise Refused(f"the section is wrong: {error.detail}", code="bad_section") from error


def plan_upgrade(context: Context, action: PlanUpgrade) -> None:
    """Carry out a vote: what is planned is announced from now on, and decided at its height (O11)."""
    check_upgrade(context, action)
    plan = Upgrade(action.height, action.version, action.module, action.section, action.release)
    context.state.put(PLANNED_UPGRADE, ONLY, plan)
    context.emit(UpgradePlanned(plan.height, plan.version, plan.module, plan.release))


def check_cancellation(context: Context, action: CancelUpgrade) -> Upgrade:
    """What is planned for that height; refuse to cancel anything else (O13)."""
    plan = planned_upgrade(context.state)
    if plan is None or plan.height != action.height:
        raise Refused(f"nothing is planned for height {action.height}", code="no_upgrade")
    return plan


def cancel_upgrade(context: Context, action: CancelUpgrade) -> None:
    """Carry out a vote: everything stays as it is (O13)."""
    plan = check_cancellation(context, action)
    context.state.delete(PLANNED_UPGRADE, ONLY)
    context.emit(UpgradeCancelled(plan.height, plan.version, plan.module))
