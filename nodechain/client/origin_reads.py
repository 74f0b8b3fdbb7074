"""What a node tells of origins, and of whose sessions end last."""

from __future__ import annotations

from nodechain.client.answers.energy import PriorityAccounts, PriorityAccountView
from nodechain.client.answers.origin import AccountOrigin, UnitOriginAnswer
from nodechain.client.rest import NodeApi, escaped


class OriginReads:
    """What units hold and accounts drew, by source; accounts with priority at units."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def unit(self, address: str) -> UnitOriginAnswer:
        """What a unit holds; raises `NotFound` (module_off) where nobody notes it."""
        return self._api.get(f"/v1/units/{escaped(address)}/origin", UnitOriginAnswer)

    def account(self, address: str) -> AccountOrigin:
        """What an account drew by month; raises `NotYours`."""
        return self._api.get(f"/v1/accounts/{escaped(address)}/origin", AccountOrigin)

    def priority(self) -> list[PriorityAccountView]:
        """Accounts whose sessions end last where a unit holds too little."""
        return self._api.get("/v1/priority", PriorityAccounts)["accounts"]
