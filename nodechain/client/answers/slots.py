"""Slots: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.models import At, Int


class SlotsView(At):
    """The length of a slot, the community's time zone with the offset in force, and who does what.

    `offset_minutes`: local time less UTC now; `known_until_ms`: when the last change of it that is known takes place.
    """

    slot_ms: Int
    slot: Int
    zone: str
    offset_minutes: Int
    known_until_ms: TimeMs
    custodians: list[str]
    registrars: list[str]


class PointView(TypedDict):
    """A metering point; `id_hash` is empty where it has no operator's id, `until_ms` null while it is open."""

    number: Int
    owner: str
    direction: str
    zone: str
    commissioned_ms: TimeMs
    id_hash: str
    own_meter: bool
    from_slot: Int
    from_ms: TimeMs
    until_slot: Int
    until_ms: TimeMs | None


class Points(At):
    """Metering points, a page."""

    points: list[PointView]
    next: str | None


class PointAnswer(At):
    """One metering point."""

    point: PointView


class SlotView(TypedDict):
    """The value of a slot of time; `state` is missing, measured, substituted, imported or corrected.

    `correction`: how often another value took the place of one that was there; `method`: how a value came about that
    nobody measured in its slot. `quality` is the operator's number, `file` the SHA-256 of what an imported value stood
    in, issued at `issued_ms`.
    """

    slot: Int
    start_ms: TimeMs
    end_ms: TimeMs
    energy_mwh: MilliWattHours | None
    state: str
    correction: Int
    method: str
    quality: Int
    file: str
    issued_ms: TimeMs


class PointSlots(At):
    """Slots of a point from one source, in order; `next_ms` is where the following ones begin, null at the end."""

    point: Int
    source: str
    slots: list[SlotView]
    next_ms: TimeMs | None
