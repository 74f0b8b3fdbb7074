"""What belongs to no subject, as a module: counters, parameters, what falls due, what is swept."""

from __future__ import annotations

from typing import Final

from ledger import limits
from ledger.chain import weights
from ledger.chain.numbers import Places
from ledger.chain.own_work import OWN_WORK_EVENTS, OWN_WORK_POSTINGS
from ledger.chain.registry import Module
from ledger.chain.schema import CHAIN_TABLES
from ledger.chain.sweeps import SWEEP_NUMBERS
from ledger.codes import CORE_CODES

CHAIN: Final = Module(
    name="chain",
    places=Places(0, 2),
    tables=CHAIN_TABLES,
    events=OWN_WORK_EVENTS,
    postings=OWN_WORK_POSTINGS,
    series=(SWEEP_NUMBERS,),
    limits=limits,
    weights=weights,
    codes=CORE_CODES,
)
