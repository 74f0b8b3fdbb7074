"""Tables of the grid account. Energy in mWh, money in base units of the section's currency."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, AssetId, FieldUnit, Number, Of, Quantity
from ledger.grid.tariffs import TariffTerms
from ledger.state.table import Table

SignedTariffAmount = Annotated[int, FieldUnit(Quantity.AMOUNT, Of.FIELD)]
SignedGridEnergy = Annotated[int, FieldUnit(Quantity.ENERGY_MWH)]


class LineKind(IntEnum):
    """What a line is for; an account pays all but the last, which it gets."""

    RETAIL = 1
    GRID_FEE = 2
    """For energy from outside, or from a zone of points to another."""

    LEVY = 3
    """On what came from outside."""

    SHARED_LEVY = 4
    """The same levy on what was shared."""

    FEED_IN = 5


class GridLine(Value, frozen=True):
    """One line: `name` is a levy's, or a pair of zones' (`from>to`). `amount`: what is paid, below 0 got."""

    kind: Annotated[int, LineKind]
    name: str
    energy_mwh: SignedGridEnergy
    amount: SignedTariffAmount


class TariffVersion(Value, frozen=True):
    """Terms of a tariff from a slot on."""

    tariff: Number
    version: Number
    from_slot: Number
    terms: TariffTerms


class PointTariff(Value, frozen=True):
    """The tariff of a point from a slot on; 0: the section's default."""

    tariff: Number
    from_slot: Number


class PointZone(Value, frozen=True):
    """The grid zone that a point had, or has, from a slot on; only of points that changed theirs."""

    zone: str
    from_slot: Number


class GridTerms(Value, frozen=True):
    """What voters set: the operator's account, from which debt on an account may not bind tokens (0: never), and
    whether prices of the market are bound to the band between feed-in and retail.
    """

    operator: Address
    asset: AssetId
    mark: Amount
    band: bool


class GridSum(Value, frozen=True):
    """What an account drew and fed in by line in a local month, by the newest values only."""

    asset: AssetId
    lines: tuple[GridLine, ...]


TARIFFS: Final = Table(120, "tariffs", "tariff newest_first", TariffVersion, group=8)
POINT_TARIFFS: Final = Table(121, "point_tariffs", "point newest_first", PointTariff, group=8)
GRID_TERMS: Final = Table(122, "grid_terms", "", GridTerms)
GRID_SUMS: Final = Table(123, "grid_sums", "account month", GridSum)
POINT_ZONES: Final = Table(124, "point_zones", "point newest_first", PointZone, group=8)

GRID_TABLES: Final[tuple[Table[Any], ...]] = (TARIFFS, POINT_TARIFFS, GRID_TERMS, GRID_SUMS, POINT_ZONES)

CHARGES_POOL: Final = 120
"""The kind of the pool that members owe; the operator has the claims."""

CREDITS_POOL: Final = 121
"""The kind of the pool that the operator owes; members have the claims."""
