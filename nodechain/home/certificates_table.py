"""The table `certificates` of a genesis template: the currency of offers, how long a certificate may be used."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.bank.assets import CURRENCY_ASSET, Assets, number_of
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.chain.parameters import DAY_MS
from ledger.encoding.amounts import parse_duration_ms
from nodechain.home.file_tables import FileTable, by_text

USUAL_LIFETIME_MS: Final = 365 * DAY_MS


class CertificatesTable(FileTable):
    """Without anything: offers in the community's currency, a year after the period."""

    asset: str | None = None
    lifetime: Annotated[int, by_text(parse_duration_ms)] = USUAL_LIFETIME_MS


def certificates_section(table: CertificatesTable, assets: Assets) -> tuple[str, bytes]:
    """The module's section."""
    asset = CURRENCY_ASSET if table.asset is None else number_of(assets, table.asset)
    return CERTIFICATES_SECTION.holding(CertificatesSection(asset, table.lifetime))
