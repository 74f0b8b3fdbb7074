"""Sharing: schemes, settled slots and why they came to what they did, an account's sums and debts."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from msgspec.structs import replace

from ledger.encoding.codec import encode
from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.grid.queries import shared_fee
from ledger.keys.address import format_address
from ledger.sharing.hours import together_with
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.members import chunk_of, members_of_chunk
from ledger.sharing.payments import sharing_asset
from ledger.sharing.progress import cut_off_ms
from ledger.sharing.queries import (
    RunProver,
    SettledRun,
    claims_of,
    cursor_after,
    debts_of,
    is_folded,
    newest_run,
    runs,
    scheme_numbers,
    settled_run,
    sums_of,
    versions,
)
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.schema import SchemeMember, SchemeVersion, SettledSlot
from ledger.sharing.scheme_terms import Participant
from ledger.sharing.versions import version_at, version_of
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import Direction, SlotState, ValueSource
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Open, Right, Visitor, own, shown_by
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.api.row_sides import SideShare, sides_of
from nodechain.errors import NotFound
from nodechain.node import Node


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Which rows are asked for: of points after one, of some accounts (None: of all), so many."""

    after: int
    accounts: frozenset[bytes] | None
    limit: int


FIRST_ROWS: Final = RowsPage(0, None, 1_000)


MONTHS_SHOWN: Final = 13


class RecentRun:
    """The run that was asked for last, with what proves it: pages of a large one follow one another, and each would
    compute all of it anew. What a run comes to is said by its roots, whatever the height.
    """

    def __init__(self) -> None:
        self._held: tuple[tuple[int, int, SettledSlot], SettledRun, RunProver] | None = None

    def of(self, at: CommittedState, scheme: int, slot: int) -> tuple[SettledRun, RunProver] | None:
        """The newest run of a slot; None where it has none."""
        entry, held = newest_run(at.state, scheme, slot), self._held
        if entry is not None and held is not None and held[0] == (scheme, slot, entry):
            return held[1:]
        found = settled_run(at.view, scheme, slot)
        if found is None:
            return None
        prover = found.prover()
        if found.rows:
            self._held = (scheme, slot, found.entry), found, prover
        return found, prover


RECENT_RUN: Final = web.AppKey("recent_run", RecentRun)


class SchemeView(ApiModel):
    """The terms of a scheme from a slot on; `points` take part, none: it is closed.

    The participants in the terms are the first 400; all are under the path `members` of the scheme.
    """

    scheme: int
    version: int
    from_slot: int
    from_ms: TimeMs
    points: int
    terms: dict[str, Any]


class Schemes(At):
    """All schemes with the terms that hold now, or will first."""

    slot_ms: int
    schemes: list[SchemeView]


class SchemeVersions(At):
    """The terms of a scheme that are remembered, the newest first."""

    slot_ms: int
    versions: list[SchemeView]


class SlotRunView(ApiModel):
    """The newest run of a slot; `final`: its cut-off has passed. `substituted`: how many values were not there;
    `slot_rows`: where those that come with each slot come from, `imported`, `substituted`, or `none` are asked for.
    """

    slot: int
    start_ms: TimeMs
    run: int
    version: int
    substituted: int
    slot_rows: str
    final: bool
    inputs_root: str
    rows_root: str


class SlotRuns(At):
    """Settled slots of a scheme, oldest first, a page."""

    scheme: int
    runs: list[SlotRunView]
    next: str | None


class ZonePart(ApiModel):
    """What of a consumer's share came from producers in a grid zone; where its tariff has a grid fee for that, which
    pair it is of, its rate per kWh and what it came to in this slot (GA13).
    """

    zone: str
    energy_mwh: MilliWattHours
    pair: str | None
    rate: Amount | None
    fee: Amount | None


