"""What must hold of upgrades in every state (rule Z9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.schema import KNOWN_VERSIONS, PLANNED_UPGRADE, PROTOCOL, VALIDATORS, VOTED_SECTIONS
from ledger.errors import require
from ledger.state.overlay import Reader


def check_upgrades(state: Reader) -> None:
    """One version is in force; what votes switched on is among what is on; who is known to know a version validates."""
    in_force = [value for _key, value in entries(state, PROTOCOL)]
    require(len(in_force) == 1, "there is not just one protocol version in force")
    voted = {key.decode() for key, _value in entries(state, VOTED_SECTIONS)}
    require(voted <= set(in_force[0].sections), "a module was switched on and is off")
    for _key, plan in entries(state, PLANNED_UPGRADE):
        require(plan.version >= in_force[0].version, "a version is planned that is below the one in force")
    members = {key for key, _value in entries(state, VALIDATORS)}
    known = {key for key, _value in entries(state, KNOWN_VERSIONS)}
    require(known <= members, "a version is known of who is no validator")


UPGRADES_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_upgrades,)
