"""Every limit of voters and votes that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OPEN_VOTES: Final = 16
"""Votes that one account has opened and that still run."""

MAX_ALL_OPEN_VOTES: Final = 512
"""Of all voters together: where there are more than 32, each may open its share of them."""

MAX_VOTERS: Final = 256
