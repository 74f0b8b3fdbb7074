"""What work of origin lots weighs, in the unit of `ledger.chain.weights` (rule W1).

So little that the largest transaction of readings fits into the least block with origins too; what a lot costs at its
end is in the weight of its beginning.
"""

from __future__ import annotations

from typing import Final

ORIGIN_BEGUN: Final = 1
"""A lot that begins, beside the production that it is of."""

ORIGIN_DRAWN: Final = 1
"""A draw whose lots are told and summed, beside the draw itself."""

ORIGIN_RESERVED: Final = 6
"""What is renewable is reserved for a session."""
