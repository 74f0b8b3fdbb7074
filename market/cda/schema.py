"""The order book's table of the state: the places of orders, by priority (rule Y2)."""

from __future__ import annotations

from typing import Final

from ledger.state.table import Table
from market.schema import IndexEntry

BOOK: Final = Table(80, "book", "product side price number", IndexEntry, group=5)
