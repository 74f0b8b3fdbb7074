"""What voters decide of meters (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.metering.bindings import check_jump, check_release, release_meter, settle_jump
from ledger.metering.payloads import ReleaseMeter, SettleJump

METERING_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(
        SettleJump,
        lambda c, a: check_jump(c, a.meter_key, a.jump),
        lambda c, a: settle_jump(c, a.meter_key, a.jump, accept=a.accept),
    ),
    Decision(ReleaseMeter, lambda c, a: check_release(c, a.meter_key), lambda c, a: release_meter(c, a.meter_key)),
)
