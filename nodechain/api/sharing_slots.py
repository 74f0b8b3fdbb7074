"""Settled slots of sharing, and why they came to what they did: rows, inputs and what proves them."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from ledger.encoding.codec import encode
from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.grid.queries import shared_fee
from ledger.keys.address import format_address
from ledger.sharing.hours import together_with
from ledger.sharing.payments import sharing_asset
from ledger.sharing.progress import cut_off_ms
from ledger.sharing.queries import (
    RunProver,
    SettledRun,
    is_folded,
    newest_run,
    runs,
    settled_run,
)
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.schema import SchemeVersion, SettledSlot
from ledger.sharing.versions import version_of
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import Direction, SlotState, ValueSource
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Open, Right, Visitor, shown_by
from nodechain.api.http.route import AT, PAGE, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.api.scheme_rows import FIRST_ROWS, RowsPage, SideShare, known_scheme, sides_of
from nodechain.errors import NotFound
from nodechain.node import Node


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
    known_scheme(at, scheme)
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
    known_scheme(at, scheme)
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
    shown, following = page.places(found.members)
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
        next=following,
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


async def get_runs(node: Node, request: web.Request) -> Work:
    """Settled slots."""
    scheme, cursor, limit = requests.path_number(request), requests.cursor(request), requests.limit(request)
    first, end = requests.number(request, "from", 0), requests.number(request, "to", requests.HIGHEST)
    return ledger(node, request, lambda at: read_runs(at, scheme, first, end, cursor, limit))


async def get_slot(node: Node, request: web.Request) -> Work:
    """A settled slot."""
    scheme, slot = requests.path_number(request), requests.whole("slot", request.match_info["slot"])
    page = RowsPage.asked(request, visitor_of(request))
    recent = request.app[RECENT_RUN]
    return ledger(node, request, lambda at: read_slot(at, scheme, slot, page, recent))


def _own_rows(visitor: Visitor, answer: SettledSlotView) -> SettledSlotView:
    """A member sees its own rows; sums and roots are the community's."""
    if visitor.reads_everything:
        return answer
    return answer.model_copy(update={"rows": [row for row in answer.rows if row.account in visitor.own_texts]})


_SLOTS: Final = "/v1/sharing/schemes/{number}/slots"
_SPAN: Final = (("from", "first slot"), ("to", "the slot after the last"))

ROUTES: Final = (
    Route("GET", _SLOTS, "Settled slots of a scheme", SlotRuns, get_runs, query=(*_SPAN, *AT, *PAGE)),
    Route(
        "GET",
        f"{_SLOTS}/{{slot}}",
        "A settled slot: terms, rows, proofs",
        SettledSlotView,
        get_slot,
        query=(*AT, *PAGE),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    _SLOTS: MEMBERS,
    f"{_SLOTS}/{{slot}}": shown_by(Open.MEMBERS, _own_rows),
}
