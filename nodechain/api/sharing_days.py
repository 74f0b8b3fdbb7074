"""Sharing by local days: an account's part of each slot, a scheme's sums, days that are folded; who manages schemes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.keys.address import format_address
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.payments import sharing_asset
from ledger.sharing.progress import cut_off_ms
from ledger.sharing.queries import SettledRun, folded_days, settled_run, settled_slot, sums_of
from ledger.sharing.schema import SchemeVersion
from ledger.sharing.versions import version_of
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import Direction, SlotState, ValueSource
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.scheme_rows import known_scheme
from nodechain.node import Node

EPOCH: Final = date(1970, 1, 1)

MAX_DAY_SLOTS: Final = 300
"""Slots of one answer: the longest local day, of 25 hours, in slots of five minutes."""


class FoldedDayView(ApiModel):
    """A local day whose settled slots stand under one root, as `YYYY-MM-DD`."""

    day: str
    slots: int
    root: str


class FoldedDays(At):
    """Days of a scheme that no value can change any more, oldest first, a page."""

    scheme: int
    days: list[FoldedDayView]
    next: str | None


class SharingTermsView(At):
    """The currency that schemes settle in, and the accounts that change them without a vote."""

    asset: str
    symbol: str
    decimals: int
    managers: list[str]


class PointShare(ApiModel):
    """A point's part of a slot. `energy_mwh` was metered, `counted_mwh` of it counts in the scheme, `shared_mwh` was
    shared, for `amount` (which a consumer pays beside `fee`, a producer receives).
    """

    point: int
    direction: str
    state: str
    source: str
    energy_mwh: MilliWattHours
    counted_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount


class AccountSlot(ApiModel):
    """The newest run of a slot, with the account's points; `final`: its cut-off has passed."""

    scheme: int
    slot: int
    start_ms: TimeMs
    run: int
    version: int
    final: bool
    points: list[PointShare]


class AccountSlots(At):
    """An account's part of the slots that were asked for, by scheme and slot; what is not settled is not there."""

    account: str
    slot_ms: int
    slots: list[AccountSlot]


class SlotSums(ApiModel):
    """The sums of a slot's newest run; `substituted`: how many values were not there."""

    slot: int
    start_ms: TimeMs
    run: int
    final: bool
    substituted: int
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount


class SchemeSums(At):
    """A scheme's sums of the slots that were asked for; what is not settled, or kept no longer, is not there."""

    scheme: int
    slot_ms: int
    slots: list[SlotSums]


def read_terms(at: CommittedState) -> SharingTermsView:
    """The section in force."""
    section, asset = SHARING_SECTION.of(at.view.genesis), sharing_asset(at.view)
    known = at.chain.assets[asset - 1]
    return SharingTermsView(
        height=at.height,
        asset=known.name,
        symbol=known.symbol,
        decimals=known.decimals,
        managers=[format_address(address) for address in section.managers],
    )


def read_account_slots(at: CommittedState, account: bytes, slots: range) -> AccountSlots:
    """The account's rows; of the schemes in which it has sums in these months, which are those that have rows of it."""
    clock, asset = clock_of(at.view), sharing_asset(at.view)
    months = (clock.local_month(slots[0]), clock.local_month(slots[-1]) + 1) if slots else (0, 0)
    schemes = sorted({scheme for scheme, _month, _sum in sums_of(at.view, account, *months)})
    found = []
    for scheme in schemes:
        for slot, run in _runs(at, scheme, slots):
            points = [
                PointShare(
                    point=row.point,
                    direction=Direction(member.direction).name.lower(),
                    state=SlotState(entry.state).name.lower(),
                    source=ValueSource(entry.source).name.lower(),
                    energy_mwh=entry.energy_mwh,
                    counted_mwh=row.energy_mwh,
                    shared_mwh=row.shared_mwh,
                    amount=tokens(at.chain, asset, row.amount),
                    fee=tokens(at.chain, asset, row.fee),
                )
                for row, entry, member in zip(run.rows, run.inputs, run.members, strict=True)
                if row.account == account
            ]
            if points:
                found.append(
                    AccountSlot(
                        scheme=scheme,
                        slot=slot,
                        start_ms=clock.start_ms(slot),
                        run=run.entry.run,
                        version=run.entry.version,
                        final=_is_final(at, clock, run.version, slot),
                        points=points,
                    )
                )
    return AccountSlots(height=at.height, account=format_address(account), slot_ms=clock.slot_ms, slots=found)


