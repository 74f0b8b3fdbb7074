"""What voters decide and the grid operator sends: tariffs, and whose they are (rules GA1, GA2, GA4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, AssetId, Number, PositiveNumber
from ledger.grid.limits import MAX_ASSIGNED_POINTS
from ledger.grid.tariffs import TariffTerms

PointNumbers = Annotated[tuple[PositiveNumber, ...], msgspec.Meta(min_length=1, max_length=MAX_ASSIGNED_POINTS)]


class GridTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    ASSIGN_TARIFF = 360


class AssignTariff(Value, frozen=True):
    """The operator gives points a tariff (0: the default) from the beginning of a slot to come."""

    tariff: Number
    from_slot: PositiveNumber
    points: PointNumbers


class SetTariff(Value, frozen=True, tag=360):
    """Bring a tariff (`tariff` 0) or change it, from the beginning of a slot to come."""

    tariff: Number
    from_slot: PositiveNumber
    terms: TariffTerms


class SetPointTariff(Value, frozen=True, tag=361):
    """Give points a tariff (0: the default) from the beginning of a slot to come."""

    tariff: Number
    from_slot: PositiveNumber
    points: PointNumbers


class SetGridTerms(Value, frozen=True, tag=362):
    """Name the grid operator's account; say from which debt on an account may not bind tokens (0: never), and whether
    prices of the market are bound to the band between feed-in and retail.
    """

    operator: Address
    asset: AssetId
    mark: Amount
    band: bool
