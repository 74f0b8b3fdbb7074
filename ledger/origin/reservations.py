"""Sessions that are to be served of what is renewable (rule OR7)."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.energy.points import BooksChange
from ledger.energy.sessions import open_grant
from ledger.errors import Refused
from ledger.origin.events import OriginReserved
from ledger.origin.payloads import ReserveOrigin
from ledger.origin.schema import ORIGIN_RESERVATIONS, UNIT_ORIGINS, OriginReservation, UnitOrigin
from ledger.origin.weights import ORIGIN_RESERVED
from ledger.state.table import big_endian

EMPTY: Final = UnitOrigin(0, 0, 0, 0, 0)


def reservation_key(unit: bytes, consumer: bytes, session: int) -> bytes:
    """The key of a session's reservation."""
    return unit + consumer + big_endian(session)


def do_reserve_origin(context: Context, payload: ReserveOrigin) -> None:
    """All that the sender's open session at a unit may draw is to come of what is renewable there (OR7)."""
    context.charge(ORIGIN_RESERVED)
    unit, consumer = payload.unit, context.sender
    grant = open_grant(context, consumer, unit)
    if grant is None or context.time_ms >= grant.session.deadline_ms:
        raise Refused("the account has no open session at this unit", code="no_session")
    key = reservation_key(unit, consumer, grant.session.number)
    if context.state.get(ORIGIN_RESERVATIONS, key) is not None:
        raise Refused("the session has its reservation", code="origin_reserved")
    origin = context.state.get(UNIT_ORIGINS, unit) or EMPTY
    wanted_wh, free_wh = grant.backed_wh, max(origin.renewable_wh - origin.reserved_wh, 0)
    if wanted_wh > free_wh:
        raise Refused(f"the unit holds {free_wh} Wh that are renewable and not reserved", code="origin_short")
    context.state.put(ORIGIN_RESERVATIONS, key, OriginReservation(wanted_wh))
    context.state.put(UNIT_ORIGINS, unit, replace(origin, reserved_wh=origin.reserved_wh + wanted_wh))
    context.emit(OriginReserved(unit, consumer, grant.session.number, wanted_wh))


def use_reservation(context: Context, change: BooksChange) -> int:
    """What a draw may take of what its session has reserved; what it draws is reserved no more."""
    if not change.session:
        return 0
    key = reservation_key(change.unit, change.account, change.session)
    found = context.state.get(ORIGIN_RESERVATIONS, key)
    if found is None:
        return 0
    used_wh = min(found.energy_wh, -change.energy_wh)
    _release(context, change.unit, used_wh)
    context.state.put(ORIGIN_RESERVATIONS, key, OriginReservation(found.energy_wh - used_wh))
    return used_wh


def forget_reservation(context: Context, unit: bytes, consumer: bytes, session: int) -> None:
    """A session draws nothing any more: what it had reserved is free."""
    key = reservation_key(unit, consumer, session)
    found = context.state.get(ORIGIN_RESERVATIONS, key)
    if found is not None:
        context.state.delete(ORIGIN_RESERVATIONS, key)
        _release(context, unit, found.energy_wh)


def _release(context: Context, unit: bytes, energy_wh: int) -> None:
    origin = context.get(UNIT_ORIGINS, unit)
    context.state.put(UNIT_ORIGINS, unit, replace(origin, reserved_wh=origin.reserved_wh - energy_wh))
