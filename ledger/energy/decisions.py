"""What voters decide of storage units and ENT (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.energy.annulment import annul, check_annulment
from ledger.energy.payloads import Annul, ChangeUnit, RegisterUnit, ReinstateUnit, RemoveUnit, SetPriority
from ledger.energy.priority import check_priority, set_priority
from ledger.energy.removal import carry_out_removal
from ledger.energy.units import (
    change_unit,
    check_change,
    check_registration,
    check_reinstatement,
    check_removal,
    register_unit,
    reinstate_unit,
)

ENERGY_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(
        RegisterUnit,
        lambda c, a: check_registration(c, a.unit, a.owner, a.capacity_wh, a.terms),
        lambda c, a: register_unit(c, a.unit, a.owner, a.capacity_wh, a.max_power_w, a.terms),
    ),
    Decision(
        ChangeUnit,
        lambda c, a: check_change(c, a.unit, a.capacity_wh, a.max_power_w, a.terms),
        lambda c, a: change_unit(c, a.unit, a.capacity_wh, a.max_power_w, a.terms),
    ),
    Decision(RemoveUnit, lambda c, a: check_removal(c, a.unit), lambda c, a: carry_out_removal(c, a.unit)),
    Decision(
        ReinstateUnit,
        lambda c, a: check_reinstatement(c, a.unit),
        lambda c, a: reinstate_unit(c, a.unit, a.accept_wh),
    ),
    Decision(
        SetPriority,
        lambda c, a: check_priority(c, a.account, wanted=a.has_priority),
        lambda c, a: set_priority(c, a.account, wanted=a.has_priority),
    ),
    Decision(
        Annul,
        lambda c, a: check_annulment(c, a.address, a.unit, a.amount),
        lambda c, a: annul(c, a.address, a.unit, a.amount),
    ),
)
