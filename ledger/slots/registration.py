"""Registering, changing and closing metering points (rules M15, M16)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.chain.envelope import check_signatures
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import Link
from ledger.chain.weights import SIGNATURE
from ledger.energy.queries import unit_of
from ledger.errors import InvalidInput, Refused
from ledger.governance.members import require_member
from ledger.governance.points import signs_for
from ledger.keys.address import address_of, check_sender_key
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.events import PointChanged, PointClosed, PointRegistered
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.limits import (
    MAX_CONSENT_AGE_DAYS,
    MAX_POINTS,
    MAX_POINTS_PER_OWNER,
    MAX_START_DAYS,
)
from ledger.slots.payloads import NO_ID, ChangePoint, ClosePoint, PointTerms, RegisterPoint
from ledger.slots.points import POINT_CHANGED, POINT_CLOSED
from ledger.slots.retention import is_kept
from ledger.slots.schema import OWNER_POINTS, POINT_IDS, POINTS, MeteringPoint, PointId
from ledger.slots.values import known_point
from ledger.slots.weights import POINT_CHANGE
from ledger.state.table import big_endian

POINT_NUMBERS = b"point"
OPEN_POINTS = b"open_points"


def do_register_point(context: Context, payload: RegisterPoint) -> None:
    """A registrar registers a point."""
    _require_registrar(context)
    register_point(context, payload)


def do_change_point(context: Context, payload: ChangePoint) -> None:
    """A registrar changes a point."""
    _require_registrar(context)
    change_point(context, payload)


def do_close_point(context: Context, payload: ClosePoint) -> None:
    """A registrar, its owner, or who signs for that, closes a point."""
    if not signs_for(context, known_point(context, payload.number).owner, context.sender):
        _require_registrar(context)
    close_point(context, payload)


def _require_registrar(context: Context) -> None:
    if context.sender not in SLOTS_SECTION.of(context.genesis).registrars:
        raise Refused("the genesis does not name the sender to register points", code="not_a_registrar")


def check_point(context: Context, payload: RegisterPoint) -> None:
    """Refuse a point that may not be registered (M15)."""
    context.charge(SIGNATURE * len(payload.owner_signatures))
    require_member(context, payload.terms.owner)
    _check_consent(context, payload)
    check_agreed_point(context, payload.terms)


def check_agreed_point(context: Context, terms: PointTerms) -> None:
    """The same of a point to which its owner agreed otherwise."""
    context.charge(POINT_CHANGE)
    require_member(context, terms.owner)
    clock = clock_of(context)
    if not is_kept(context.time_ms, terms.from_slot // clock.slots_per_day):
        raise Refused("the point's first slot is older than values are kept", code="slot_not_kept")
    if clock.start_ms(terms.from_slot) > context.time_ms + MAX_START_DAYS * DAY_MS:
        raise Refused(f"a point begins at most {MAX_START_DAYS} days ahead", code="slot_too_far")
    if terms.id_hash == NO_ID and not terms.own_meter:
        raise Refused("a point has an operator's id, or its owner's meters, or both", code="point_without_source")
    if terms.own_meter and unit_of(context.state, terms.owner) is not None:
        raise Refused("a storage unit's meters count at the unit", code="meters_of_unit")
    for identity in _identities(terms):
        _check_free(context, terms, identity)
    if context.count(OPEN_POINTS) >= MAX_POINTS:
        raise Refused(f"at most {MAX_POINTS} points are open", code="too_many_points")
    if len(context.state.keys(OWNER_POINTS, terms.owner)) >= MAX_POINTS_PER_OWNER:
        raise Refused(f"one owner has at most {MAX_POINTS_PER_OWNER} points", code="too_many_points")


def _check_consent(context: Context, payload: RegisterPoint) -> None:
    terms = payload.terms
    if not 0 <= context.time_ms + context.genesis.drift_ms - terms.signed_ms <= MAX_CONSENT_AGE_DAYS * DAY_MS:
        raise Refused("the owner's consent is too old, or lies in the future; sign it again", code="stale_consent")
    try:
        check_sender_key(payload.owner_key)
    except InvalidInput as error:
        raise Refused(error.detail, code="bad_key") from None
    signed = check_signatures(payload.owner_key, terms.message(context.genesis_hash), payload.owner_signatures)
    if not signed or not signs_for(context, terms.owner, address_of(payload.owner_key)):
        raise Refused("the owner did not sign these terms", code="bad_consent")


def _identities(terms: PointTerms) -> list[bytes]:
    """What no other open point may have: the operator's id, or the owner's meters, each with the direction."""
    found = [terms.id_hash] if terms.id_hash != NO_ID else []
    if terms.own_meter:
        found.append(terms.owner)
    return [identity + bytes((terms.direction,)) for identity in found]


def _check_free(context: Context, terms: PointTerms, identity: bytes) -> None:
    last = context.state.get(POINT_IDS, identity)
    if last is None:
        return
    point = known_point(context, last.number)
    if not point.until_slot or point.until_slot > terms.from_slot:
        raise Refused(f"point {last.number} has this id, or these meters", code="point_registered")
    if terms.signed_ms <= last.signed_ms:
        raise Refused("the owner's consent was used; sign it again", code="stale_consent")


def register_point(context: Context, payload: RegisterPoint) -> None:
    """A point begins (M15)."""
    check_point(context, payload)
    _begin(context, payload.terms)


def register_agreed_point(context: Context, terms: PointTerms) -> None:
    """A point begins to which its owner agreed otherwise than by a signature."""
    check_agreed_point(context, terms)
    _begin(context, terms)


def _begin(context: Context, terms: PointTerms) -> None:
    number = context.next_number(POINT_NUMBERS)
    context.change_count(OPEN_POINTS, 1)
    for identity in _identities(terms):
        context.state.put(POINT_IDS, identity, PointId(number, terms.signed_ms))
    context.state.put(OWNER_POINTS, terms.owner + big_endian(number), Link(big_endian(number)))
    point = MeteringPoint(
        number, terms.owner, terms.direction, terms.zone, terms.commissioned_ms, terms.id_hash, terms.own_meter,
        terms.from_slot, 0,
    )  # fmt: skip
    context.state.put(POINTS, big_endian(number), point)
    context.emit(PointRegistered(number, terms.owner, terms.direction, terms.zone, terms.own_meter, terms.from_slot))


def check_change(context: Context, payload: ChangePoint) -> MeteringPoint:
    """Refuse to change what is closed, or nothing (M15)."""
    context.charge(POINT_CHANGE)
    point = _open_point(context, payload.number)
    if (point.zone, point.commissioned_ms) == (payload.zone, payload.commissioned_ms):
        raise Refused("the point has this zone and commissioning time already", code="unchanged")
    return point


def change_point(context: Context, payload: ChangePoint) -> None:
    """Another grid zone or commissioning time holds (M15)."""
    point = check_change(context, payload)
    for follow in context.hooks.at(POINT_CHANGED) if payload.zone != point.zone else ():
        follow(context, point, payload.zone)
    changed = msgspec.structs.replace(point, zone=payload.zone, commissioned_ms=payload.commissioned_ms)
    context.state.put(POINTS, big_endian(point.number), changed)
    context.emit(PointChanged(point.number, point.owner, payload.zone, payload.commissioned_ms))


def check_closing(context: Context, payload: ClosePoint) -> MeteringPoint:
    """Refuse to close what is closed, or in the past (M16)."""
    context.charge(POINT_CHANGE)
    point = _open_point(context, payload.number)
    clock = clock_of(context)
    if payload.until_slot < next_slot(context, clock):
        raise Refused("a point is closed at a slot that has not begun", code="slot_is_past")
    if clock.start_ms(payload.until_slot) > context.time_ms + MAX_START_DAYS * DAY_MS:
        raise Refused(f"a point is closed at most {MAX_START_DAYS} days ahead", code="slot_too_far")
    return point


def close_point(context: Context, payload: ClosePoint) -> None:
    """A point counts before a slot and no longer (M16)."""
    point = check_closing(context, payload)
    until_slot = max(payload.until_slot, point.from_slot)
    context.state.put(POINTS, big_endian(point.number), msgspec.structs.replace(point, until_slot=until_slot))
    context.state.delete(OWNER_POINTS, point.owner + big_endian(point.number))
    context.change_count(OPEN_POINTS, -1)
    for follow in context.hooks.at(POINT_CLOSED):
        follow(context, point, until_slot)
    context.emit(PointClosed(point.number, point.owner, until_slot))


def close_points_of(context: Context, address: bytes) -> None:
    """An owner was expelled: its points are closed at the next slot (M16)."""
    until_slot = next_slot(context, clock_of(context))
    for key in context.state.keys(OWNER_POINTS, address):
        close_point(context, ClosePoint(int.from_bytes(key[20:], "big"), until_slot))


def next_slot(context: Context, clock: SlotClock) -> int:
    """The first slot that has not begun at the block's time."""
    return -(-context.time_ms // clock.slot_ms)


def _open_point(context: Context, number: int) -> MeteringPoint:
    point = known_point(context, number)
    if point.until_slot:
        raise Refused(f"point {number} is closed from slot {point.until_slot} on", code="point_closed")
    return point
