"""Which storage unit a session is opened at where none is named: what it needs, which source is asked for, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from ledger.encoding.amounts import format_energy
from nodechain.client.answers.energy import UnitView
from nodechain.client.answers.origin import UnitOriginAnswer
from nodechain.errors import NotFound

RENEWABLE: Final = "renewable"


class ChosenUnit(msgspec.Struct, frozen=True):
    """The unit, and why it and none of the others, a line each."""

    unit: UnitView
    reasons: tuple[str, ...]


def choose_unit(
    units: Sequence[UnitView],
    origin_of: Callable[[str], UnitOriginAnswer],
    named: Callable[[str], str],
    *,
    consumer: str,
    energy_wh: int,
    source: str | None,
) -> ChosenUnit:
    """The active unit with enough free energy for the consumer that holds most of the source, or has most free.

    ENT pay for as much energy at every unit, so the price is the same. Raises `NotFound` (no_unit), saying what each
    lacks.
    """
    against, held = [], []
    for unit in units:
        free_wh = unit["available_wh"] - (0 if unit["owner"] == consumer else unit["reserve_wh"])
        if unit["status"] != "active":
            against.append(f"{named(unit['address'])}: {unit['status']}")
        elif free_wh < energy_wh:
            against.append(f"{named(unit['address'])}: {format_energy(max(free_wh, 0))} free")
        elif source is None:
            held.append((free_wh, unit))
        elif of_source := _of_source(origin_of(unit["address"]), source):
            held.append((of_source, unit))
        else:
            against.append(f"{named(unit['address'])}: holds nothing of {source}")
    if not held:
        raise NotFound(
            f"no unit can be chosen ({'; '.join(against) or 'there is none'})", code="no_unit",
            advice="Ask for less, for another source, or name a unit: `nodechain units`.",
        )  # fmt: skip
    most_wh, chosen = max(held, key=lambda found: (found[0], found[1]["address"]))
    what = "free" if source is None else f"of {source}"
    others = [f"{named(unit['address'])}: {format_energy(wh)} {what}" for wh, unit in held if unit is not chosen]
    return ChosenUnit(
        chosen, (f"{named(chosen['address'])}: {format_energy(most_wh)} {what}, the most", *others, *against)
    )


def _of_source(origin: UnitOriginAnswer, source: str) -> int:
    if source == RENEWABLE:
        return origin["renewable_wh"]
    return sum(lot["energy_wh"] for lot in origin["lots"] if lot["source"] == source)
