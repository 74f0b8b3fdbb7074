"""What this node's own work asks of its pages, without HTTP: the same answers in the same shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol, TypeVar, cast

from ledger.keys.address import parse_address
from nodechain.api.billing import read_bill, read_billing
from nodechain.api.governance import read_members
from nodechain.api.grid import read_grid_account
from nodechain.api.http.requests import MAX_LIMIT
from nodechain.api.metering import read_meters
from nodechain.api.reading import CommittedState, newest_height, reads_of
from nodechain.api.receipts import read_receipts
from nodechain.api.sharing_unsettled import read_unsettled
from nodechain.billing.run import ChainModules
from nodechain.client.answers.billing import BillingView, IssuedBill
from nodechain.client.answers.grid import GridAccount
from nodechain.client.answers.metering import ListedMeter
from nodechain.client.answers.receipts import AccountReceipts
from nodechain.client.answers.sharing_unsettled import Unsettled
from nodechain.errors import NotFound
from nodechain.node import Node
from nodechain.store.layout import Location

T = TypeVar("T")


class PageRead(Protocol):
    """A page of a list of the state."""

    def __call__(self, at: CommittedState, *, cursor: bytes | None) -> Any:
        """From a cursor on."""
        ...


class OwnReads:
    """What a run asks of a node, asked of this one without its interface; each answer is of one moment."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def chain(self) -> OwnReads:
        """The members."""
        return self

    @property
    def bills(self) -> OwnReads:
        """Bills and receipts."""
        return self

    @property
    def sharing(self) -> OwnReads:
        """What is not settled."""
        return self

    @property
    def grid(self) -> OwnReads:
        """Tariffs of points."""
        return self

    def status(self) -> ChainModules:
        """Which modules are on."""
        return {"modules": list(self._node.app.rules.modules)}

    def unsettled(self, from_ms: int, to_ms: int) -> Unsettled:
        """Slots of a time without a run; raises `NotFound` (module_off)."""
        self._require("sharing")
        return cast(Unsettled, self._state(lambda at: read_unsettled(at, from_ms, to_ms)).model_dump())

    def account(self, address: str) -> GridAccount:
        """An account's tariffs; raises `NotFound` (module_off)."""
        self._require("grid")
        account = parse_address(address)
        return cast(GridAccount, self._state(lambda at: read_grid_account(at, account)).model_dump())

    def _require(self, module: str) -> None:
        """As the interface answers for a module that is off."""
        if module not in self._node.app.rules.modules:
            raise NotFound(f"the module {module} is off on this chain", code="module_off")

    def _state(self, read: Callable[[CommittedState], T]) -> T:
        with self._node.app.store.snapshot() as snapshot:
            return read(reads_of(self._node, snapshot, self._node.clock.wall_ms()))

    def _pages(self, read: PageRead) -> Iterator[Any]:
        cursor: bytes | None = None
        while True:
            page = self._state(partial(read, cursor=cursor))
            yield page
            if page.next is None:
                return
            cursor = bytes.fromhex(page.next)

    def members(self) -> list[str]:
        """Admitted members' addresses."""
        pages = self._pages(lambda at, *, cursor: read_members(at, cursor, MAX_LIMIT))
        return [address for page in pages for address in page.addresses]

    def meters(self) -> list[ListedMeter]:
        """Meters, and when each was heard last."""
        pages = self._pages(lambda at, *, cursor: read_meters(at, cursor, MAX_LIMIT))
        return [cast(ListedMeter, meter.model_dump()) for page in pages for meter in page.meters]

    def billing(self) -> BillingView:
        """Who numbers bills, and the next number."""
        return cast(BillingView, self._state(read_billing).model_dump())

    def bill(self, number: int) -> IssuedBill:
        """What the chain knows of a bill."""
        return cast(IssuedBill, self._state(lambda at: read_bill(at, number)).model_dump())

    def receipts(self, address: str, *, first: int = 0) -> Iterator[AccountReceipts]:
        """Pages of the receipts that name an account, oldest first."""
        account, cursor = parse_address(address), None
        while True:
            with self._node.app.store.snapshot() as snapshot:
                last = newest_height(snapshot)
                page = read_receipts(snapshot, account, cursor, MAX_LIMIT, first, last)
            yield cast(AccountReceipts, page.model_dump())
            if page.next is None:
                return
            height, _dash, index = page.next.partition("-")
            cursor = Location(int(height), int(index))
