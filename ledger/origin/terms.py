"""What lots are sorted by."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ledger.certificates.terms import RENEWABLE, EnergySource

MIXED: Final = 8
"""The source of a lot that several sources went into, beside the numbers of `EnergySource`."""

SOURCE_NAMES: Final = {**{int(source): source.name.lower() for source in EnergySource}, MIXED: "mixed"}


class LotClass(IntEnum):
    """A lot is of one of two classes, in keys: what is renewable stays so when lots become one."""

    RENEWABLE = 0
    OTHER = 1


class Certified(IntEnum):
    """Whether the energy of a lot is in a certificate."""

    UNKNOWN = 0
    """It is of several days or producers, or its day is no longer kept."""
    NO = 1
    YES = 2


class TakingOrder(IntEnum):
    """Which lots a draw takes first."""

    OLDEST = 1
    RENEWABLE_FIRST = 2


def class_of(source: int) -> LotClass:
    """The class of a source."""
    return LotClass.RENEWABLE if source in RENEWABLE else LotClass.OTHER
