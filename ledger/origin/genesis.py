"""What a genesis, or a vote that switches the module on, says of origin lots."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.certificates.genesis import CERTIFICATES_SECTION
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.errors import GenesisError
from ledger.origin.terms import TakingOrder


class OriginSection(Value, frozen=True):
    """`lots`: which lots a draw takes first (`TakingOrder`)."""

    lots: Annotated[int, msgspec.Meta(ge=1, le=2), TakingOrder]


def _check(genesis: Genesis, _section: OriginSection) -> None:
    if not CERTIFICATES_SECTION.is_in(genesis):
        raise GenesisError("origin lots need the section certificates: voters say there what generators are of")


ORIGIN_SECTION: Final = Section("origin", OriginSection, _check, optional=True)
