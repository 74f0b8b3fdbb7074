"""Slots move nothing: they say what flowed, and others settle it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.slots.events import SLOTS_EVENTS

SLOTS_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(SLOTS_EVENTS, nothing))
