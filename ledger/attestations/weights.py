"""What work of attestations weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

ATTESTATION_CHANGE: Final = 9
"""One issued, revoked or expired."""

ATTESTATION_LOOKED_AT: Final = 1
"""One that may be what an admission demands."""
