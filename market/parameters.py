"""The parameters that all mechanisms share, set by vote (rules Y14-Y15): the grid of terms, the smallest order.

A change of the grid under which resting orders might not fit retires all of them: they are dead at once and worked
off like expiries, so that no vote can make a block too heavy, however many orders rest.
"""

from __future__ import annotations

from typing import Final

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import assets_of
from ledger.chain.context import Context
from ledger.chain.expiries import schedule
from ledger.chain.parameters import ParameterRule, ParameterUnit
from ledger.chain.schema import PARAMETERS
from ledger.encoding.amounts import ONE_TOKEN
from ledger.errors import Refused
from ledger.state.table import big_endian
from market.errors import InexactGrid
from market.schema import GRID, ORDER_COUNTER, ORDER_DUE, Grid, product_key
from market.terms import DEFAULT_LOT, DEFAULT_TICK, fits

LOT: Final = "lot"
TICK: Final = "tick"
MINIMUM_ORDER: Final = "minimum_order"

MAX_STEP: Final = 10**12
"""The largest lot and smallest order (1,000 ENT), and tick (at nine decimals 1,000 of the currency per ENT)."""

_MINIMUM_ORDER: Final = MINIMUM_ORDER.encode()

_TICK: Final = ParameterRule(
    TICK, DEFAULT_TICK, 1, MAX_STEP, ParameterUnit.CURRENCY_PER_ENT, "prices are multiples of this"
)

MARKET_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(LOT, DEFAULT_LOT, 1, MAX_STEP, ParameterUnit.ENT, "quantities of orders are multiples of this"),
    _TICK,
    ParameterRule(MINIMUM_ORDER, ONE_TOKEN // 10, 0, MAX_STEP, ParameterUnit.ENT, "the smallest order, or rest of one"),
)

SWEEP: Final = product_key(0)
"""Opens the subject of the expiry that works off retired orders, in the place of a product's number, which is never 0;
the time at which it was due follows."""


def minimum_order(context: Context) -> int:
    """The smallest order now, in base units of what is traded."""
    return context.get(PARAMETERS, _MINIMUM_ORDER).value


def grid_in_force(context: Context) -> Grid:
    """Lot, tick and the last retired order; the first order ever placed writes it down."""
    grid = context.state.get(GRID, b"")
    if grid is None:
        grid = Grid(context.parameter(LOT), context.parameter(TICK), 0)
        context.state.put(GRID, b"", grid)
    return grid


def check_grid(context: Context, name: str, value: int) -> None:
    """Refuse a lot or tick that makes payments inexact together with the other one in force, and a tick above 1,000 of
    the currency per ENT, however many decimals it has (Y14)."""
    if name not in (LOT, TICK):
        return
    most = _TICK.most(assets_of(context.genesis)[CURRENCY_ASSET - 1].decimals)
    if name == TICK and value > most:
        raise Refused(f"{TICK} must lie between 1 and {most}", code="parameter_out_of_bounds")
    lot = value if name == LOT else context.parameter(LOT)
    tick = value if name == TICK else context.parameter(TICK)
    if not fits(lot, tick):
        raise InexactGrid(f"lot x tick must be a multiple of 10^9 base units; {lot} x {tick} is not")


def follow_grid(context: Context, name: str) -> None:
    """Retire what rests when lot or tick changed, unless every order of the old grid lies on the new one (Y15)."""
    grid = context.state.get(GRID, b"")
    if name not in (LOT, TICK) or grid is None:
        return
    lot, tick, retired = context.parameter(LOT), context.parameter(TICK), grid.retired
    if grid.lot % lot or grid.tick % tick:
        retired = context.count(ORDER_COUNTER)
        schedule_sweep(context, context.time_ms)
    context.state.put(GRID, b"", Grid(lot, tick, retired))


def schedule_sweep(context: Context, due_ms: int) -> None:
    """Let retired orders fall due, one a turn; number 0 is before all orders of that time."""
    schedule(context, due_ms, ORDER_DUE, 0, SWEEP + big_endian(due_ms))
