"""What a genesis says of storage units and the imbalance cost."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Uint, Value
from ledger.energy.limits import MAX_UNITS
from ledger.energy.storage_terms import IDEAL, StorageTerms
from ledger.errors import GenesisError


class SurplusRule(IntEnum):
    """What happens when there is more energy than tokens: consumers share it, or the thesis' literal formula."""

    SHARE = 1
    CHARGE = 2


class RateRule(IntEnum):
    """Whether R falls where a gap that was partly paid off grows again: never, or as in the thesis."""

    MONOTONE = 1
    LITERAL = 2


class GenesisUnit(Value, frozen=True):
    """A storage unit registered from the start; it holds no energy."""

    address: Bytes20
    owner: Bytes20
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms = IDEAL


class EnergySection(Value, frozen=True):
    """How the imbalance cost works, and the units from the start; `gain_parts`: the share of its capacity that a unit
    may gain unexplained a day.
    """

    surplus: Annotated[int, msgspec.Meta(ge=1, le=2)]
    rate_rule: Annotated[int, msgspec.Meta(ge=1, le=2)]
    gain_parts: Uint
    units: Annotated[tuple[GenesisUnit, ...], msgspec.Meta(max_length=MAX_UNITS)]


def _check(_genesis: Genesis, section: EnergySection) -> None:
    distinct("unit", [unit.address for unit in section.units])
    if any(unit.address == unit.owner for unit in section.units):
        raise GenesisError("a storage unit cannot own itself")


ENERGY_SECTION: Final = Section("energy", EnergySection, _check, optional=True)
