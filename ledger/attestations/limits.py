"""Limits of attestations, the same on every chain; each has a test in `tests/ledger/attestation_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_ATTESTERS: Final = 256
"""Offices that were ever given: an account that is registrar and auditor counts twice."""

MAX_FIRST_ATTESTERS: Final = 64
"""Registrars, and as many auditors, that a genesis or a vote for the module names."""

MAX_ATTESTATIONS_OF_SUBJECT: Final = 32
"""About one account, revoked ones that have not expired included: so a vote can show all of them."""

MAX_ATTESTATION_MS: Final = 10 * 366 * 86_400_000
"""How far ahead an attestation may expire."""
