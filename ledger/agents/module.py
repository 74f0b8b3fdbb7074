"""Agents on one page: what the module `agents` brings."""

from __future__ import annotations

from typing import Final

from ledger.agents import limits, weights
from ledger.agents.acting import AGENT_SENDER, do_act_for_owner, do_sweep_for_owner
from ledger.agents.authorising import (
    authorisation_due,
    do_authorise_agent,
    do_revoke_agent,
    end_agents_of,
    is_agent,
)
from ledger.agents.codes import AGENT_CODES
from ledger.agents.commission import pay_commission
from ledger.agents.events import AGENT_EVENTS
from ledger.agents.genesis import AGENTS_SECTION
from ledger.agents.invariants import AGENT_INVARIANTS
from ledger.agents.payloads import ActForOwner, AgentTypeNumber, AuthoriseAgent, RevokeAgent, SweepForOwner
from ledger.agents.postings import AGENT_POSTINGS
from ledger.agents.schema import (
    AGENT_COUNT,
    AGENT_TABLES,
    AUTHORISATION_DUE,
    AUTHORISATION_NUMBERS,
    OWNER_COUNT,
)
from ledger.bank.points import SOLD_BY_AGENT
from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, MEMBER_EXPELLED

_N = AgentTypeNumber

AGENTS_MODULE: Final = Module(
    name="agents",
    places=Places(30),
    section=AGENTS_SECTION,
    types=(
        TransactionType(_N.AUTHORISE_AGENT, "authorise_agent", AuthoriseAgent, do_authorise_agent, MEMBER),
        TransactionType(_N.REVOKE_AGENT, "revoke_agent", RevokeAgent, do_revoke_agent, MEMBER, for_leavers=True),
        TransactionType(_N.ACT_FOR_OWNER, "act_for_owner", ActForOwner, do_act_for_owner, AGENT_SENDER),
        TransactionType(_N.SWEEP_FOR_OWNER, "sweep_for_owner", SweepForOwner, do_sweep_for_owner, AGENT_SENDER),
    ),
    tables=AGENT_TABLES,
    events=AGENT_EVENTS,
    counters=(AGENT_COUNT, OWNER_COUNT),
    series=(AUTHORISATION_NUMBERS,),
    due=((AUTHORISATION_DUE, authorisation_due),),
    hooks=(SOLD_BY_AGENT.by(pay_commission), MEMBER_EXPELLED.by(end_agents_of), ACCOUNT_KNOWN.by(is_agent)),
    invariants=AGENT_INVARIANTS,
    postings=AGENT_POSTINGS,
    limits=limits,
    weights=weights,
    codes=AGENT_CODES,
)
