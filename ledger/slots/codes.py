"""What the codes of points and slots mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

SLOTS_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "unknown_point": "No metering point has this number.",
            "point_not_open": "The metering point does not count in these slots.",
            "slot_in_future": "A slot is not over yet; its value comes after it.",
            "slot_not_kept": "The slot is older than values are kept.",
        }
    ),
)
