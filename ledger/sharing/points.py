"""Where modules take part in what is shared: who bills a grid's energy hears what of it was not shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.slots.schema import Direction


class PointRest(NamedTuple):
    """Of a point, for each slot of a run, the part of its energy in the scheme that was not shared, in mWh: by the run
    before (0 where there was none), and by this one.

    Of a consumer, where `ZONES_ASKED` is answered: `zones` of producers, rising, and for each of them what of its share
    came from there, slot by slot (SR19): by the run before and by this one.
    """

    point: int
    account: bytes
    direction: Direction
    before: tuple[int, ...]
    after: tuple[int, ...]
    zones: tuple[str, ...] = ()
    shared_before: tuple[tuple[int, ...], ...] = ()
    shared_after: tuple[tuple[int, ...], ...] = ()


ZONES_ASKED: Final[
    HookPoint[Callable[[Context, tuple[int, ...], tuple[int, ...]], tuple[tuple[str, ...], ...] | None]]
] = HookPoint("zones_asked")
"""Of points (their numbers) and rising slots: the grid zone that each point had in each slot. It says the same at all
times after the slot. None: nobody needs to know where shared energy came from, and runs do not work it out."""

POINTS_SETTLED: Final[HookPoint[Callable[[Context, int, tuple[int, ...], tuple[PointRest, ...]], None]]] = HookPoint(
    "points_settled"
)
"""Of a scheme (its number) these slots were settled: the rests of some of its points. A run of many points calls this
several times, with the same slots and other points."""

SHARE_BOOKED: Final[HookPoint[Callable[[Context, bytes, int, int, int], None]]] = HookPoint("share_booked")
"""Of an account and a local day (days since 1970): so many mWh more, or less, were bought in a scheme, and sold."""
