"""A treasurer's run: every account's bill of a period, and what stands in the way of making them final."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol, TypedDict

import msgspec

from ledger.chain.genesis import Genesis
from ledger.encoding.times import format_time
from ledger.keys.address import parse_address
from ledger.slots.genesis import SLOTS_SECTION
from market.denominations import Denominations
from nodechain.billing.archive import BillArchive, latest_bills
from nodechain.billing.canonical import bill_hash, canonical_json
from nodechain.billing.document import Bill, BillTerms, Period
from nodechain.billing.making import (
    CHARGES,
    CREDITS,
    NOTHING_BEFORE,
    SHARING,
    Beginning,
    Heading,
    beginning_after,
    find_tax_rule,
    make_bill,
    standing_before,
    taxed_lines,
    waiting_amounts,
)
from nodechain.billing.member_book import Entries, MemberEntry
from nodechain.billing.receipts import PlacedReceipt
from nodechain.billing.reminders import Reminder, ReminderLog, fees_of
from nodechain.billing.settings import BillingSettings
from nodechain.client.answers.billing import BillingView, IssuedBill
from nodechain.client.answers.grid import GridAccount
from nodechain.client.answers.metering import ListedMeter
from nodechain.client.answers.receipts import AccountReceipts
from nodechain.client.answers.sharing_unsettled import Unsettled, UnsettledSpan
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY

UNKNOWN_PROFILE: Final = "unknown"
MODULE_OFF: Final = "module_off"
MOST_POINTS_SHOWN: Final = 20
"""In one sentence; the interface has all of them."""


class MemberReads(Protocol):
    """Who is a member."""

    def members(self) -> Iterable[str]:
        """Admitted members' addresses."""
        ...


class BillingReads(Protocol):
    """What the chain knows of bills, and what bills are made of."""

    def billing(self) -> BillingView:
        """Who numbers bills, and the next number."""
        ...

    def bill(self, number: int) -> IssuedBill:
        """What the chain knows of a number."""
        ...

    def receipts(self, address: str, *, first: int = 0) -> Iterator[AccountReceipts]:
        """Pages of the receipts that name an account, oldest first."""
        ...


class UnsettledReads(Protocol):
    """What sharing has not settled."""

    def unsettled(self, from_ms: int, to_ms: int) -> Unsettled:
        """Slots of a time without a run; raises `NotFound` (module_off)."""
        ...


class GridAccountReads(Protocol):
    """The grid account."""

    def account(self, address: str) -> GridAccount:
        """An account's tariffs."""
        ...


class ChainModules(TypedDict):
    """Which modules are on."""

    modules: list[str]


class RunReads(Protocol):
    """What a run asks a node: over its interface, or within it."""

    @property
    def chain(self) -> MemberReads:
        """The members."""
        ...

    @property
    def bills(self) -> BillingReads:
        """Bills and receipts."""
        ...

    @property
    def sharing(self) -> UnsettledReads:
        """What is not settled."""
        ...

    @property
    def grid(self) -> GridAccountReads:
        """Tariffs of points."""
        ...

    def status(self) -> ChainModules:
        """Which modules are on."""
        ...

    def meters(self) -> Iterable[ListedMeter]:
        """Every meter, and when it was heard last."""
        ...


class RunProblem(msgspec.Struct, frozen=True):
    """What keeps a run from being final: `account` is empty where it is about all of it."""

    code: str
    account: str
    text: str


class DraftBill(msgspec.Struct, frozen=True):
    """A bill as it would be final, its canonical text and hash."""

    bill: Bill
    data: bytes
    hash: bytes


class DraftRun(msgspec.Struct, frozen=True):
    """The bills of a period in the order of their numbers, and what stands in the way."""

    period: Period
    first: int
    drafts: tuple[DraftBill, ...]
    problems: tuple[RunProblem, ...]


