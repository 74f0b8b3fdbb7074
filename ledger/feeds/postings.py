"""Feeds move nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.feeds.events import FEED_EVENTS

FEED_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(FEED_EVENTS, nothing))
