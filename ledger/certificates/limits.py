"""Limits of generators and certificates, the same on every chain; each has a test in
`tests/ledger/certificate_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_GENERATORS: Final = 4_096
"""Generators that voters have described."""

MAX_GENERATOR_WH: Final = 10**15
"""What is counted of one generator in all; of all that there may be the sum stays a number of the state."""

KEPT_GENERATOR_DAYS: Final = 400
"""UTC days before the block's whose metered energy is kept, and may be certified."""

FORGOTTEN_DAYS_AT_ONCE: Final = 3
"""Days that go when a new one comes."""

MAX_PERIOD_DAYS: Final = 31
"""UTC days that one certificate is for."""

MAX_SAVING_DAYS: Final = 366
"""UTC days that one certificate of a saving is for, whose end lies at most so many before the block's."""

MAX_SAVING_WH: Final = 10**12
"""What one certificate says was saved."""

MAX_USE_DAYS: Final = 366
"""UTC days for whose consumption one retirement is."""

MAX_RETIREMENT_PURPOSE: Final = 64
"""What a retirement says it is for."""

MAX_CERTIFICATE_PRICE: Final = 10**12
"""Base units per kWh that an offer may ask for."""

MIN_LIFETIME_MS: Final = 86_400_000
MAX_LIFETIME_MS: Final = 3_660 * 86_400_000
"""How long after the end of its period a certificate may live, as a genesis says."""

LAPSED_AT_ONCE: Final = 16
"""Holdings of an expired certificate that a step of its sweep deletes."""
