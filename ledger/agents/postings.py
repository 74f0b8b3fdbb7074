"""What the events of agents move: tokens for fees, and commissions. The rest stands in the events of what was done."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.agents.events import ActedForOwner, AgentAuthorised, AgentPaid, AuthorisationEnded, SweepAsked
from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer


def _authorised(event: AgentAuthorised, fee_asset: int) -> tuple[Posting, ...]:
    if not event.for_fees:
        return ()
    return transfer(TokenMeasure(fee_asset), (event.owner, AVAILABLE), (event.agent, AVAILABLE), event.for_fees)


def _commission(event: AgentPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.owner, AVAILABLE), (event.agent, AVAILABLE), event.amount)


AGENT_POSTINGS: Final[Postings] = MappingProxyType(
    {
        AgentAuthorised: _authorised,
        AuthorisationEnded: nothing,
        ActedForOwner: nothing,
        AgentPaid: _commission,
        SweepAsked: nothing,
    }
)
