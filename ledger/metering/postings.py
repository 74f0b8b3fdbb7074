"""Meters move nothing themselves; what a reading moves are the events of the energy that it measured."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.metering.events import METERING_EVENTS

METERING_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(METERING_EVENTS, nothing))
