"""Resolutions move nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.resolutions.events import RESOLUTION_EVENTS

RESOLUTION_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(RESOLUTION_EVENTS, nothing))
