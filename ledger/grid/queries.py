"""What people ask of the grid account: tariffs, an account's figures and debts, who owes. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.chain.context import Context
from ledger.debts.queries import claim_on, debt_to
from ledger.debts.schema import DEBTS, OpenAmount
from ledger.grid.booking import CHARGES, CREDITS, is_blocked, net_debt
from ledger.grid.charging import pair_name
from ledger.grid.genesis import GRID_SECTION
from ledger.grid.rates import rate_in_slot
from ledger.grid.schema import GRID_SUMS, GridSum, PointTariff
from ledger.grid.tariffs import zone_fee
from ledger.grid.terms import is_grid_operator
from ledger.grid.versions import TARIFF_NUMBERS, holding, point_tariffs, point_zones, tariff_at, tariff_of_point
from ledger.keys.address import ADDRESS_BYTES
from ledger.sharing.prices import MWH_PER_KWH
from ledger.slots.clock import clock_of
from ledger.slots.queries import open_points_of
from ledger.slots.schema import MeteringPoint
from ledger.slots.values import known_point
from ledger.state.overlay import Reader
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class GridStanding(msgspec.Struct, frozen=True):
    """What an account owes for the grid, and the operator owes it, in base units; `blocked`: it may bind no tokens."""

    owes: int
    is_owed: int
    blocked: bool


class TariffOfPoint(msgspec.Struct, frozen=True):
    """A point's tariff now (0: none, so nothing is charged), and what it was given, the newest first."""

    point: MeteringPoint
    tariff: int
    given: tuple[PointTariff, ...]


def operates_grid(context: Context, address: bytes) -> bool:
    """Whether an account is the grid operator's, where the module is on."""
    return GRID_SECTION.is_in(context.genesis) and is_grid_operator(context, address)


def tariff_numbers(context: Context) -> range:
    """The numbers of all tariffs."""
    return range(1, context.count(TARIFF_NUMBERS) + 1)


def grid_standing(context: Context, account: bytes) -> GridStanding:
    """What is open between an account and the operator; of the operator's own account both are sums over members."""
    state = context.state
    owes = debt_to(state, account, CHARGES) + debt_to(state, account, CREDITS)
    is_owed = claim_on(state, account, CREDITS) + claim_on(state, account, CHARGES)
    return GridStanding(owes, is_owed, is_blocked(context, net_debt(context, account)))


def grid_sums(context: Context, account: bytes, first_month: int, end_month: int) -> Iterator[tuple[int, GridSum]]:
    """An account's figures by local month; months are counted as `12 * year + month - 1`."""
    for month in range(first_month, end_month):
        found = context.state.get(GRID_SUMS, account + big_endian(month))
        if found is not None:
            yield month, found


def tariffs_of_points(context: Context, account: bytes, slot: int) -> list[TariffOfPoint]:
    """The tariffs of an account's open points in a slot."""
    return [
        TariffOfPoint(
            point, tariff_of_point(context, point.number, slot), tuple(point_tariffs(context.state, point.number))
        )
        for point in open_points_of(context.state, account)
    ]


class SharedFee(msgspec.Struct, frozen=True):
    """The grid fee for shared energy from a zone: of which pair, its rate per kWh, what it came to; in base units."""

    asset: int
    pair: str
    rate: int
    amount: int


def shared_fee(context: Context, point: int, slot: int, from_zone: str, energy_mwh: int) -> SharedFee | None:
    """What a consumer's tariff charged for what came from a zone in a slot (GA13); None: nothing."""
    if not GRID_SECTION.is_in(context.genesis):
        return None
    version = tariff_at(context.state, tariff_of_point(context, point, slot), slot)
    lies = holding(list(point_zones(context.state, point)), slot)[0]
    to_zone = lies.zone if lies else known_point(context, point).zone
    if version is None or (table := zone_fee(version.terms, from_zone, to_zone, shared=True)) is None:
        return None
    rate = rate_in_slot(context, clock_of(context), table, slot)
    return SharedFee(version.terms.asset, pair_name(from_zone, to_zone), rate, energy_mwh * rate // MWH_PER_KWH)


def grid_debts(reader: Reader, cursor: bytes | None, limit: int) -> Page[OpenAmount]:
    """A page of debts for the grid, by account (the first 20 bytes of a key)."""
    page = page_of(reader, DEBTS, b"", cursor, limit)
    kept = tuple(entry for entry in page.entries if entry[0][ADDRESS_BYTES:] in (CHARGES.key, CREDITS.key))
    return Page(kept, page.cursor)
