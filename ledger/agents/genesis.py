"""What a genesis, or a vote that switches the module on, says of agents."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.parameters import PARTS
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FeeAmount, FieldUnit, Quantity


class AgentsSection(Value, frozen=True):
    """`max_commission`: the greatest part, in parts of 10^9, of what its sales bring that an agent may be promised.

    `max_for_fees`: what an agent's account may hold of the asset of fees when its owner gives it some, so that a key
    that is no member cannot become a purse.
    """

    max_commission: Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PARTS)]
    max_for_fees: FeeAmount


def _check(_genesis: Genesis, _section: AgentsSection) -> None:
    """Every section that decodes is a good one."""


AGENTS_SECTION: Final = Section("agents", AgentsSection, _check, optional=True)
