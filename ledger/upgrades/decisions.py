"""What voters decide of the protocol (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.upgrades.payloads import CancelUpgrade, PlanUpgrade
from ledger.upgrades.rules import cancel_upgrade, check_cancellation, check_upgrade, plan_upgrade

UPGRADES_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(PlanUpgrade, check_upgrade, plan_upgrade),
    Decision(CancelUpgrade, check_cancellation, cancel_upgrade),
)
