"""What work of joining weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

APPLICATION_CHANGE: Final = 10
"""An application taken, dismissed, admitted or expired."""

WISH: Final = 18
"""A wished meter or unit looked at, or given; of a meter asked for also its signature."""
