"""Limits of agents, the same on every chain; each has a test in `tests/ledger/agent_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_AGENTS_OF_OWNER: Final = 16
"""Agents that may act for one account, so that an expulsion ends them at once."""

MAX_OWNERS_OF_AGENT: Final = 1_000
"""Accounts for which one agent may act."""

MAX_AGENT_TYPES: Final = 16
"""Transaction types that one authorisation names."""

MAX_AGENT_PRICES: Final = 16
"""Prices that one authorisation states, one a product and side."""

MAX_AGENT_SWEEPS: Final = 4
"""Assets that one authorisation lets its agent have paid out."""

MAX_REFERENCE_CHARACTERS: Final = 35
"""Of a payment's reference, as banks carry it end to end (ISO 20022)."""

MAX_AUTHORISATION_MS: Final = 400 * 86_400_000
"""How long an authorisation may last."""
