"""Origins move nothing: the energy's postings are those of `ledger.energy`."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.origin.events import ORIGIN_EVENTS

ORIGIN_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(ORIGIN_EVENTS, nothing))
