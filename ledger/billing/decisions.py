"""What voters decide of bills (rule BL1)."""

from __future__ import annotations

from typing import Final

from ledger.billing.payloads import SetTreasurer
from ledger.billing.rules import check_treasurer, set_treasurer
from ledger.chain.decision import Decision

BILLING_DECISIONS: Final[tuple[Decision, ...]] = (Decision(SetTreasurer, check_treasurer, set_treasurer),)
