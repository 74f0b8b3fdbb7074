"""What the codes of origin lots mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

ORIGIN_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "origin_reserved": "The session has reserved what is renewable already.",
            "origin_short": "The storage unit holds less that is renewable and not reserved than the session may draw.",
        }
    ),
)
