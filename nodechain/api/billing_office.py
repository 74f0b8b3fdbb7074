"""The operator's bills in a node's home, as its interface gives them: documents, the member book, one piece of work at
a time, in a thread of its own; and what both pages of bills show.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from aiohttp import web
from msgspec.structs import replace

from ledger.bank.assets import CURRENCY_ASSET
from ledger.billing.limits import MAX_TREASURERS
from ledger.billing.queries import payments_of, treasurers
from ledger.billing.rules import is_treasurer
from ledger.keys.address import format_address
from market.denominations import Denominations
from nodechain.api.access import ACCESS, is_local, visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EVERYTHING_READER, Visitor
from nodechain.api.reading import CommittedState, reads_of
from nodechain.billing.archive import BillArchive, has_made, own_bill
from nodechain.billing.document_index import DocumentIndex, IndexedBill
from nodechain.billing.issuing import pending_of, prove_bill, settle_pending
from nodechain.billing.member_book import Entries, MemberBook, MemberEntry
from nodechain.billing.open_bills import OpenBill, open_bills
from nodechain.billing.pay_outs import WrittenPayOuts
from nodechain.billing.periods import local_day, read_period
from nodechain.billing.received import FoundBill, ReceivedBills
from nodechain.billing.reminders import ReminderLog
from nodechain.billing.rounding import CentSize
from nodechain.billing.run import DraftRun, RunMaker, RunReads
from nodechain.billing.settings import BillingSettings, read_settings
from nodechain.errors import EnvironmentFailed, LoginNeeded, NodeError, NodeInvariantBroken, NotFound, NotYours
from nodechain.light.store_proofs import StoreProofs
from nodechain.mempool.admission import Busy
from nodechain.node import Node
from nodechain.process.worker import Worker

T = TypeVar("T")

log = logging.getLogger("nodechain.api")


class ListedBill(ApiModel):
    """A document in a list: `corrected_by` is the number of the newest one that takes its place, or 0.

    `replaces`: the documents whose place it takes; `paid_before` is what was paid for them, and counts for it.

    Amounts are cents of the community's currency; who has not paid `due_days` days after `issued_day` is late. What was
    paid is what the chain knows.
    """

    number: int
    name: str
    corrects: int
    corrected_by: int
    account: str
    first_day: str
    last_day: str
    issued_day: str
    due_days: int
    charges_cents: int
    credits_cents: int
    due_cents: int
    hash: str
    replaces: list[int]
    paid_on_chain: Amount
    paid_by_bank: Amount
    paid_before: Amount


class BillFile(ApiModel):
    """A file in Base64, and how it is called."""

    name: str
    media_type: str
    data: str


@dataclass
class RunJob:
    """A period's bills in the making: `done` of `count` accounts; in the end `run`, or why there is none."""

    period: str
    is_final: bool
    done: int = 0
    count: int = 0
    run: DraftRun | None = None
    names: dict[str, str] = field(default_factory=dict)
    error: NodeError | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.run is not None or self.error is not None


class _Closing(NodeError):
    code = "closing"


