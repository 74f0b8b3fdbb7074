"""What a node tells of origins."""

from __future__ import annotations

from nodechain.client.answers.origin import AccountOrigin, UnitOriginAnswer
from nodechain.client.rest import NodeApi, escaped


class OriginReads:
    """What units hold and accounts drew, by source."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def unit(self, address: str) -> UnitOriginAnswer:
        """What a unit holds; raises `NotFound` (module_off) where nobody notes it."""
        return self._api.get(f"/v1/units/{escaped(address)}/origin", UnitOriginAnswer)

    def account(self, address: str) -> AccountOrigin:
        """What an account drew by month; raises `NotYours`."""
        return self._api.get(f"/v1/accounts/{escaped(address)}/origin", AccountOrigin)
