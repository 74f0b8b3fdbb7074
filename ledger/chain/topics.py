"""Topics: under what receipts are found again besides the accounts that their events name.

A topic is a key of the same index, and shorter than an address, so that it is never taken for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.chain.header import Event

Topics = Mapping[type[Event], Callable[[Any], tuple[bytes, ...]]]
"""Of some of a module's events; the others are found by the accounts alone."""
