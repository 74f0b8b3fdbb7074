"""What belongs to no subject, as a module: counters, parameters, what falls due, what is swept."""

from __future__ import annotations

from typing import Final

from ledger.chain.registry import Module
from ledger.chain.schema import CHAIN_TABLES

CHAIN: Final = Module(name="chain", tables=CHAIN_TABLES)
