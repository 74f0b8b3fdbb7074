"""Whether the chain has posted to every account what the rule gives, to the base unit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from ledger.keys.address import format_address
from ledger.slots.schema import Direction
from nodechain.client.node_client import RestClient
from nodechain.demo.sharing.members import FOUNDER, Members
from nodechain.demo.sharing.rules import SharedSums, SharingTerms, Values
from nodechain.errors import NodeError

SETTLED_S: Final = 120.0
POLL_S: Final = 0.1
SUMS_DIFFER: Final = "sums_differ"


class Posted(NamedTuple):
    """An account's sums: mWh that it bought and sold, base units for them, and the fees that it paid."""

    bought_mwh: int = 0
    sold_mwh: int = 0
    cost: int = 0
    revenue: int = 0
    fee: int = 0

    @property
    def due(self) -> int:
        """What it pays in all; below 0 it is paid."""
        return self.cost + self.fee - self.revenue


def summed(parts: Sequence[Posted]) -> Posted:
    """Added up."""
    return Posted(*(sum(column) for column in zip(*parts, strict=True))) if parts else Posted()


class SettledSums:
    """Of a community under the terms of its scheme."""

    def __init__(self, members: Members, terms: SharingTerms) -> None:
        self._members = members
        self._terms = terms

    def expected(self, sums: dict[int, SharedSums]) -> dict[str, Posted]:
        """By household, and the founder's, who gets the fees."""
        parts: dict[str, list[Posted]] = {house.name: [] for house in self._members.week.houses}
        for point in self._members.points:
            one = sums[point.number]
            if point.direction is Direction.INJECTION:
                mine = Posted(sold_mwh=one.shared_mwh, revenue=one.amount)
            else:
                mine = Posted(bought_mwh=one.shared_mwh, cost=one.amount, fee=one.fee)
            parts[point.place.house.name].append(mine)
        fees = Posted(revenue=sum(one.fee for one in sums.values()))
        return {name: summed(mine) for name, mine in parts.items()} | {FOUNDER: fees}

    def posted(self, api: RestClient, name: str) -> Posted:
        """What a node says of an account."""
        months = api.sharing.account(format_address(self._members.wallet.address(name)))["months"]
        return summed(
            [
                Posted(month["bought_mwh"], month["sold_mwh"], month["cost"]["base"], month["revenue"]["base"],
                       month["fee"]["base"])
                for month in months
            ]
        )  # fmt: skip

    def wait(self, api: RestClient, values: Values) -> dict[int, SharedSums]:
        """Wait until a node has posted what the rule gives for these values; raises `NodeError` (sums_differ)."""
        sums = self._terms.sums(values, self._members.week.first_slot)
        expected = self.expected(sums)
        deadline = time.monotonic() + SETTLED_S
        # One account is asked until it is right; the last look finds all of them right, one after the other.
        while [name for name in expected if self._waited(api, name, expected[name], deadline)]:
            pass
        return sums

    def _waited(self, api: RestClient, name: str, wanted: Posted, deadline: float) -> bool:
        """Wait until an account has its sums; whether it had not. Raises `NodeError` (sums_differ) at the deadline."""
        was_late = False
        while (posted := self.posted(api, name)) != wanted:
            was_late = True
            if time.monotonic() > deadline:
                raise NodeError(
                    f"{name}: the chain has posted {posted}, by the rule it is {wanted}",
                    code=SUMS_DIFFER,
                    advice="This must never happen: keep the folder and report it.",
                )
            time.sleep(POLL_S)
        return was_late
