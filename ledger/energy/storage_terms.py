"""What a storage unit is registered with beside capacity and power: its terms (rule U8)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Quantity, WattHours, Watts

WHOLE: Final = 10**9
"""An efficiency of 100 %, in parts."""


class Technology(IntEnum):
    """How a unit stores energy; no rule depends on it."""

    UNKNOWN = 0
    LITHIUM_ION = 1
    SODIUM_ION = 2
    LEAD_ACID = 3
    FLOW = 4
    FLYWHEEL = 5
    PUMPED_HYDRO = 6
    HYDROGEN = 7
    OTHER = 8


class StorageTerms(Value, frozen=True):
    """A unit's terms; losses within them are nobody's fault.

    `efficiency_parts`: of the energy put in, what can be taken out again (round trip), in parts per 10^9.
    `standing_wh`: what the unit loses by standing, in Wh a day. `reserve_wh`: what only its owner may draw.
    `nominal_wh` (0: not stated) and `max_discharge_w` (0: not stated) are shown.
    """

    technology: Annotated[int, msgspec.Meta(ge=0, le=8), Technology]
    nominal_wh: WattHours
    max_discharge_w: Watts
    efficiency_parts: Annotated[int, msgspec.Meta(ge=1, le=WHOLE), FieldUnit(Quantity.PARTS)]
    standing_wh: WattHours
    reserve_wh: WattHours


IDEAL: Final = StorageTerms(int(Technology.UNKNOWN), 0, 0, WHOLE, 0, 0)
"""No losses at all, as in the thesis."""