class ShareRow(ApiModel):
    """A point's part of a slot. `energy_mwh` was metered, `counted_mwh` of it counts in the scheme, `shared_mwh` was
    shared, for `amount` (which a consumer pays, a producer receives).

    `hour_counted_mwh` and `hour_shared_mwh` are the sums over the slots that are settled together with this one.
    `row` and `input` are the bytes under the run's roots, `row_proof` and `input_proof` lead there (T6). `sides`: all
    rows that came with the slot and name the point, as `point_rows` proves (SC20), which is empty where none does.
    `zones`: of a consumer, by grid zone; none where no tariff charges shared energy. They stand under no root.
    """

    point: int
    account: str
    direction: str
    state: str
    source: str
    keys: list[int]
    energy_mwh: MilliWattHours
    counted_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount
    hour_counted_mwh: MilliWattHours
    hour_shared_mwh: MilliWattHours
    row: str
    row_proof: str
    input: str
    input_proof: str
    zones: list[ZonePart]
    sides: list[SideShare]
    point_rows: str
    point_rows_proof: str


class HourView(ApiModel):
    """The slots of an hour that are settled together, and their sums."""

    first_slot: int
    slots: int
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours


class SettledSlotView(At):
    """A settled slot with its sums; rows are computed anew from the inputs, none where these are kept no longer.

    `folded`: its day is, and this is what a correction since came to; its inputs stand in archives only.
    Rows come in pages in rising order of the points, after the cursor; `points` take part. `hour`: what the slots that
    are settled together with this one came to, where the rule works by the hour.
    """

    scheme: int
    run: SlotRunView
    folded: bool
    hour: HourView | None
    terms: dict[str, Any]
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount
    points: int
    rows: list[ShareRow]
    next: str | None


class MemberView(ApiModel):
    """A point in a scheme, with its keys (a producer has none) and the share of its energy that counts, of 10^9."""

    point: int
    account: str
    direction: str
    keys: list[int]
    factor: int


class SchemeMembers(At):
    """Who takes part in a scheme in a slot, in rising order of the points, a page."""

    scheme: int
    version: int
    members: list[MemberView]
    next: str | None


class MonthShare(ApiModel):
    """What an account bought and sold in a month of a scheme; `month` as `2026-11`, by the community's clock."""

    scheme: int
    month: str
    bought_mwh: MilliWattHours
    sold_mwh: MilliWattHours
    cost: Amount
    revenue: Amount
    fee: Amount


class OpenAmountView(ApiModel):
    """What an account owes a scheme, or is owed by it."""

    scheme: int
    amount: Amount


class AccountShares(At):
    """An account's sums of the last 13 months, what it owes, and what it is owed."""

    account: str
    months: list[MonthShare]
    owes: list[OpenAmountView]
    is_owed: list[OpenAmountView]


def _scheme(at: CommittedState, clock: SlotClock, version: SchemeVersion) -> SchemeView:
    return SchemeView(
        scheme=version.scheme,
        version=version.version,
        from_slot=version.from_slot,
        from_ms=clock.start_ms(version.from_slot),
        points=version.points,
        terms=struct(at.chain, replace(version.terms, participants=_first_participants(at, version))),
    )


def _first_participants(at: CommittedState, version: SchemeVersion) -> tuple[Participant, ...]:
    """The first of a version's points, as many as one change brings."""
    found: list[Participant] = []
    for chunk in version.chunks:
        members = members_of_chunk(at.state, version.scheme, chunk)
        found += [Participant(member.point, member.keys, member.factor) for member in members]
        if len(found) >= MAX_SCHEME_ROWS:
            break
    return tuple(found[:MAX_SCHEME_ROWS])


def read_schemes(at: CommittedState) -> Schemes:
    """All schemes."""
    clock = clock_of(at.view)
    now = clock.slot_of(at.view.time_ms)
    found = []
    for scheme in scheme_numbers(at.view):
        known = versions(at.reader, scheme)
        found.append(_scheme(at, clock, next((each for each in known if each.from_slot <= now), known[-1])))
    return Schemes(height=at.height, slot_ms=clock.slot_ms, schemes=found)


def read_scheme(at: CommittedState, scheme: int) -> SchemeVersions:
    """The versions of a scheme; raises `NotFound`."""
    known, clock = _known(at, scheme), clock_of(at.view)
    views = [_scheme(at, clock, version) for version in known]
    return SchemeVersions(height=at.height, slot_ms=clock.slot_ms, versions=views)


