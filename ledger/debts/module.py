"""Debts on one page: what the module `debts` brings. It is on wherever a module that has pools is."""

from __future__ import annotations

from typing import Final

from ledger.bank.points import CURRENCY_CAME_IN
from ledger.chain.numbers import Places
from ledger.chain.points import BEGIN_BLOCK
from ledger.chain.registry import Module
from ledger.debts import limits, weights
from ledger.debts.invariants import DEBTS_INVARIANTS
from ledger.debts.rules import division_step, pay_debts, pay_from_fees
from ledger.debts.schema import DEBT_COUNT, DEBTS_TABLES, DIVISION_SWEEP

DEBTS: Final = Module(
    name="debts",
    places=Places(18),
    tables=DEBTS_TABLES,
    counters=(DEBT_COUNT,),
    sweeps=((DIVISION_SWEEP, division_step),),
    hooks=(CURRENCY_CAME_IN.by(pay_debts), BEGIN_BLOCK.by(pay_from_fees)),
    invariants=DEBTS_INVARIANTS,
    limits=limits,
    weights=weights,
)
