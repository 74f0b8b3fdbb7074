"""Tests of the limits of agents; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from harness.chain import address
from ledger.agents import limits
from ledger.agents.authorising import do_authorise_agent
from ledger.agents.payloads import AuthoriseAgent
from ledger.agents.schema import OWNER_COUNT
from ledger.agents.terms import OfferSide, PriceBound, SweepTerms
from ledger.chain.counters import change_count
from ledger.chain.protocol import context_at
from ledger.errors import Refused
from tests.support.agent_chain import AgentChain
from tests.support.refusals import payload_codec, refused_above


def max_agents_of_owner() -> None:
    chain = AgentChain()
    for number in range(limits.MAX_AGENTS_OF_OWNER):
        assert chain.authorise(agent=f"agent {number}").applied
    assert chain.authorise(agent="one more").code == "too_many_agents"
    assert chain.authorise(agent="agent 0").applied, "the same one again"
    assert chain.authorise("B", "one more").applied
    assert chain.revoke(agent="agent 1").applied
    assert chain.authorise(agent="one more").applied


def max_owners_of_agent() -> None:
    chain = AgentChain()
    context = context_at(chain.registry, chain.state, chain.genesis, 1, chain.time_ms)
    change_count(context.state, address("R"), OWNER_COUNT, limits.MAX_OWNERS_OF_AGENT - 1)
    for owner, code in (("A", ""), ("B", "too_many_owners")):
        context.sender, found = address(owner), ""
        try:
            do_authorise_agent(context, AuthoriseAgent(address("R"), 0, chain.terms()))
        except Refused as refusal:
            found = refusal.code
        assert found == code


def _too_long(**above: Any) -> None:
    terms = AgentChain().terms()
    at = {name: value[:-1] for name, value in above.items()}
    made = [AuthoriseAgent(address("R"), 0, replace(terms, **each)) for each in (at, above)]
    refused_above(payload_codec(AuthoriseAgent), *made)


def max_agent_types() -> None:
    _too_long(types=tuple(range(limits.MAX_AGENT_TYPES + 1)))


def max_agent_prices() -> None:
    numbers = range(1, limits.MAX_AGENT_PRICES + 2)
    _too_long(prices=tuple(PriceBound(number, OfferSide.SELL, 1) for number in numbers))


def max_agent_sweeps() -> None:
    numbers = range(1, limits.MAX_AGENT_SWEEPS + 2)
    _too_long(sweeps=tuple(SweepTerms(number, 0, "x") for number in numbers))


def max_reference_characters() -> None:
    terms = AgentChain().terms()
    at, above, empty, odd = (
        AuthoriseAgent(address("R"), 0, replace(terms, sweeps=(SweepTerms(2, 0, text),)))
        for text in ("x" * limits.MAX_REFERENCE_CHARACTERS, "x" * (limits.MAX_REFERENCE_CHARACTERS + 1), "", "a\nb")
    )
    for wrong in (above, empty, odd):
        refused_above(payload_codec(AuthoriseAgent), at, wrong)


def max_authorisation_ms() -> None:
    chain = AgentChain()
    latest_ms = chain.time_ms + 1000 + limits.MAX_AUTHORISATION_MS
    assert chain.authorise(expires_ms=latest_ms + 1).code == "bad_agent_expiry"
    assert chain.authorise(expires_ms=latest_ms + 1000).applied


AGENT_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_AGENTS_OF_OWNER": (max_agents_of_owner,),
    "MAX_OWNERS_OF_AGENT": (max_owners_of_agent,),
    "MAX_AGENT_TYPES": (max_agent_types,),
    "MAX_AGENT_PRICES": (max_agent_prices,),
    "MAX_AGENT_SWEEPS": (max_agent_sweeps,),
    "MAX_REFERENCE_CHARACTERS": (max_reference_characters,),
    "MAX_AUTHORISATION_MS": (max_authorisation_ms,),
}
