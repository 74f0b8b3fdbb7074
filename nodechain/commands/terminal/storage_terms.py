"""The terms of a storage unit as options of a command: of a vote on it, and of who asks for one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import click
import msgspec

from ledger.encoding.amounts import parse_energy, parse_share
from ledger.energy.storage_terms import StorageTerms, Technology

Stated = Callable[[StorageTerms], StorageTerms]

_TERMS_OPTIONS: Final = (
    click.option("--technology", type=click.Choice([kind.name.lower().replace("_", "-") for kind in Technology])),
    click.option("--nominal", metavar="ENERGY", help="Nominal capacity; --capacity is the usable one."),
    click.option("--max-discharge", type=click.IntRange(min=0), help="W."),
    click.option("--efficiency", metavar="SHARE", help="Round trip, like '90 %'."),
    click.option("--standing-loss", metavar="ENERGY", help="What it loses by standing in a day, like '200 Wh'."),
    click.option("--reserve", metavar="ENERGY", help="What only the owner may draw."),
)


def terms_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; it receives `stated`, a function that puts what was stated into other terms."""

    @functools.wraps(function)
    def run(
        *args: Any, technology: str | None, nominal: str | None, max_discharge: int | None, efficiency: str | None,
        standing_loss: str | None, reserve: str | None, **arguments: Any,
    ) -> Any:  # fmt: skip
        given: dict[str, int | None] = {
            "technology": None if technology is None else int(Technology[technology.upper().replace("-", "_")]),
            "nominal_wh": None if nominal is None else parse_energy(nominal),
            "max_discharge_w": max_discharge,
            "efficiency_parts": None if efficiency is None else parse_share(efficiency),
            "standing_wh": None if standing_loss is None else parse_energy(standing_loss),
            "reserve_wh": None if reserve is None else parse_energy(reserve),
        }
        changes = {name: value for name, value in given.items() if value is not None}

        def stated(terms: StorageTerms) -> StorageTerms:
            return msgspec.structs.replace(terms, **changes)

        return function(*args, stated=stated, **arguments)

    for option in reversed(_TERMS_OPTIONS):
        run = option(run)
    return run
