"""What the codes of rows that come with each slot mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

ROWS_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "rows_not_asked": "The scheme's terms in this slot do not ask for rows that come with each slot.",
            "point_not_in_scheme": "A row names a point that takes no part in the scheme, or in the other direction.",
            "settled_by_rows": "The scheme settles by rows of each slot: its folded slots are not corrected yet.",
        }
    ),
)
