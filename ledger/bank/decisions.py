"""What voters decide of currency (rules O2, BK5)."""

from __future__ import annotations

from typing import Final

from ledger.bank.payloads import SetBanker, SettleWithdrawal
from ledger.bank.rules import check_banker, set_banker
from ledger.bank.withdrawals import check_settlement, settle_withdrawal
from ledger.chain.decision import Decision

BANK_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(SetBanker, lambda c, a: check_banker(c, a.address), lambda c, a: set_banker(c, a.address)),
    Decision(SettleWithdrawal, check_settlement, settle_withdrawal),
)
