"""Votes and members move nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.governance.events import GOVERNANCE_EVENTS

GOVERNANCE_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(GOVERNANCE_EVENTS, nothing))
