"""What generators and certificates are: sources of energy, kinds of certificates, bounded numbers."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.certificates.limits import MAX_CERTIFICATE_PRICE, MAX_RETIREMENT_PURPOSE
from ledger.encoding.codec import Uint
from ledger.encoding.quantities import FieldUnit, Of, Quantity


class EnergySource(IntEnum):
    """What a generator makes its energy of."""

    PV = 1
    WIND = 2
    HYDRO = 3
    BIOMASS = 4
    CHP = 5
    """Heat and power of fossil gas or oil."""
    GRID = 6
    """Nothing of its own: what was drawn before, as of a battery."""
    UNKNOWN = 7


RENEWABLE: Final = frozenset({EnergySource.PV, EnergySource.WIND, EnergySource.HYDRO, EnergySource.BIOMASS})


class CertificateKind(IntEnum):
    """What is certified."""

    ORIGIN = 1
    """Metered energy of a renewable generator."""
    SAVING = 2
    """Energy that was not used, as an auditor measured against a baseline."""


GeneratorSource = Annotated[int, msgspec.Meta(ge=1, le=7), EnergySource]

CertificatePrice = Annotated[int, msgspec.Meta(ge=0, le=MAX_CERTIFICATE_PRICE), FieldUnit(Quantity.RATE, Of.FIELD)]
"""Base units of the asset beside it per kWh."""

AgreedPrice = Annotated[Uint, FieldUnit(Quantity.RATE, Of.FIELD)]
"""The same, of the state, which was bounded where it came in."""

RetirementPurpose = Annotated[
    str, msgspec.Meta(pattern=rf"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]{{0,{MAX_RETIREMENT_PURPOSE - 1}}})\Z")
]
"""What a part is used up for, as an obligation's name; it begins with something that shows."""


def cost_of(energy_wh: int, price: int) -> int:
    """What a part costs, in base units: rounded up, so that no part is cheaper than the price (CE8)."""
    return -(-energy_wh * price // 1_000)
