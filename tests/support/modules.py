"""The modules that a node executes, for tests of the whole: one place to add another."""

from __future__ import annotations

from typing import Final

from ledger.module import LEDGER
from ledger.registry import Module
from market.module import MARKET

MODULES: Final[tuple[Module, ...]] = (LEDGER, MARKET)
