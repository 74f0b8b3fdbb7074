"""What happened to the grid account. Differences are to what was booked for the same slots before."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Amount, AssetId, Count, MilliWattHours, Number
from ledger.grid.schema import GridLine


class TariffChanged(Event, frozen=True, tag=360):
    """`tariff` has the terms of `version` from `from_slot` on."""

    tariff: Number
    version: Number
    from_slot: Number


class PointTariffSet(Event, frozen=True, tag=361):
    """`point` of `account` has the tariff from `from_slot` on; 0: the default."""

    account: Address
    point: Number
    tariff: Number
    from_slot: Number


class GridTermsSet(Event, frozen=True, tag=362):
    """Voters, or the section, name the operator, the mark, and whether prices of the market are bound."""

    operator: Address
    asset: AssetId
    mark: Amount
    band: bool


class GridBooked(Event, frozen=True, tag=363):
    """What changed for `account` by `count` slots of `point` from `first_slot` on, line by line; `scheme`: whose rest
    it is (0: of no scheme).

    `paid` went to the `operator` and `received` came from there at once; `owes` is what the account could not pay,
    `is_owed` what the operator could not. `external`: nothing moves, a supplier bills it.
    """

    account: Address
    operator: Address
    asset: AssetId
    point: Number
    scheme: Number
    first_slot: Number
    count: Count
    external: bool
    lines: tuple[GridLine, ...]
    paid: Amount
    received: Amount
    owes: Amount
    is_owed: Amount


class GridDebtPaid(Event, frozen=True, tag=364):
    """An account paid of what it owed for the grid, or the operator of what it owed, to the `pool`."""

    account: Address
    pool: Address
    asset: AssetId
    amount: Amount


class GridClaimPaid(Event, frozen=True, tag=365):
    """The operator got of what it was owed, or an account of what the operator owed, from the `pool`."""

    account: Address
    pool: Address
    asset: AssetId
    amount: Amount


class GridUnpaid(Event, frozen=True, tag=366):
    """What `account` owes for the grid, less what the operator owes it, has reached the mark (`blocked`: it may bind no
    tokens until that is paid), or lies below it again. A household's controller follows this.
    """

    account: Address
    asset: AssetId
    owed: Amount
    mark: Amount
    blocked: bool


class GridExcess(Event, frozen=True, tag=367):
    """On an island `point` of `account` drew so much more, in `count` slots from `first_slot` on, than was shared: an
    alarm. A household's controller follows this.
    """

    account: Address
    point: Number
    scheme: Number
    first_slot: Number
    count: Count
    energy_mwh: MilliWattHours


GRID_EVENTS: Final[tuple[type[Event], ...]] = (
    TariffChanged, PointTariffSet, GridTermsSet, GridBooked, GridDebtPaid, GridClaimPaid, GridUnpaid, GridExcess,
)  # fmt: skip
