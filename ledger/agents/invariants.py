"""What must hold of agents in every state (rule AG11)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.agents.limits import MAX_AGENTS_OF_OWNER, MAX_OWNERS_OF_AGENT
from ledger.agents.schema import (
    AGENT_COUNT,
    AUTHORISATION_DUE,
    AUTHORISATIONS,
    DAY_USES,
    OWNER_COUNT,
    OWNERS_OF_AGENT,
)
from ledger.chain.expiries import expiry_key, kind_of
from ledger.chain.invariants import check_account_counters, entries
from ledger.chain.schema import EXPIRIES
from ledger.errors import require
from ledger.keys.address import ADDRESS_BYTES
from ledger.state.overlay import Reader

_PAIR: Final = 2 * ADDRESS_BYTES


def check_agents(state: Reader) -> None:
    """Each authorisation has its place with both and its time; what is used is of one that is there."""
    agents: Tally[bytes] = Tally()
    owners: Tally[bytes] = Tally()
    due, places, pairs = set(), set(), set()
    for key, found in entries(state, AUTHORISATIONS):
        require(key == found.owner + found.agent, "an authorisation stands under another pair")
        require(found.owner != found.agent, "an account is its own agent")
        agents[found.owner] += 1
        owners[found.agent] += 1
        pairs.add(key)
        places.add(found.agent + found.owner)
        due.add(expiry_key(found.terms.expires_ms, AUTHORISATION_DUE, found.number))
    require(all(count <= MAX_AGENTS_OF_OWNER for count in agents.values()), "too many agents act for an account")
    require(all(count <= MAX_OWNERS_OF_AGENT for count in owners.values()), "an agent acts for too many accounts")
    check_account_counters(state, AGENT_COUNT, agents)
    check_account_counters(state, OWNER_COUNT, owners)
    waiting = {key for key, _entry in entries(state, EXPIRIES) if kind_of(key) == AUTHORISATION_DUE.number}
    require(waiting == due, "authorisations and their expiries differ")
    require({key for key, _link in entries(state, OWNERS_OF_AGENT)} == places, "authorisations and agents differ")
    used = {key[:_PAIR] for key, _use in entries(state, DAY_USES)}
    require(used <= pairs, "what is used of a day's limit is of no authorisation")


AGENT_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_agents,)
