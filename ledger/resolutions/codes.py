"""What the codes of resolutions mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

RESOLUTION_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "not_an_opener": "Only voters may ask the members here; the genesis says who may.",
            "no_ballot": "Only admitted members and voters have a ballot.",
            "unknown_resolution": "No resolution has this number.",
            "resolution_closed": "The deadline has passed.",
            "too_many_resolutions": "As many resolutions are open as may be.",
            "bad_deadline": "The deadline is too near or too far away.",
            "bad_options": "Options must differ from each other, and show something.",
            "unknown_option": "The resolution has no option of this number.",
            "not_yours": "Only who has asked may take it back.",
            "ballots_cast": "Somebody else has voted already.",
        }
    ),
)
