"""Limits of joining, the same on every chain; each has a test in `tests/ledger/joining_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_APPLICATIONS: Final = 128
"""Applications that are open at a time, and dismissed ones that are still kept."""

MAX_APPLICATIONS_PER_HOUR: Final = 16
"""Requests that blocks of one hour take, of all strangers together."""

MAX_WISHED_METERS: Final = 2
"""One of production, one of consumption."""

MAX_WISHED_UNITS: Final = 1

MAX_REQUEST_BYTES: Final = 2_048
"""A request's whole transaction, signatures included."""

MAX_REQUEST_AGE_MS: Final = 3_600_000
"""How old a request's nonce, which is a time, may be: what ended longer ago needs no entry against replays."""

DISMISSED_KEPT_MS: Final = 86_400_000
"""How long a dismissed application is shown to its account, which asks for nothing meanwhile."""

MAX_DISMISSED_AT_ONCE: Final = 64
"""Applications that one vote dismisses."""
