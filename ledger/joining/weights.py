"""What work of joining weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

APPLICATION_CHANGE: Final = 8
"""An application taken, dismissed, admitted or expired."""

METER_ASKED: Final = 24
"""A wished meter looked at, with its signature."""

METER_GIVEN: Final = 12

UNIT_WISHED: Final = 5
"""A wished storage unit looked at, or registered."""
