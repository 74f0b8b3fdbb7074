"""Authorisations: given, given anew, revoked, expired, and ended with their owner's membership (rules AG1 to AG3)."""

from __future__ import annotations

from ledger.agents.events import AgentAuthorised, AuthorisationEnded
from ledger.agents.genesis import AGENTS_SECTION
from ledger.agents.limits import MAX_AGENTS_OF_OWNER, MAX_AUTHORISATION_MS, MAX_OWNERS_OF_AGENT
from ledger.agents.payloads import AuthoriseAgent, RevokeAgent
from ledger.agents.schema import (
    AGENT_COUNT,
    AUTHORISATION_DUE,
    AUTHORISATION_NUMBERS,
    AUTHORISATIONS,
    DAY_USES,
    OWNER_COUNT,
    OWNERS_OF_AGENT,
    AgentEnd,
    Authorisation,
)
from ledger.agents.terms import AgentTerms
from ledger.agents.weights import AUTHORISATION_END, AUTHORISING
from ledger.bank.assets import SupplyRule
from ledger.bank.balances import balance, move
from ledger.bank.genesis import BANK_SECTION, assets_of
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.counters import change_count, counted
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import Link
from ledger.errors import Refused
from ledger.governance.members import check_no_meter, is_expelled, require_member


def authorisation_in_force(context: Context, owner: bytes, agent: bytes) -> Authorisation | None:
    """What an agent may do for an owner now; one that has expired and waits to be worked off is none (D1)."""
    found = context.state.get(AUTHORISATIONS, owner + agent)
    return None if found is None or found.terms.expires_ms <= context.time_ms else found


def do_authorise_agent(context: Context, payload: AuthoriseAgent) -> None:
    """Let a key act for the sender; what it used today of its limits stays used (AG1)."""
    owner, agent, terms = context.sender, payload.agent, payload.terms
    context.charge(AUTHORISING)
    if agent == owner:
        raise Refused("an agent is another account than its owner", code="bad_agent")
    check_no_meter(context, agent)
    if is_expelled(context, agent):
        raise Refused("an expelled member acts for nobody", code="not_a_member")
    check_terms(context, terms)
    if terms.commission:
        require_member(context, agent)
    before = context.state.get(AUTHORISATIONS, owner + agent)
    if before is None:
        _count_in(context, owner, agent)
    else:
        cancel_expiry(context, before.terms.expires_ms, AUTHORISATION_DUE, before.number)
    number = context.next_number(AUTHORISATION_NUMBERS)
    context.state.put(AUTHORISATIONS, owner + agent, Authorisation(number, owner, agent, terms))
    schedule(context, terms.expires_ms, AUTHORISATION_DUE, number, owner + agent)
    _give_for_fees(context, owner, agent, payload.for_fees)
    context.emit(
        AgentAuthorised(number, owner, agent, terms.types, terms.commission, payload.for_fees, terms.expires_ms)
    )
    if payload.for_fees:
        tell_came_in(context, agent, BANK_SECTION.of(context.genesis).fee_asset)


def check_terms(context: Context, terms: AgentTerms) -> None:
    """Refuse terms that grant nothing, say something twice, or more than the community lets anybody grant (AG1)."""
    lists: tuple[list[tuple[int, int]], ...] = (
        [(number, 0) for number in terms.types],
        [(limit.asset, 0) for limit in terms.day_limits],
        [(bound.product, bound.side) for bound in terms.prices],
        [(sweep.asset, 0) for sweep in terms.sweeps],
    )
    if any(numbers != sorted(set(numbers)) for numbers in lists):
        raise Refused("each list stands in order of its numbers, no number twice", code="bad_agent_terms")
    if not terms.types and not terms.sweeps:
        raise Refused("the authorisation lets the agent do nothing", code="bad_agent_terms")
    for number in terms.types:
        if number not in context.hooks.delegable:
            raise Refused(f"type {number} is sent for nobody else", code="type_not_delegable")
    assets = assets_of(context.genesis)
    for asset in [*(limit.asset for limit in terms.day_limits), *(sweep.asset for sweep in terms.sweeps)]:
        if asset > len(assets):
            raise Refused(f"there is no asset {asset}; there are {len(assets)}", code="unknown_asset")
    for sweep in terms.sweeps:
        if assets[sweep.asset - 1].supply != SupplyRule.BANKER:
            raise Refused("only what the banker issues is paid out", code="not_a_currency")
    if not context.time_ms < terms.expires_ms <= context.time_ms + MAX_AUTHORISATION_MS:
        raise Refused("it must end after the block's time, and at most 400 days later", code="bad_agent_expiry")
    most = AGENTS_SECTION.of(context.genesis).max_commission
    if terms.commission > most:
        raise Refused(f"an agent may have at most {most} parts of 10^9", code="commission_too_high")