class BillingOffice:
    """What a node's home has of bills. Nothing of the member book is kept after the work that it was opened for."""

    def __init__(self, node: Node, reads: RunReads) -> None:
        self._node = node
        self.reads = reads
        self._worker = Worker("bills")
        self.archive = BillArchive(node.home.path)
        self.received = ReceivedBills(node.home.path)
        self.index = DocumentIndex(self.archive, self.received)
        self.reminders = ReminderLog(node.home.path)
        self.pay_outs = WrittenPayOuts(self.archive.path)
        self.job: RunJob | None = None
        self._at_work = False
        self._closing = False
        self._tasks: set[asyncio.Future[None]] = set()

    async def work(self, do: Callable[[], T]) -> T:
        """What a piece of work gives, made in a thread; raises `Busy` while another one is made."""
        self._require_idle()
        self._at_work = True
        try:
            return await self._worker.run(do)
        finally:
            self._at_work = False

    def begin(self, period: str, password: str, *, is_final: bool) -> RunJob:
        """Make a period's bills; raises `Busy` while others are made."""
        self._require_idle()
        self.job = job = RunJob(period, is_final)
        self._at_work = True
        task = asyncio.ensure_future(self._worker.run(self._make, job, password))
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, job))
        return job

    def _ended(self, job: RunJob, task: asyncio.Future[None]) -> None:
        """However the work ended, the job is over, and says why there is no run."""
        self._at_work = False
        self._tasks.discard(task)
        error = _Closing("the node stops") if task.cancelled() else task.exception()
        if job.run is not None and error is None:
            return
        match error:
            case NodeError():
                job.error = error
            case OSError():
                job.error = EnvironmentFailed(f"the bills could not be made: {error.strerror or error}")
            case _:
                log.error("the bills could not be made", exc_info=error)
                job.error = NodeInvariantBroken(f"the bills could not be made: {type(error).__name__}")

    def _require_idle(self) -> None:
        if self._at_work:
            raise Busy("the operator's bills are being worked on", advice="Try again in a moment.")

    async def close(self) -> None:
        """Give up what is being made."""
        self._closing = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._worker.close()

    def state(self, read: Callable[[CommittedState], T]) -> T:
        """What a read finds in the head's state."""
        with self._node.app.store.snapshot() as snapshot:
            return read(reads_of(self._node, snapshot, self._node.clock.wall_ms()))

    @property
    def settings(self) -> BillingSettings | None:
        """What the community bills by; None where this home has no settings. Raises `UsageError`."""
        return read_settings(self.archive.settings) if self.archive.settings.exists() else None

    def listed(self, at: CommittedState, bill: IndexedBill) -> ListedBill:
        """A document with what the chain knows of its payment."""
        matter = self.index.of_one_matter(bill.number)
        before = [number for number in matter if number < bill.number]
        paid = payments_of(at.state, bill.number, CURRENCY_ASSET)
        earlier = [payments_of(at.state, number, CURRENCY_ASSET) for number in before]
        return ListedBill(
            **{name: getattr(bill, name) for name in IndexedBill.__struct_fields__},
            corrected_by=matter[-1] if matter[-1] > bill.number else 0,
            replaces=before,
            paid_on_chain=tokens(at.chain, CURRENCY_ASSET, paid.on_chain),
            paid_by_bank=tokens(at.chain, CURRENCY_ASSET, paid.by_bank),
            paid_before=tokens(at.chain, CURRENCY_ASSET, sum(each.on_chain + each.by_bank for each in earlier)),
        )

    def owing(self, at: CommittedState) -> tuple[str, list[OpenBill]]:
        """The chain's day, and the bills that are not wholly paid, the longest overdue first."""
        day = local_day(self.chain_time_ms, read_settings(self.archive.settings).zone)
        size = CentSize.of(at.chain.assets[CURRENCY_ASSET - 1].decimals)

        def paid(number: int) -> int:
            found = payments_of(at.state, number, CURRENCY_ASSET)
            return found.on_chain + found.by_bank

        return day, open_bills(self.index, paid, size, day)

    def find(self, number: int) -> FoundBill:
        """A document of this home, its own or one that it received; raises `NotFound` (no_document), `DataDamaged`."""
        if not has_made(self.archive, number):
            return self.received.find(number)
        settings = self.settings
        return own_bill(self.archive, number, None if settings is None else settings.seller)

    def prove(self, number: int) -> FoundBill:
        """The same with its proof, which is made of this node's store where none is kept yet. Raises `NotFound`."""
        found = self.find(number)
        if found.proof:
            return found
        genesis = self._node.genesis
        source = StoreProofs(genesis, self._node.app.store, lambda: self.chain_time_ms)
        made = prove_bill(self.reads, source, genesis, self.archive, number, self._go_on)
        return replace(found, proof=made)

    def _go_on(self, _done: int) -> None:
        if self._closing:
            raise _Closing("the node stops")

    def entries(self, password: str) -> Entries:
        """The member book; without a password only one that is not there. Raises `WrongSecret`, `DataDamaged`."""
        return MemberBook(self.archive.book, lambda: password).entries()

    def member(self, account: str, password: str) -> MemberEntry:
        """Whom the member book has for an account. Raises `WrongSecret`, `NotFound` (no_member_entry)."""
        return MemberBook(self.archive.book, lambda: password).get(account)

    def _make(self, job: RunJob, password: str) -> None:
        settings, entries = read_settings(self.archive.settings), self.entries(password)
        view = self.reads.bills.billing()
        issued = local_day(self.chain_time_ms, settings.zone) if job.is_final else ""
        period = read_period(job.period, settings.zone)
        maker = RunMaker(self.reads, self._node.genesis, settings, entries, self.archive, period, issued)
        job.count = len(maker.accounts())

        def progress(done: int) -> None:
            job.done = done
            if self._closing:
                raise _Closing("the node stops")

        first = view["next_number"] if job.is_final else 0
        run = maker.make(first, view["prefix"], view["billed_until_ms"], progress)
        if job.is_final and run.drafts and not run.problems:
            self.archive.keep_pending(pending_of(run))
        job.names = {account: entry.name for account, entry in entries.items()}
        job.run = run

    @property
    def chain_time_ms(self) -> int:
        """The time that the next block will have at least, by this node."""
        return max(self._node.app.parent.header.time_ms, self._node.clock.wall_ms())

    def settle(self) -> int:
        """Keep for good what the chain has made final; how many documents that were."""
        found = self.state(lambda at: treasurers(at.reader, None, MAX_TREASURERS).entries)
        addresses = [format_address(key) for key, _entry in found]
        return sum(len(record.hashes) for record in settle_pending(self.reads, self.archive, addresses))

    @property
    def currency_code(self) -> str:
        """The community's currency in ISO 4217; empty where it has none."""
        return Denominations.of(self._node.genesis).assets[CURRENCY_ASSET - 1].code


OFFICE: Final = web.AppKey("office", BillingOffice)


def require_treasurer(node: Node, request: web.Request) -> BillingOffice:
    """The office, for a treasurer that has signed in, or whoever asks from this machine where that reads everything.

    Raises `LoginNeeded`, `NotYours`, `NotFound` (module_off).
    """
    require_billing(node)
    access = request.app[ACCESS]
    address = access.address(request)
    if address is None and is_local(request) and visitor_of(request).reads_everything:
        return request.app[OFFICE]
    if address is None:
        raise LoginNeeded("this is open to treasurers only, and nobody has signed in")
    if not is_treasurer(node.view(), address):
        raise NotYours("this is open to treasurers only")
    return request.app[OFFICE]


def require_billing(node: Node) -> None:
    """Raises `NotFound` (module_off) where the chain numbers no bills."""
    if "billing" not in node.app.rules.modules:
        raise NotFound("the module billing is off on this chain", code="module_off", advice="See docs/bills.md.")


def reader_of(node: Node, request: web.Request) -> Visitor:
    """Who asks for a bill: a treasurer reads all of them."""
    address = request.app[ACCESS].address(request)
    if address is not None and is_treasurer(node.view(), address):
        return EVERYTHING_READER
    return visitor_of(request)
