"""What happened between owners and agents: each event names both. Amounts in base units."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.agents.schema import AgentEnd
from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Amount, AssetId, FeeAmount, Number, Parts, Plain, TimeMs


class AgentAuthorised(Event, frozen=True, tag=720):
    """`owner` lets `agent` send the types of these numbers, for `commission` of what it sells, until `expires_ms`.

    `for_fees` went from the owner to the agent.
    """

    number: Number
    owner: Address
    agent: Address
    types: tuple[Plain, ...]
    commission: Parts
    for_fees: FeeAmount
    expires_ms: TimeMs


class AuthorisationEnded(Event, frozen=True, tag=721):
    """`agent` acts for `owner` no more."""

    number: Number
    owner: Address
    agent: Address
    end: Annotated[int, AgentEnd]


class ActedForOwner(Event, frozen=True, tag=722):
    """`agent` sent a transaction of this type for `owner`; what it did stands in the events after this one (AG12)."""

    owner: Address
    agent: Address
    sent_type: Plain


class AgentPaid(Event, frozen=True, tag=723):
    """`amount` of what a sale brought went from `owner` to `agent`, which had placed the order."""

    owner: Address
    agent: Address
    asset: AssetId
    amount: Amount


class SweepAsked(Event, frozen=True, tag=724):
    """`agent` asked that `amount` be paid out to `owner`, with the reference that the owner stated."""

    owner: Address
    agent: Address
    asset: AssetId
    amount: Amount
    reference: str


AGENT_EVENTS: Final[tuple[type[Event], ...]] = (
    AgentAuthorised, AuthorisationEnded, ActedForOwner, AgentPaid, SweepAsked,
)  # fmt: skip