@dataclass
class RunMaker:
    """What a run is made of; `settings.zone` has cut `period` already."""

    node: RunReads
    genesis: Genesis
    settings: BillingSettings
    entries: Entries
    archive: BillArchive
    period: Period
    issued_day: str = ""

    def make(self, first: int, prefix: str, billed_until_ms: int, progress: Callable[[int], None]) -> DraftRun:
        """The bills numbered from `first` on (0: previews without a number)."""
        accounts = self.accounts()
        meters = list(self.node.meters())
        problems = [*self._problems_of_all(first, billed_until_ms), *self.without_tariff(accounts)]
        before = latest_bills(self.archive, self.period.from_ms)
        drafts = []
        for place, account in enumerate(accounts):
            mine = [meter for meter in meters if meter["account"] == account]
            number = first + place if first else 0
            heading = Heading(
                number, f"{prefix}{number}" if number else "", 0, parse_address(account), self.period, self.issued_day
            )
            draft, found = self._draft(heading, account, mine, before)
            drafts.append(draft)
            problems += found
            progress(place + 1)
        return DraftRun(self.period, first, tuple(drafts), tuple(problems))

    def accounts(self) -> list[str]:
        """Who is billed: members that voters admitted, and everybody in the member book."""
        return sorted({*self.node.chain.members(), *self.entries})

    def terms_of(self, account: str, meters: int) -> BillTerms:
        """What an account is billed by."""
        entry = self.entries.get(account)
        profile = UNKNOWN_PROFILE if entry is None else entry.profile
        left = entry is not None and bool(entry.left) and entry.left < self.period.first_day
        self_billing = entry is not None and entry.self_billing
        fees = fees_of(self.reminders, account, self.period, self.settings.language)
        return self.settings.terms_for(profile, meters, self_billing=self_billing, left=left, fees=fees)

    @cached_property
    def reminders(self) -> tuple[Reminder, ...]:
        """What was sent to those who owed."""
        return tuple(ReminderLog(self.archive.home).all())

    def _draft(
        self,
        heading: Heading,
        account: str,
        meters: Sequence[ListedMeter],
        before: Mapping[str, tuple[Bill, bytes]],
    ) -> tuple[DraftBill, list[RunProblem]]:
        beginning, receipts, head_ms = self.beginning(account, before)
        problems = []
        if head_ms < self.period.to_ms:
            problems.append(RunProblem("period_open", account, "the chain's head is not past the period's end"))
        bill = make_bill(self.genesis, heading, beginning, self.terms_of(account, len(meters)), receipts)
        data = canonical_json(bill)
        problems += [*_problems_of(account, self.entries.get(account), bill), *self._meters_behind(account, meters)]
        return DraftBill(bill, data, bill_hash(data)), problems

    def beginning(
        self, account: str, before: Mapping[str, tuple[Bill, bytes]]
    ) -> tuple[Beginning, list[PlacedReceipt], int]:
        """Where an account's bill begins, the receipts that it needs, and the time of the node's head."""
        known = before.get(account)
        first = known[0].last_height if known is not None else 0
        receipts, head_ms = fetch_receipts(self.node, account, first)
        if known is not None:
            return beginning_after(*known, Denominations.of(self.genesis)), receipts, head_ms
        standing = standing_before(self.genesis, parse_address(account), self.period.from_ms, receipts)
        return Beginning(standing, 0, 0, NOTHING_BEFORE.previous), receipts, head_ms

    def _problems_of_all(self, first: int, billed_until_ms: int) -> Iterator[RunProblem]:
        if SLOTS_SECTION.is_in(self.genesis) and (zone := SLOTS_SECTION.of(self.genesis).zone) != self.period.zone:
            yield RunProblem(
                "other_zone", "", f"the chain's slots are cut in {zone}, the settings say {self.period.zone}"
            )
        if billed_until_ms and billed_until_ms != self.period.from_ms:
            yield RunProblem("period_gap", "", "the period does not begin where the last run's ended")
        yield from self._unsettled_slots()
        if first and self.archive.last_number != first - 1:
            yield RunProblem(
                "archive_incomplete",
                "",
                f"the chain gave out numbers up to {first - 1}, the documents here end at {self.archive.last_number}",
            )

    def _unsettled_slots(self) -> Iterator[RunProblem]:
        """Slots of the period that schemes have not settled: what they come to would be missing on the bills."""
        try:
            found = self.node.sharing.unsettled(self.period.from_ms, self.period.to_ms)
        except NotFound as error:
            if error.code != MODULE_OFF:
                raise
            return
        for span in found["spans"]:
            yield RunProblem("unsettled_slots", "", _waiting_text(span))
        if found["more"]:
            yield RunProblem("unsettled_slots", "", "and more spans of slots than these")

    def without_tariff(self, accounts: Sequence[str]) -> Iterator[RunProblem]:
        """Points of which nothing is charged, because nobody gave them a tariff."""
        try:
            points = [(account, point) for account in accounts for point in self.node.grid.account(account)["points"]]
        except NotFound as error:
            if error.code != MODULE_OFF:
                raise
            return
        for account, point in points:
            if not point["tariff"]:
                yield RunProblem(
                    "point_without_tariff",
                    account,
                    f"point {point['point']} has no tariff, so nothing is charged for it; see `nodechain grid assign`",
                )

    def _meters_behind(self, account: str, meters: Sequence[ListedMeter]) -> Iterator[RunProblem]:
        for meter in meters:
            if meter["quarantined"]:
                yield RunProblem("meter_quarantined", account, f"meter {meter['key']}: a jump waits for a vote")
            elif meter["time_ms"] < self.period.to_ms:
                yield RunProblem("meter_behind", account, f"meter {meter['key']} has no reading past the period's end")


