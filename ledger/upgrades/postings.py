"""Upgrades move nothing; what a module does when it begins has events of its own."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.upgrades.events import UPGRADES_EVENTS

UPGRADES_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(UPGRADES_EVENTS, nothing))
