"""Limits of the fund, the same on every chain; each has a test in `tests/ledger/fund_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_COMMISSION: Final = 100_000
"""The highest commission on trades, in parts per 10^6 of what is paid: a tenth."""

MAX_FUND_BUDGETS: Final = 64
"""Purposes with a budget, of all assets together."""

MAX_FUND_PURPOSE_CHARACTERS: Final = 32
MAX_FUND_REFERENCE_CHARACTERS: Final = 64

MAX_SPONSORSHIPS: Final = 16
"""Accounts whose admission fee one account has agreed to pay."""
