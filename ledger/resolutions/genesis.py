"""What a genesis, or a vote that switches the module on, says of resolutions."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value


class Openers(IntEnum):
    """Who may ask the members."""

    VOTERS = 1
    MEMBERS = 2


class ResolutionsSection(Value, frozen=True):
    """Who may open a resolution."""

    opened_by: Annotated[int, msgspec.Meta(ge=1, le=2), Openers]


def _check(_genesis: Genesis, _section: ResolutionsSection) -> None:
    """Nothing else can be wrong."""


RESOLUTIONS_SECTION: Final = Section("resolutions", ResolutionsSection, _check, optional=True)
