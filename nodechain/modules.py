"""All modules of a node: a subject joins the chain by a line here."""

from __future__ import annotations

from typing import Final

from ledger.chain.registry import Module, Registry
from ledger.modules import LEDGER_MODULES, PROTOCOL_VERSION
from market.module import MARKET_MODULES

MODULES: Final[tuple[Module, ...]] = (*LEDGER_MODULES, *MARKET_MODULES)
REGISTRY: Final = Registry(MODULES, PROTOCOL_VERSION)
