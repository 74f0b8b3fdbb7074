"""What a client asks of shared energy, and of the grid account."""

from __future__ import annotations

from collections.abc import Iterator

from nodechain.client.answers.grid import GridAccount, GridDebts, GridSums, GridView, Tariffs, TariffVersions
from nodechain.client.answers.sharing import AccountShares, SchemeMembers, Schemes, SchemeVersions
from nodechain.client.answers.sharing_months import AccountCredits, OpenClaimsPage, SettledMonths, SettledMonthView
from nodechain.client.answers.sharing_preview import SharingPreview
from nodechain.client.answers.sharing_rows import RowsBySlot, SlotRowsView
from nodechain.client.answers.sharing_slots import SettledSlotView, SlotRuns, SlotRunView
from nodechain.client.answers.sharing_sources import Differences
from nodechain.client.answers.sharing_unsettled import Unsettled
from nodechain.client.paging import pages_of
from nodechain.client.rest import NodeApi, escaped
from nodechain.errors import BadAnswer


class SharingReads:
    """Schemes, settled slots, an account's shares."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def schemes(self) -> Schemes:
        """All schemes; raises `NotFound` (module_off) where energy is not shared by slots."""
        return self._api.get("/v1/sharing/schemes", Schemes)

    def scheme(self, number: int) -> SchemeVersions:
        """The terms of a scheme."""
        return self._api.get(f"/v1/sharing/schemes/{number}", SchemeVersions)

    def slot(self, scheme: int, slot: int) -> SettledSlotView:
        """A settled slot with all rows that one may see."""
        pages = list(pages_of(self._api, f"/v1/sharing/schemes/{scheme}/slots/{slot}", SettledSlotView, {}))
        whole = pages[0]
        whole["rows"] = [row for page in pages for row in page["rows"]]
        return whole

    def runs(self, scheme: int) -> Iterator[SlotRunView]:
        """Settled slots of a scheme whose day is not folded, oldest first."""
        for page in pages_of(self._api, f"/v1/sharing/schemes/{scheme}/slots", SlotRuns, {}):
            yield from page["runs"]

    def account(self, address: str) -> AccountShares:
        """An account's shares."""
        return self._api.get(f"/v1/sharing/accounts/{escaped(address)}", AccountShares)

    def months(self, scheme: int) -> Iterator[SettledMonths]:
        """Settled months of a scheme by the month, oldest first, in pages."""
        yield from pages_of(self._api, f"/v1/sharing/schemes/{scheme}/months", SettledMonths, {})

    def month(self, scheme: int, month: str) -> SettledMonthView:
        """A settled month (`2026-11`) with all rows that one may see."""
        path = f"/v1/sharing/schemes/{scheme}/months/{escaped(month)}"
        pages = list(pages_of(self._api, path, SettledMonthView, {}))
        whole = pages[0]
        whole["rows"] = [row for page in pages for row in page["rows"]]
        return whole

    def claims(self, scheme: int) -> Iterator[OpenClaimsPage]:
        """Claims of a scheme's points that one may see, in pages."""
        yield from pages_of(self._api, f"/v1/sharing/schemes/{scheme}/claims", OpenClaimsPage, {})

    def credits(self, address: str) -> AccountCredits:
        """An account's credits by month."""
        return self._api.get(f"/v1/sharing/accounts/{escaped(address)}/credits", AccountCredits)

    def differences(self, scheme: int, first_slot: int, count: int) -> Differences:
        """Where the two sources differ."""
        span = f"from={first_slot}&to={first_slot + count}"
        return self._api.get(f"/v1/sharing/schemes/{scheme}/differences?{span}", Differences)

    def members(self, scheme: int, slot: int) -> list[int]:
        """The points that take part in a scheme in a slot."""
        pages = pages_of(self._api, f"/v1/sharing/schemes/{scheme}/members", SchemeMembers, {"slot": slot})
        return [member["point"] for page in pages for member in page["members"]]

    def rows(self, scheme: int, first_slot: int, end_slot: int) -> list[RowsBySlot]:
        """Of which slots the rows that come with each slot are there, in answers of 700 slots."""
        path, most = f"/v1/sharing/schemes/{scheme}/rows", 700
        starts = range(first_slot, max(end_slot, first_slot + 1), most)
        query = [{"from": start, "to": min(start + most, end_slot)} for start in starts]
        return [self._api.get(path, RowsBySlot, **each) for each in query]

    def slot_rows(self, scheme: int, slot: int) -> SlotRowsView:
        """The rows of a slot, as far as one may see them."""
        pages = list(pages_of(self._api, f"/v1/sharing/schemes/{scheme}/rows/{slot}", SlotRowsView, {}))
        pages[0]["shares"] = [row for page in pages for row in page["shares"]]
        return pages[0]

    def unsettled(self, from_ms: int, to_ms: int) -> Unsettled:
        """Slots of a time that no run has settled yet."""
        return self._api.get("/v1/sharing/unsettled", Unsettled, from_time=from_ms, to_time=to_ms)

    def previews(self, **query: object) -> Iterator[SharingPreview]:
        """Parts of what a proposal (`vote`, or `action` in hex) would have changed, day after day; their sums add up.

        Raises `NotFound` (no_such_vote), `UsageError` for a proposal that cannot be computed, `NotYours`.
        """
        while True:
            part = self._api.get("/v1/sharing/preview", SharingPreview, **query)
            yield part
            following = part["next_day"]
            if following is None:
                return
            if following <= part["first_day"]:
                raise BadAnswer(f"{self._api.url}: the days of a preview do not go on")
            query["first_day"] = following


class GridReads:
    """The grid account, tariffs, an account's figures, who owes."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def show(self) -> GridView:
        """Mode, operator, mark, band; raises `NotFound` (module_off) where there is no grid account."""
        return self._api.get("/v1/grid", GridView)

    def tariffs(self) -> Tariffs:
        """All tariffs."""
        return self._api.get("/v1/grid/tariffs", Tariffs)

    def tariff(self, number: int) -> TariffVersions:
        """The terms of a tariff."""
        return self._api.get(f"/v1/grid/tariffs/{number}", TariffVersions)

    def account(self, address: str) -> GridAccount:
        """An account's tariffs, figures and debts."""
        return self._api.get(f"/v1/grid/accounts/{escaped(address)}", GridAccount)

    def debts(self) -> Iterator[GridDebts]:
        """Pages of who owes."""
        return pages_of(self._api, "/v1/grid/debts", GridDebts, {})

    def sums(self, back: int = 0) -> GridSums:
        """A month's sums by zone and tariff, so many months before the present one."""
        return self._api.get(f"/v1/grid/sums?back={back}", GridSums)
