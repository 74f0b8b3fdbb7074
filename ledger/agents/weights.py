"""What work of agents weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

AUTHORISING: Final = 10
"""An authorisation written: its place with both, a time that falls due."""

AUTHORISATION_END: Final = 8
"""Taken out, with what was used of its limits."""

ACTING: Final = 6
"""An authorisation looked up and its limits held, beside what the transaction itself weighs."""

COMMISSION: Final = 4
SWEEPING: Final = 6
