"""What the codes of sharing mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

SHARING_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "bad_scheme": "The scheme's terms contradict themselves, or ask for what is not settled slot by slot.",
            "not_a_sharing_manager": "Only who the genesis names may change schemes without a vote.",
            "slot_not_to_come": "A scheme changes at the beginning of a slot to come.",
            "unknown_scheme": "No scheme has this number.",
            "scheme_closed": "The scheme is closed; open another one.",
            "too_many_schemes": "There are as many schemes as there may be.",
            "too_many_versions": "The scheme was changed too often lately; wait until old slots are final for good.",
            "point_shares": "The point's shares in its schemes would sum to more than the whole, or are too many.",
        }
    ),
)