def _known(at: CommittedState, scheme: int) -> tuple[SchemeVersion, ...]:
    found = versions(at.reader, scheme)
    if not found:
        raise NotFound(f"there is no scheme {scheme}", code="unknown_scheme")
    return found


def _run(at: CommittedState, clock: SlotClock, version: SchemeVersion, slot: int, entry: SettledSlot) -> SlotRunView:
    return SlotRunView(
        slot=slot,
        start_ms=clock.start_ms(slot),
        run=entry.run,
        version=entry.version,
        substituted=entry.substituted,
        slot_rows=RowsState(entry.slot_rows).name.lower(),
        final=at.view.time_ms >= cut_off_ms(clock, version, slot),
        inputs_root=entry.inputs_root.hex(),
        rows_root=entry.rows_root.hex(),
    )


def read_runs(
    at: CommittedState, scheme: int, first_slot: int, end_slot: int, cursor: bytes | None, limit: int
) -> SlotRuns:
    """A page of settled slots."""
    _known(at, scheme)
    clock = clock_of(at.view)
    page = runs(at.reader, scheme, first_slot, end_slot, cursor, limit)
    views = []
    for key, entry in page.entries:
        slot = int.from_bytes(key[8:], "big")
        views.append(_run(at, clock, version_of(at.state, scheme, slot), slot, entry))
    return SlotRuns(height=at.height, scheme=scheme, runs=views, next=cursor_text(page.cursor))


def read_slot(
    at: CommittedState, scheme: int, slot: int, page: RowsPage = FIRST_ROWS, recent: RecentRun | None = None
) -> SettledSlotView:
    """A settled slot with a page of its rows; raises `NotFound`."""
    _known(at, scheme)
    proven = (recent or RecentRun()).of(at, scheme, slot)
    if proven is None:
        if is_folded(at.state, scheme, clock_of(at.view).local_day(slot)):
            raise NotFound(
                f"the day of slot {slot} is folded: the chain has one root of it",
                code="day_folded",
                advice="Who keeps an archive says more: `nodechain sharing why SLOT --archive FOLDER`.",
            )
        raise NotFound(f"slot {slot} of scheme {scheme} is not settled, or so long ago that it is forgotten")
    found, prover = proven
    asset, sums = sharing_asset(at.view), found.entry.sums
    points = [member.point for member in found.members]
    places = [
        place
        for place in range(bisect_right(points, page.after), len(points))
        if page.accounts is None or found.members[place].account in page.accounts
    ]
    shown = places[: page.limit]
    return SettledSlotView(
        height=at.height,
        scheme=scheme,
        run=_run(at, clock_of(at.view), found.version, slot, found.entry),
        folded=is_folded(at.state, scheme, clock_of(at.view).local_day(slot)),
        hour=_hour(at, scheme, found.version, slot),
        terms=struct(at.chain, found.version.terms),
        injected_mwh=sums.injected_mwh,
        taken_mwh=sums.taken_mwh,
        shared_mwh=sums.shared_mwh,
        paid=tokens(at.chain, asset, sums.paid),
        fees=tokens(at.chain, asset, sums.fees),
        points=found.version.points,
        rows=[_row(at, found, prover, place) for place in shown],
        next=cursor_text(cursor_after(points[shown[-1]])) if len(places) > len(shown) else None,
    )


def _hour(at: CommittedState, scheme: int, version: SchemeVersion, slot: int) -> HourView | None:
    if not version.terms.rule.hourly:
        return None
    slots = together_with(clock_of(at.view), version.terms.rule, slot).slots
    sums = [found.sums for each in slots if (found := newest_run(at.state, scheme, each)) is not None]
    return HourView(
        first_slot=slots.start,
        slots=len(slots),
        injected_mwh=sum(each.injected_mwh for each in sums),
        taken_mwh=sum(each.taken_mwh for each in sums),
        shared_mwh=sum(each.shared_mwh for each in sums),
    )


