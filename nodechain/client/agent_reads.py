"""What a client asks of agents."""

from __future__ import annotations

from collections.abc import Iterator

from nodechain.client.answers.agents import AccountAgents, SweepReferences
from nodechain.client.paging import pages_of
from nodechain.client.rest import NodeApi, escaped


class AgentReads:
    """Agents and their owners."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def of_account(self, address: str) -> Iterator[AccountAgents]:
        """Who may act for an account, a page at a time."""
        return pages_of(self._api, f"/v1/agents/accounts/{escaped(address)}", AccountAgents, {})

    def owners(self, address: str) -> Iterator[AccountAgents]:
        """For whom an account may act, a page at a time."""
        return pages_of(self._api, f"/v1/agents/owners/{escaped(address)}", AccountAgents, {})

    def references(self, address: str) -> SweepReferences:
        """With which references an account's sweeps are paid out."""
        return self._api.get(f"/v1/agents/references/{escaped(address)}", SweepReferences)