def read_sums(at: CommittedState, scheme: int, slots: range) -> SchemeSums:
    """The scheme's sums; raises `NotFound` (unknown_scheme)."""
    known_scheme(at, scheme)
    clock, asset = clock_of(at.view), sharing_asset(at.view)
    found = [
        SlotSums(
            slot=slot,
            start_ms=clock.start_ms(slot),
            run=entry.run,
            final=_is_final(at, clock, version_of(at.state, scheme, slot), slot),
            substituted=entry.substituted,
            injected_mwh=entry.sums.injected_mwh,
            taken_mwh=entry.sums.taken_mwh,
            shared_mwh=entry.sums.shared_mwh,
            paid=tokens(at.chain, asset, entry.sums.paid),
            fees=tokens(at.chain, asset, entry.sums.fees),
        )
        for slot in slots
        if (entry := settled_slot(at.state, scheme, slot)) is not None
    ]
    return SchemeSums(height=at.height, scheme=scheme, slot_ms=clock.slot_ms, slots=found)


def read_folded(at: CommittedState, scheme: int, cursor: bytes | None, limit: int) -> FoldedDays:
    """A page of folded days; raises `NotFound`."""
    known_scheme(at, scheme)
    page = folded_days(at.reader, scheme, cursor, limit)
    days = [
        FoldedDayView(
            day=(EPOCH + timedelta(days=int.from_bytes(key[8:], "big"))).isoformat(),
            slots=entry.slots,
            root=entry.root.hex(),
        )
        for key, entry in page.entries
    ]
    return FoldedDays(height=at.height, scheme=scheme, days=days, next=cursor_text(page.cursor))


def _runs(at: CommittedState, scheme: int, slots: range) -> Iterator[tuple[int, SettledRun]]:
    for slot in slots:
        run = settled_run(at.view, scheme, slot)
        if run is not None and run.outcome is not None:
            yield slot, run


def _is_final(at: CommittedState, clock: SlotClock, version: SchemeVersion, slot: int) -> bool:
    return at.view.time_ms >= cut_off_ms(clock, version, slot)


async def get_terms(node: Node, request: web.Request) -> Work:
    """Who manages schemes."""
    return ledger(node, request, read_terms)


async def get_account_slots(node: Node, request: web.Request) -> Work:
    """An account's part of slots."""
    account, slots = requests.path_address(request), _slots(request)
    return ledger(node, request, lambda at: read_account_slots(at, account, slots))


async def get_sums(node: Node, request: web.Request) -> Work:
    """A scheme's sums of slots."""
    scheme, slots = requests.path_number(request), _slots(request)
    return ledger(node, request, lambda at: read_sums(at, scheme, slots))


async def get_folded(node: Node, request: web.Request) -> Work:
    """Folded days of a scheme."""
    scheme = requests.path_number(request)
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_folded(at, scheme, cursor, limit))


def _slots(request: web.Request) -> range:
    first = requests.number(request, "from", 0)
    end = requests.number(request, "to", first + MAX_DAY_SLOTS, least=first, most=first + MAX_DAY_SLOTS)
    return range(first, end)


_SPAN: Final = (("from", "first slot"), ("to", "the slot after the last"))
_TERMS: Final = "/v1/sharing/terms"
_ACCOUNT: Final = "/v1/sharing/accounts/{address}/slots"
_SUMS: Final = "/v1/sharing/schemes/{number}/sums"
_FOLDED: Final = "/v1/sharing/schemes/{number}/days"

ROUTES: Final = (
    Route("GET", _TERMS, "Who manages schemes, and the currency", SharingTermsView, get_terms, query=AT, kind=POINT),
    Route("GET", _ACCOUNT, "An account's part of slots", AccountSlots, get_account_slots, query=(*_SPAN, *AT)),
    Route("GET", _FOLDED, "Days of a scheme under one root", FoldedDays, get_folded, query=(*AT, *PAGE)),
    Route("GET", _SUMS, "A scheme's sums of slots", SchemeSums, get_sums, query=(*_SPAN, *AT)),
)

RIGHTS: Final[dict[str, Right]] = {_TERMS: MEMBERS, _ACCOUNT: own("address"), _FOLDED: MEMBERS, _SUMS: MEMBERS}
