"""What the chain knows of meters' keys."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.obis import format_obis
from ledger.encoding.quantities import TimeMs, WattHours, Watts
from ledger.keys.address import format_address, format_key
from ledger.metering.consent import format_step
from ledger.metering.queries import meter_of, meters
from ledger.metering.registers import after_jump, jump_of, to_wh
from ledger.metering.schema import Meter
from nodechain.api.amounts import view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import BY_NAME, Open, Right, Visitor, shown_by
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class QuarantinedJump(ApiModel):
    """A step of a register that waits for a vote: how high, what the register shows, and between which times."""

    raw_jump: int
    jump_wh: WattHours
    raw_register: int
    since_ms: TimeMs
    time_ms: TimeMs


class MeterView(At):
    """What the chain knows of a meter key; unit and account are null while it is not bound.

    Energy is in Wh, and raw (steps of the register, `step_wh` each) where the name says so; `serial` and `profile` are
    hashes.
    """

    key: str
    unit: str | None
    account: str | None
    kind: str
    max_power_w: Watts
    rollover: int
    scale: int
    factor: int
    step_wh: str
    obis: str
    profile: str
    serial: str
    sequence: int
    raw_register: int
    register_wh: WattHours
    time_ms: TimeMs
    boot: int
    sent_ms: TimeMs
    quarantined: QuarantinedJump | None


class ListedMeter(ApiModel):
    """A meter in the list: where it is bound (null: nowhere now), and what was heard of it last.

    `time_ms` is the signed time of its last accepted reading, or of its opening; `sent_ms` the block time of its last
    transaction, 0 before the first; `quarantined`: a jump of its register waits for a vote.
    """

    key: str
    unit: str | None
    account: str | None
    kind: str
    time_ms: TimeMs
    sent_ms: TimeMs
    quarantined: bool


class Meters(At):
    """Meters by key, a page."""

    meters: list[ListedMeter]
    next: str | None


def read_meters(at: CommittedState, cursor: bytes | None, limit: int) -> Meters:
    """All keys that were ever bound as a meter."""
    page = meters(at.reader, cursor, limit)
    views = [
        view(
            at.chain,
            ListedMeter,
            meter,
            key=format_key(key),
            unit=format_address(meter.unit) if meter.unit else None,
            account=format_address(meter.account) if meter.account else None,
            quarantined=bool(jump_of(meter)),
        )
        for key, meter in page.entries
    ]
    return Meters(height=at.height, meters=views, next=cursor_text(page.cursor))


def read_meter(at: CommittedState, key: bytes) -> MeterView:
    """What is known of a meter key; raises `NotFound` if it was never bound."""
    meter = meter_of(at.state, key)
    if meter is None:
        raise NotFound("this meter key was never bound", advice="Bind it: `nodechain unit bind`.")
    return view(
        at.chain,
        MeterView,
        meter,
        height=at.height,
        key=format_key(key),
        unit=format_address(meter.unit) if meter.unit else None,
        account=format_address(meter.account) if meter.account else None,
        step_wh=format_step(meter.scale, meter.factor),
        obis=format_obis(meter.obis),
        raw_register=meter.register,
        register_wh=to_wh(meter.register, meter.scale, meter.factor),
        quarantined=_quarantined(meter),
    )


def _quarantined(meter: Meter) -> QuarantinedJump | None:
    jump = jump_of(meter)
    if not jump:
        return None
    interval, settled = after_jump(meter)
    return QuarantinedJump(
        raw_jump=jump,
        jump_wh=interval.energy_wh,
        raw_register=settled.register,
        since_ms=interval.start_ms,
        time_ms=interval.end_ms,
    )


async def get_meter(node: Node, request: web.Request) -> Work:
    """What the chain knows of a meter key."""
    key = requests.key(request)
    return ledger(node, request, lambda at: read_meter(at, key))


async def get_meters(node: Node, request: web.Request) -> Work:
    """All meters."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_meters(at, cursor, limit))


def _own_meters(visitor: Visitor, answer: Meters) -> Meters:
    """The meters of one's own accounts and units: who knows a meter's key may read its entry."""
    if visitor.reads_everything:
        return answer
    own_texts = visitor.own_texts
    mine = [each for each in answer.meters if {each.account, each.unit} & own_texts]
    return answer.model_copy(update={"meters": mine})


ROUTES: Final = (
    Route("GET", "/v1/meters", "Meters, and when each was heard last", Meters, get_meters, query=(*AT, *PAGE)),
    Route(
        "GET",
        "/v1/meters/{key}",
        "What the chain knows of a meter key",
        MeterView,
        get_meter,
        query=AT,
        kind=POINT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/meters": shown_by(Open.MEMBERS, _own_meters),
    "/v1/meters/{key}": BY_NAME,
}
