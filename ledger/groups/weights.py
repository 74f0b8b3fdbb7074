"""What work of groups weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

GROUP_CHANGE: Final = 10
"""A group opened, changed or dissolved, or money of it spent."""

SHARE_CHECK: Final = 2
"""A member's row looked at before anything is done."""

SHARE_SET: Final = 5
"""A member's share set, with its event and its place in the index."""

GATHERED_MEMBER: Final = 2
"""A member's weight in a distribution."""

PAID_MEMBER: Final = 3
"""A member's part of an asset, with its event."""

DISTRIBUTED_ASSET: Final = 6
"""An asset of a distribution, begun and ended."""
