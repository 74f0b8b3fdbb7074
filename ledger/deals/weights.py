"""What work of deals weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

DEAL_OPENING: Final = 10
"""A deal opened: a lock, a time that falls due, and its place with three accounts."""

DEAL_CHANGE: Final = 4
"""A dispute: another time falls due."""

DEAL_END: Final = 12
"""A deal ended, whoever gets its tokens."""

SWAP_OFFER: Final = 9
"""A swap offered: a lock, a time that falls due, its places."""

SWAP_TAKEN: Final = 8
"""Both sides' tokens moved."""

SWAP_END: Final = 7
"""A swap taken out, and what is left unlocked."""
