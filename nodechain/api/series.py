"""What was metered for an account by slots of time: drawn, imported, stored, exported; nothing netted, gaps as gaps."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec
from aiohttp import web

from ledger.chain.parameters import DAY_MS
from ledger.encoding.quantities import TimeMs, WattHours
from ledger.energy.queries import bound_meters
from ledger.keys.address import format_address
from ledger.metering.payloads import SubmitReadings
from ledger.metering.queries import meter_of
from ledger.metering.schema import MeterKind
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import Right, own
from nodechain.api.http.route import MOMENT, Route
from nodechain.api.intervals import MeteredInterval, Submission, accepted_of, metered
from nodechain.api.reading import (
    MAX_PAGE_RECEIPTS,
    CommittedState,
    Work,
    blocks_of,
    first_height_since,
    reads_of,
    receipts_at,
    stored_header,
)
from nodechain.api.series_steps import bounds, step_of, zone_of
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot

LOOK_BACK: Final = 256
"""Receipts before the range in which the readings are looked for that its first intervals began with."""

_KIND_OF: Final = {
    "consumed": MeterKind.CONSUMPTION,
    "imported": MeterKind.CONSUMPTION,
    "produced": MeterKind.PRODUCTION,
    "exported": MeterKind.PRODUCTION,
}


class SeriesSlot(ApiModel):
    """What was metered by readings that end in a slot (after its start, up to its end), in Wh; null: nothing says it.

    `drawn_wh` from storage units, `imported_wh` from the grid, `stored_wh` delivered to units, `exported_wh` to the
    grid. `missing`: a meter that the account has in the range has no reading that ends in the slot. `since_ms`: when
    the longest interval of the slot began, where that is before its start. `reported`: some of it has no interval (a
    report by hand, a vote on a jump) and counts at the time of its block.
    """

    start_ms: TimeMs
    end_ms: TimeMs
    drawn_wh: WattHours | None
    imported_wh: WattHours | None
    stored_wh: WattHours | None
    exported_wh: WattHours | None
    missing: bool
    since_ms: TimeMs | None
    reported: bool


class SeriesView(At):
    """The slots of a range up to now, in order; `next`: ask on from that time, where one answer could not read all."""

    address: str
    step: str
    zone: str
    slots: list[SeriesSlot]
    next: TimeMs | None


class _Slot(msgspec.Struct):
    energy_wh: Counter[str] = msgspec.field(default_factory=Counter)
    kinds: set[MeterKind] = msgspec.field(default_factory=set)
    since_ms: int | None = None
    reported: bool = False


class _Progress(msgspec.Struct):
    """How far a scan has come: the time of each meter's last reading, and those whose readings of the range may follow.

    A meter's readings rise in time, so one that has passed the end of the range, or shown its last, adds nothing more.
    """

    bounds: list[int]
    awaited: dict[bytes, int]
    latest: dict[bytes, int] = msgspec.field(default_factory=dict)
    block_ms: int = 0
    receipts: int = 0

    def is_done(self) -> bool:
        return self.block_ms >= self.bounds[-1] and not self.awaited

    @property
    def covered(self) -> int:
        """How many slots are known when the scan stops here: at least one, so that asking on comes to an end."""
        if self.receipts < MAX_PAGE_RECEIPTS or self.is_done():
            return len(self.bounds) - 1
        behind = min([self.latest.get(meter, 0) for meter in self.awaited] or [self.block_ms])
        complete = bisect_left(self.bounds, behind + 1) - 1
        return max(complete if complete > 0 else bisect_left(self.bounds, self.block_ms + 1) - 1, 1)

    def note(self, found: MeteredInterval) -> None:
        self.latest[found.meter] = found.end_ms
        if found.end_ms >= self.awaited.get(found.meter, found.end_ms + 1):
            del self.awaited[found.meter]


class _Series:
    """The series of one account, read from one moment of the store."""

    def __init__(self, at: CommittedState, store: Snapshot, account: bytes, limits: list[int]) -> None:
        self._at = at
        self._store = store
        self._account = account
        self._bounds = limits
        self._meters: dict[bytes, MeterKind | None] = {}
        meters = [(key, meter) for key, meter in bound_meters(at.reader, at.state, account) if meter.sent_ms]
        awaited = {key: min(meter.time_ms, limits[-1]) for key, meter in meters if meter.time_ms > limits[0]}
        self._kinds = {MeterKind(meter.kind) for _key, meter in meters}
        self._progress = _Progress(limits, awaited)
        self._slots = [_Slot() for _ in limits[1:]]

    def read(self) -> tuple[list[SeriesSlot], int | None]:
        """The slots that are known, and where to ask on."""
        drift_ms = self._at.view.genesis.drift_ms
        start = Location(first_height_since(self._store, max(self._bounds[0] - drift_ms, 0)), 0)
        for found in self._found_from(start):
            self._add(found)
        covered = self._progress.covered
        head_ms = stored_header(self._store, self._at.height).time_ms
        shown = [self._slot(number, head_ms) for number in range(covered) if self._bounds[number] < head_ms]
        return shown, self._bounds[covered] if covered < len(self._slots) else None

    def _found_from(self, start: Location) -> Iterator[MeteredInterval]:
        cursor = Location(start.height - 1, 2**32 - 1) if start.height else None
        before = self._before(start)
        progress = self._progress
        while not progress.is_done() and progress.receipts < MAX_PAGE_RECEIPTS:
            places = self._store.account_history(self._account, limit=LOOK_BACK, cursor=cursor, newest_first=False)
            for place, data in receipts_at(self._store, places):
                progress.receipts += 1
                for found in self._metered(place, data):
                    start_ms = before.get(found.meter) if found.start_ms is None else found.start_ms
                    if found.meter:
                        before[found.meter] = found.end_ms
                    progress.note(found)
                    yield MeteredInterval(found.meter, start_ms, found.end_ms, found.energy_wh)
                if progress.is_done():
                    return
            if len(places) < LOOK_BACK:
                return
            cursor = places[-1]

    def _before(self, start: Location) -> dict[bytes, int]:
        """When the last readings before a place were, by meter, as far as they are found nearby."""
        found: dict[bytes, int] = {}
        places = self._store.account_history(self._account, limit=LOOK_BACK, cursor=start, newest_first=True)
        for _place, data in receipts_at(self._store, places):
            accepted = accepted_of(REGISTRY.receipts.decode_trusted(data), self._account)
            if accepted is not None:
                found.setdefault(accepted.meter_key, accepted.time_ms)
        return found

    def _metered(self, place: Location, data: bytes) -> list[MeteredInterval]:
        receipt = REGISTRY.receipts.decode_trusted(data)
        accepted = accepted_of(receipt, self._account)
        submission = self._submission(place) if accepted is not None and accepted.count > 1 else None
        self._progress.block_ms = stored_header(self._store, place.height).time_ms
        return metered(receipt, self._account, self._progress.block_ms, accepted, submission, self._at.chain.fee_asset)

    def _submission(self, place: Location) -> Submission | None:
        # The receipt of a block comes first, before those of its transactions.
        raw = self._store.transaction(Location(place.height, place.index - 1))
        transaction = None if raw is None else REGISTRY.decode(raw)
        if transaction is None or not isinstance(transaction.payload, SubmitReadings):
            return None
        key = transaction.envelope.sender_key
        meter = meter_of(self._at.state, key) if isinstance(key, bytes) else None
        factor = 1 if meter is None else meter.factor
        return Submission(transaction.payload, transaction.envelope.nonce, factor)

    def _add(self, found: MeteredInterval) -> None:
        number = bisect_left(self._bounds, found.end_ms) - 1
        if not 0 <= number < len(self._slots):
            return
        slot = self._slots[number]
        slot.energy_wh += found.energy_wh
        slot.kinds |= {_KIND_OF[bucket] for bucket in found.energy_wh}
        kind = self._kind_of(found.meter)
        if kind is not None:
            slot.kinds.add(kind)
            self._kinds.add(kind)
        slot.reported |= not found.meter
        if found.start_ms is not None and found.start_ms < self._bounds[number]:
            slot.since_ms = min(found.start_ms, slot.since_ms or found.start_ms)

    def _kind_of(self, meter_key: bytes) -> MeterKind | None:
        """What a meter measures; read once, however many intervals it has."""
        if meter_key not in self._meters:
            meter = meter_of(self._at.state, meter_key) if meter_key else None
            self._meters[meter_key] = None if meter is None else MeterKind(meter.kind)
        return self._meters[meter_key]

    def _slot(self, number: int, head_ms: int) -> SeriesSlot:
        slot, end_ms = self._slots[number], self._bounds[number + 1]

        def shown(bucket: str) -> int | None:
            return slot.energy_wh[bucket] if _KIND_OF[bucket] in slot.kinds else None

        return SeriesSlot(
            start_ms=self._bounds[number],
            end_ms=end_ms,
            drawn_wh=shown("consumed"),
            imported_wh=shown("imported"),
            stored_wh=shown("produced"),
            exported_wh=shown("exported"),
            missing=end_ms <= head_ms and not self._kinds - {MeterKind.STORAGE} <= slot.kinds,
            since_ms=slot.since_ms,
            reported=slot.reported,
        )


async def get_series(node: Node, request: web.Request) -> Work:
    """What was metered for an account, by slots."""
    address, now_ms = requests.path_address(request), node.clock.wall_ms()
    step, zone, to_ms = step_of(request), zone_of(request), requests.moment(request, "to_time")
    to_ms = now_ms if to_ms is None else to_ms
    from_ms = requests.moment(request, "from_time")
    limits = bounds(max(to_ms - DAY_MS, 0) if from_ms is None else from_ms, to_ms, step, zone)

    def answer(snapshot: Snapshot) -> SeriesView:
        at = reads_of(node, snapshot, now_ms)
        slots, following = _Series(at, snapshot, address, limits).read()
        return SeriesView(
            height=at.height, address=format_address(address), step=step.value, zone=zone.key, slots=slots,
            next=following,
        )  # fmt: skip

    return blocks_of(node, answer)


ROUTES: Final = (
    Route(
        "GET",
        "/v1/accounts/{address}/series",
        "What was metered, by quarter hour, day or month",
        SeriesView,
        get_series,
        query=(
            ("from_time", f"{MOMENT}; default: a day before `to_time`"),
            ("to_time", f"{MOMENT}; default: now"),
            ("step", "quarter (of an hour), day or month; default: quarter"),
            ("zone", "whose days and months are meant, like Europe/Berlin; default: UTC"),
        ),
    ),
)

RIGHTS: Final[dict[str, Right]] = {"/v1/accounts/{address}/series": own("address")}
