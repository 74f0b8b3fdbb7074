"""A point in several schemes: its energy is divided among them before anything else (rule SR18)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.chain.parameters import PARTS
from ledger.errors import Refused
from ledger.sharing.apportion import apportion


def split_over_schemes(energy_mwh: int, factors: Sequence[int], slot: int) -> tuple[int, ...]:
    """What of a point's energy counts in each scheme: apportion(value, factors and rest), without the rest.

    Factors are parts of 10^9, in rising order of the schemes. Raises `Refused` where they sum to more than the whole.
    """
    rest = PARTS - sum(factors)
    if rest < 0 or min(factors, default=0) < 0:
        raise Refused(
            f"a point's participation factors are at least 0 and sum to at most the whole ({PARTS} parts)",
            code="point_shares",
        )
    if len(factors) == 1 and not rest:
        return (energy_mwh,)
    return apportion(energy_mwh, (*factors, rest), slot)[:-1]