def _count_in(context: Context, owner: bytes, agent: bytes) -> None:
    if counted(context.state, owner, AGENT_COUNT) >= MAX_AGENTS_OF_OWNER:
        raise Refused(f"at most {MAX_AGENTS_OF_OWNER} agents may act for an account", code="too_many_agents")
    if counted(context.state, agent, OWNER_COUNT) >= MAX_OWNERS_OF_AGENT:
        raise Refused(f"an agent may act for at most {MAX_OWNERS_OF_AGENT} accounts", code="too_many_owners")
    change_count(context.state, owner, AGENT_COUNT, 1)
    change_count(context.state, agent, OWNER_COUNT, 1)
    context.state.put(OWNERS_OF_AGENT, agent + owner, Link(owner + agent))


def _give_for_fees(context: Context, owner: bytes, agent: bytes, amount: int) -> None:
    """Tokens to pay fees with, also to a key that is no member; so much at most (AG2)."""
    if not amount:
        return
    asset = BANK_SECTION.of(context.genesis).fee_asset
    most = AGENTS_SECTION.of(context.genesis).max_for_fees
    if balance(context.state, agent, asset).available + amount > most:
        raise Refused(f"an agent is given fees up to a balance of {most} base units", code="too_much_for_fees")
    move(context.state, owner, agent, asset, amount)


def do_revoke_agent(context: Context, payload: RevokeAgent) -> None:
    """At once (AG3)."""
    found = context.state.get(AUTHORISATIONS, context.sender + payload.agent)
    if found is None:
        raise Refused("the sender has no such agent", code="unknown_agent")
    cancel_expiry(context, found.terms.expires_ms, AUTHORISATION_DUE, found.number)
    _end(context, found, AgentEnd.REVOKED)


def authorisation_due(context: Context, subject: bytes) -> None:
    """It has expired (AG3)."""
    _end(context, context.get(AUTHORISATIONS, subject), AgentEnd.EXPIRED)


def end_agents_of(context: Context, owner: bytes) -> None:
    """Nobody acts for a member that is expelled (AG3)."""
    for key in context.state.keys(AUTHORISATIONS, owner):
        found = context.get(AUTHORISATIONS, key)
        cancel_expiry(context, found.terms.expires_ms, AUTHORISATION_DUE, found.number)
        _end(context, found, AgentEnd.EXPELLED)


def _end(context: Context, found: Authorisation, end: AgentEnd) -> None:
    context.charge(AUTHORISATION_END)
    key = found.owner + found.agent
    context.state.delete(AUTHORISATIONS, key)
    context.state.delete(OWNERS_OF_AGENT, found.agent + found.owner)
    for used in context.state.keys(DAY_USES, key):
        context.state.delete(DAY_USES, used)
    change_count(context.state, found.owner, AGENT_COUNT, -1)
    change_count(context.state, found.agent, OWNER_COUNT, -1)
    context.emit(AuthorisationEnded(found.number, found.owner, found.agent, end))


def is_agent(context: Context, address: bytes) -> bool:
    """Whether an address acts for somebody: its key cannot become a meter's (M11)."""
    return context.state.first(OWNERS_OF_AGENT, address) is not None