def _row(at: CommittedState, found: SettledRun, prover: RunProver, place: int) -> ShareRow:
    row, entry, member = found.rows[place], found.inputs[place], found.members[place]
    asset, rows = sharing_asset(at.view), prover.of_point_rows(member.point)
    hour_counted, hour_shared = found.rows_together(place)
    return ShareRow(
        point=row.point,
        account=format_address(row.account),
        direction=Direction(member.direction).name.lower(),
        state=SlotState(entry.state).name.lower(),
        source=ValueSource(entry.source).name.lower(),
        keys=list(member.keys),
        energy_mwh=entry.energy_mwh,
        counted_mwh=row.energy_mwh,
        shared_mwh=row.shared_mwh,
        amount=tokens(at.chain, asset, row.amount),
        fee=tokens(at.chain, asset, row.fee),
        hour_counted_mwh=hour_counted,
        hour_shared_mwh=hour_shared,
        row=encode(row).hex(),
        row_proof=encode(prover.of_row(place)).hex(),
        input=encode(entry).hex(),
        input_proof=encode(prover.of_input(place)).hex(),
        zones=[_zone(at, row.point, found.slot, *part) for part in sorted(found.zones.get(place, {}).items())],
        sides=sides_of(rows),
        point_rows="" if rows is None else encode(rows[0]).hex(),
        point_rows_proof="" if rows is None else encode(rows[1]).hex(),
    )


def _zone(at: CommittedState, point: int, slot: int, zone: str, energy_mwh: int) -> ZonePart:
    fee = shared_fee(at.view, point, slot, zone, energy_mwh)
    if fee is None:
        return ZonePart(zone=zone, energy_mwh=energy_mwh, pair=None, rate=None, fee=None)
    rate, amount = (tokens(at.chain, fee.asset, base) for base in (fee.rate, fee.amount))
    return ZonePart(zone=zone, energy_mwh=energy_mwh, pair=fee.pair, rate=rate, fee=amount)


def read_members(at: CommittedState, scheme: int, slot: int | None, after: int, limit: int) -> SchemeMembers:
    """A page of who takes part in a slot, by default in that of the newest terms; raises `NotFound`."""
    newest = _known(at, scheme)[0]
    version = newest if slot is None else version_at(at.state, scheme, slot)
    if version is None:
        raise NotFound(f"scheme {scheme} begins after slot {slot}", code="unknown_scheme")
    chunks = [chunk for chunk in version.chunks if chunk.chunk >= chunk_of(after)]
    members: list[SchemeMember] = []
    for chunk in chunks:
        members += [each for each in members_of_chunk(at.state, scheme, chunk) if each.point > after]
        if len(members) > limit:
            break
    views = [
        MemberView(
            point=member.point,
            account=format_address(member.account),
            direction=Direction(member.direction).name.lower(),
            keys=list(member.keys),
            factor=member.factor,
        )
        for member in members[:limit]
    ]
    following = cursor_text(cursor_after(views[-1].point)) if len(members) > limit else None
    return SchemeMembers(height=at.height, scheme=scheme, version=version.version, members=views, next=following)


def read_account(at: CommittedState, account: bytes) -> AccountShares:
    """An account's sums and debts."""
    clock, asset = clock_of(at.view), sharing_asset(at.view)
    month = clock.local_month(clock.slot_of(at.view.time_ms))
    months = [
        MonthShare(
            scheme=scheme,
            month=f"{number // 12}-{number % 12 + 1:02}",
            bought_mwh=entry.bought_mwh,
            sold_mwh=entry.sold_mwh,
            cost=tokens(at.chain, asset, entry.cost),
            revenue=tokens(at.chain, asset, entry.revenue),
            fee=tokens(at.chain, asset, entry.fee),
        )
        for scheme, number, entry in sums_of(at.view, account, month - MONTHS_SHOWN + 1, month + 1)
    ]
    return AccountShares(
        height=at.height,
        account=format_address(account),
        months=months,
        owes=_open_amounts(at, debts_of(at.state, account)),
        is_owed=_open_amounts(at, claims_of(at.view, account)),
    )


