"""Every limit of orders that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OPEN_ORDERS: Final = 200
MAX_GENESIS_PRODUCTS: Final = 16
"""Products that a genesis lists."""

MAX_TRADES_PER_ORDER: Final = 256
MAX_DROPPED_PER_ORDER: Final = 64
"""Resting orders that one incoming order removes without a trade: dead ones, or its owner's own."""
