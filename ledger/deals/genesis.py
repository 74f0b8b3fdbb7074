"""What a genesis, or a vote that switches the module on, says of deals."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.parameters import PARTS
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Quantity


class DealsSection(Value, frozen=True):
    """`max_fee`: the greatest part of a deal's amount that an arbiter may agree to for a ruling, in parts of 10^9."""

    max_fee: Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PARTS)]


def _check(_genesis: Genesis, _section: DealsSection) -> None:
    """Every section that decodes is a good one."""


DEALS_SECTION: Final = Section("deals", DealsSection, _check, optional=True)
