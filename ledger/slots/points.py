"""Where modules take part in what slots hold: who shares energy by slots hears of every change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.slots.schema import ValueSource

SLOTS_CHANGED: Final[HookPoint[Callable[[Context, int, ValueSource, int, int], None]]] = HookPoint("slots_changed")
"""Of a point (its number) and a source, `count` slots from `first_slot` on may have other values, or their first."""
