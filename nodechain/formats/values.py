"""What an importer gives: energies of metering points in intervals."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec


class GridFlow(StrEnum):
    """Which way energy goes at the point, seen from the grid."""

    OFFTAKE = "offtake"
    INJECTION = "injection"


class EnergyPart(StrEnum):
    """Which part of a point's energy a series counts; only `TOTAL` is what its meter counted."""

    TOTAL = "total"
    PARTICIPATING = "participating"
    """The part of the total with which the point takes part in the community."""
    OFFERED = "offered"
    SHARED = "shared"
    """What the operator allocated: to compare with, never to settle again."""
    RENEWABLE = "renewable"
    RESIDUAL = "residual"
    SURPLUS = "surplus"
    OWN_USE = "own_use"


class DataQuality(StrEnum):
    """What an operator's mark of quality means, as far as it is known."""

    MEASURED = "measured"
    SUBSTITUTED = "substituted"
    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"
    UNKNOWN = "unknown"


class PointSeries(NamedTuple):
    """Whose energy: a point's, one way, one part."""

    point_id: str
    flow: GridFlow
    quantity: EnergyPart


class ImportedValue(msgspec.Struct, frozen=True):
    """The energy of one interval [start, start + length); `quality` is the file's own mark, `state` what it means."""

    point_id: str
    direction: GridFlow
    quantity: EnergyPart
    start_ms: int
    length_ms: int
    energy_mwh: int
    quality: str
    state: DataQuality


class FileReading(msgspec.Struct, frozen=True):
    """One value as a file has it, before duplicates are sorted out; `energy_mwh` None: the file says there is none.

    `rank`: of two readings of one interval the higher one counts. `missing`: why there is no value, for the report.
    """

    length_ms: int
    energy_mwh: int | None
    quality: str = ""
    state: DataQuality = DataQuality.UNKNOWN
    rank: int = 0
    missing: str = "empty"


class ImportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says beside the file, where the format leaves it open. None: as the format has it.

    `zone`: IANA name of the meters' time zone. `point_id`: for files that name none. `step_ms`: the interval's length.
    """

    zone: str | None = None
    ends: bool | None = None
    """Whether time labels are ends of intervals (False: starts), where a format can be met both ways."""
    point_id: str | None = None
    step_ms: int | None = None
    test_traffic: bool = False
    """Take messages that are marked as tests."""
    empty_injection_is_zero: bool = False
    """Swiss files: an empty cell of feed-in is 0 (points without a plant), not a gap."""
    stages: tuple[str, ...] = ("CORRIGE", "COMPLETE", "BRUT")
    """French files: which stage of processing counts first."""
