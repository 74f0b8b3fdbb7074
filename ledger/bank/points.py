"""Where modules take part in the rules of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.hooks import HookPoint

TAKES_ALONG: Final[HookPoint[Callable[[Context, Transaction], bool]]] = HookPoint("takes_along")
"""Whether a transaction moves or frees the whole of something of its sender's, and cannot fail (N7)."""

CURRENCY_CAME_IN: Final[HookPoint[Callable[[Context, bytes, int], None]]] = HookPoint("currency_came_in")
"""An account got tokens of an asset by a transfer, from the banker, or back from a lock."""
