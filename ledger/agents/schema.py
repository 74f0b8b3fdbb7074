"""Tables of agents: who may act for whom, and what of the day's limits is used."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from ledger.agents.terms import AgentTerms
from ledger.chain.schema import AccountCounter, DueKind, Link
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, Count, Number
from ledger.state.table import Table


class AgentEnd(IntEnum):
    """How an authorisation ended."""

    REVOKED = 1
    EXPIRED = 2
    EXPELLED = 3
    """Its owner was expelled."""


class Authorisation(Value, frozen=True):
    """What `agent` may do for `owner`; `number` counts authorisations, one given anew has another."""

    number: Number
    owner: Address
    agent: Address
    terms: AgentTerms


class DayUse(Value, frozen=True):
    """`amount` was used of an asset on `day`; a sweep was asked for last on `swept_day`. Days since 1970, UTC."""

    day: Count
    amount: Amount
    swept_day: Count


AUTHORISATIONS: Final = Table(240, "authorisations", "owner agent", Authorisation, group=20)
"""At most `MAX_AGENTS_OF_OWNER` of one owner."""
OWNERS_OF_AGENT: Final = Table(241, "owners_of_agent", "agent owner", Link, group=20)
DAY_USES: Final = Table(242, "agent_day_uses", "owner agent asset", DayUse, group=40)

AGENT_TABLES: Final[tuple[Table[Any], ...]] = (AUTHORISATIONS, OWNERS_OF_AGENT, DAY_USES)

AGENT_COUNT: Final = AccountCounter(240, "agents")
"""How many may act for an account."""

OWNER_COUNT: Final = AccountCounter(241, "owners")
"""For how many accounts an agent may act."""

AUTHORISATION_DUE: Final = DueKind(240, "authorisation")

AUTHORISATION_NUMBERS: Final = b"authorisation"
