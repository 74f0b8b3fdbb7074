"""What voters decide of points, custodians and the time zone (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.slots.files import check_custodian, set_custodian
from ledger.slots.payloads import AdmitPoint, AlterPoint, ExtendZone, RemovePoint, SetCustodian
from ledger.slots.registration import (
    change_point,
    check_change,
    check_closing,
    check_point,
    close_point,
    register_point,
)
from ledger.slots.zone import check_zone, extend_zone

SLOTS_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(AdmitPoint, lambda c, a: check_point(c, a.point), lambda c, a: register_point(c, a.point)),
    Decision(AlterPoint, lambda c, a: check_change(c, a.point), lambda c, a: change_point(c, a.point)),
    Decision(RemovePoint, lambda c, a: check_closing(c, a.point), lambda c, a: close_point(c, a.point)),
    Decision(SetCustodian, check_custodian, set_custodian),
    Decision(ExtendZone, check_zone, extend_zone),
)