def _open_amounts(at: CommittedState, found: dict[int, int]) -> list[OpenAmountView]:
    asset = sharing_asset(at.view)
    return [OpenAmountView(scheme=scheme, amount=tokens(at.chain, asset, base)) for scheme, base in found.items()]


async def get_schemes(node: Node, request: web.Request) -> Work:
    """All schemes."""
    return ledger(node, request, read_schemes)


async def get_scheme(node: Node, request: web.Request) -> Work:
    """The terms of a scheme."""
    scheme = _number(request, "number")
    return ledger(node, request, lambda at: read_scheme(at, scheme))


async def get_runs(node: Node, request: web.Request) -> Work:
    """Settled slots."""
    scheme, cursor, limit = _number(request, "number"), requests.cursor(request), requests.limit(request)
    first, end = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    return ledger(node, request, lambda at: read_runs(at, scheme, first, end, cursor, limit))


async def get_slot(node: Node, request: web.Request) -> Work:
    """A settled slot."""
    scheme, slot = _number(request, "number"), _number(request, "slot")
    visitor = visitor_of(request)
    page = RowsPage(_after(request), None if visitor.reads_everything else visitor.own, requests.limit(request))
    recent = request.app[RECENT_RUN]
    return ledger(node, request, lambda at: read_slot(at, scheme, slot, page, recent))


async def get_members(node: Node, request: web.Request) -> Work:
    """Who takes part in a scheme."""
    scheme, slot = _number(request, "number"), requests.optional_number(request, "slot")
    after, limit = _after(request), requests.limit(request)
    return ledger(node, request, lambda at: read_members(at, scheme, slot, after, limit))


def _after(request: web.Request) -> int:
    """The point after which a page begins."""
    return int.from_bytes(requests.cursor(request) or b"", "big")


async def get_account(node: Node, request: web.Request) -> Work:
    """An account's sums and debts."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_account(at, account))


def _number(request: web.Request, name: str) -> int:
    return requests.whole(name, request.match_info[name])


def _own_rows(visitor: Visitor, answer: SettledSlotView) -> SettledSlotView:
    """A member sees its own rows; sums and roots are the community's."""
    if visitor.reads_everything:
        return answer
    return answer.model_copy(update={"rows": [row for row in answer.rows if row.account in visitor.own_texts]})


_SLOTS: Final = "/v1/sharing/schemes/{number}/slots"
_MEMBERS: Final = "/v1/sharing/schemes/{number}/members"
_SPAN: Final = (("from", "first slot"), ("to", "the slot after the last"))

ROUTES: Final = (
    Route("GET", "/v1/sharing/schemes", "Schemes and the terms that hold", Schemes, get_schemes, query=AT),
    Route(
        "GET",
        "/v1/sharing/schemes/{number}",
        "The terms of a scheme, the newest first",
        SchemeVersions,
        get_scheme,
        query=AT,
        kind=POINT,
    ),
    Route("GET", _SLOTS, "Settled slots of a scheme", SlotRuns, get_runs, query=(*_SPAN, *AT, *PAGE)),
    Route(
        "GET",
        f"{_SLOTS}/{{slot}}",
        "A settled slot: terms, rows, proofs",
        SettledSlotView,
        get_slot,
        query=(*AT, *PAGE),
    ),
    Route(
        "GET",
        _MEMBERS,
        "Who takes part in a scheme, with keys",
        SchemeMembers,
        get_members,
        query=(("slot", "in this slot; default: under the newest terms"), *AT, *PAGE),
    ),
    Route(
        "GET",
        "/v1/sharing/accounts/{address}",
        "An account's shares by month, what it owes and is owed",
        AccountShares,
        get_account,
        query=AT,
        kind=POINT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/sharing/schemes": MEMBERS,
    "/v1/sharing/schemes/{number}": MEMBERS,
    _SLOTS: MEMBERS,
    _MEMBERS: MEMBERS,
    f"{_SLOTS}/{{slot}}": shown_by(Open.MEMBERS, _own_rows),
    "/v1/sharing/accounts/{address}": own("address"),
}
