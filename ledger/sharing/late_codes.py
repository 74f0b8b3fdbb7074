"""What the codes of corrections of folded days mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

LATE_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "day_not_folded": "The day's values are kept still and come in like others, or the day is too old.",
            "operator_not_counted": "The scheme settles by meters that sign; an operator's value changes nothing.",
            "bad_old_run": "This is not the newest run of the slot: the proof does not lead to the day's root.",
            "bad_old_inputs": "These are not the values that the slot was settled with: the proof fails.",
            "bad_changes": "Changed values stand in rising order of points of their chunk.",
            "too_late": "The slot is older than corrections may be.",
            "too_many_corrections": "Corrections of as many slots as may be are being brought; end them first.",
            "correction_open": "Another correction of this slot is being brought, or settled.",
            "piece_repeated": "This piece of the correction is there already.",
        }
    ),
)