def _waiting_text(span: UnsettledSpan) -> str:
    """Which slots, which points, what to do."""
    slots = "slot" if span["slots"] == 1 else "slots"
    text = (
        f"scheme {span['scheme']}: {span['slots']} {slots} from {span['first_slot']} on"
        f" ({format_time(span['start_ms'])} to {format_time(span['end_ms'])} UTC) without a run"
    )
    rows = " rows are missing (`nodechain sharing rows`)" if span["rows_missing"] else ""
    if not span["missing"]:
        wait = f"{rows}, or wait until {format_time(span['cut_off_ms'])} UTC, when those of the terms stand in"
        return f"{text};{wait}" if rows else f"{text}; all values are there, wait for the next blocks"
    text += f";{rows}" if rows else ""
    shown = [str(each["point"]) for each in span["points"][:MOST_POINTS_SHOWN]]
    more = span["missing"] - len(shown)
    points = ", ".join(shown) + (f" and {more} more" if shown and more else "") if shown else f"{more} points"
    return (
        f"{text}; values are missing of the points {points}: take them in (`nodechain sharing import`), or wait until"
        f" {format_time(span['cut_off_ms'])} UTC, when substitutes stand in"
    )


def _problems_of(account: str, entry: MemberEntry | None, bill: Bill) -> Iterator[RunProblem]:
    if entry is None:
        yield RunProblem(
            "no_member_entry",
            account,
            "the member book does not know the account's member: `nodechain bill member set`",
        )
    elif not (entry.name and entry.address.street and entry.address.city):
        yield RunProblem("no_address", account, "the member book has no whole address")
    sides = {
        (line.section, CHARGES if int(line.amount) < 0 else CREDITS) for line in taxed_lines(bill.lines, bill.currency)
    }
    sides |= {(SHARING, side) for _part, _scheme, side, _base in waiting_amounts(bill.shared, bill.currency)}
    for section, side in sorted(sides):
        if find_tax_rule(bill.terms, section, side) is None:
            yield RunProblem("no_tax_rule", account, f"the billing settings have no tax for {section}, {side}")
    for shared in bill.shared:
        if shared.by_period and shared.asset != bill.currency:
            yield RunProblem(
                "other_currency", account, f"scheme {shared.scheme} settles by period in {shared.asset}: pay it by hand"
            )


def fetch_receipts(node: RunReads, account: str, first: int) -> tuple[list[PlacedReceipt], int]:
    """The receipts of an account from a height on, as a node gives them, and the time of its head."""
    found: list[PlacedReceipt] = []
    head_ms = 0
    for page in node.bills.receipts(account, first=first):
        head_ms = page["time_ms"]
        found += [
            PlacedReceipt(
                entry["height"],
                entry["index"],
                entry["time_ms"],
                REGISTRY.receipts.decode(bytes.fromhex(entry["receipt"])),
            )
            for entry in page["receipts"]
        ]
    return found, head_ms
