"""What a genesis, or a vote that switches the module on, says of certificates."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber, SupplyRule
from ledger.bank.genesis import assets_of
from ledger.certificates.limits import MAX_LIFETIME_MS, MIN_LIFETIME_MS
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Quantity
from ledger.errors import GenesisError

CertificateLifetime = Annotated[
    int, msgspec.Meta(ge=MIN_LIFETIME_MS, le=MAX_LIFETIME_MS), FieldUnit(Quantity.DURATION_MS)
]


class CertificatesSection(Value, frozen=True):
    """`asset`: the currency of all offers; `lifetime_ms`: how long after its period a certificate may be used."""

    asset: AssetNumber
    lifetime_ms: CertificateLifetime


def _check(genesis: Genesis, section: CertificatesSection) -> None:
    assets = assets_of(genesis)
    if section.asset > len(assets) or assets[section.asset - 1].supply != SupplyRule.BANKER:
        raise GenesisError("certificates are offered in a currency that the genesis names")


CERTIFICATES_SECTION: Final = Section("certificates", CertificatesSection, _check, optional=True)
