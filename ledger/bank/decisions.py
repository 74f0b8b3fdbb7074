"""What voters decide of currency (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.bank.payloads import SetBanker
from ledger.bank.rules import check_banker, set_banker
from ledger.chain.decision import Decision

BANK_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(SetBanker, lambda c, a: check_banker(c, a.address), lambda c, a: set_banker(c, a.address)),
)
