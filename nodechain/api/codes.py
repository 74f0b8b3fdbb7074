"""The meaning of every code that a receipt or a refusal may carry: the ledger's and the market's in one place."""

from __future__ import annotations

from ledger import codes
from market.codes import REFUSED


def meaning_of(code: str) -> str:
    """One sentence for people; an unknown code is shown as it is."""
    return REFUSED.get(code) or codes.meaning_of(code)
