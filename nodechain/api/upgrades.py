"""What is planned of the protocol: a part of the node's status and figures, without a route of its own."""

from __future__ import annotations

from typing import Final

from ledger.chain.protocol import planned_upgrade, readiness
from ledger.state.overlay import State
from nodechain.api.http.models import ApiModel
from nodechain.api.http.route import Route
from nodechain.modules import REGISTRY
from nodechain.node import Node


class PlannedUpgrade(ApiModel):
    """What is planned for a height, and how much of the validators' power knows the version as yet."""

    height: int
    version: int
    module: str
    release: str
    ready_power: int
    total_power: int
    enough: bool
    known_here: bool


def planned(node: Node) -> PlannedUpgrade | None:
    """The upgrade that is planned, with the power that is ready for it at the head; None where there is none."""
    state = State(node.app.store)
    plan = planned_upgrade(state)
    if plan is None:
        return None
    ready = readiness(state, plan.version)
    return PlannedUpgrade(
        height=plan.height,
        version=plan.version,
        module=plan.module,
        release=plan.release,
        ready_power=ready.power,
        total_power=ready.total,
        enough=ready.is_enough,
        known_here=plan.version <= REGISTRY.newest,
    )


ROUTES: Final[tuple[Route, ...]] = ()
