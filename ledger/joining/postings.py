"""Applications move nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.joining.events import JOINING_EVENTS

JOINING_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(JOINING_EVENTS, nothing))
