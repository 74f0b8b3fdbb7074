"""Where modules take part in what members are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint

BALLOT_CAST: Final[HookPoint[Callable[[Context, bytes], None]]] = HookPoint("ballot_cast")
"""A member gave its first ballot in a question; ballots that change it are not told."""
