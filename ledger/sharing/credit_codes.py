"""What the codes of schemes by the month mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

CREDIT_CODES: Final = Codes(
    refused=MappingProxyType(
        {"settled_by_month": "The scheme settles by the month: what a vote would have changed in slots says nothing."}
    ),
)
