"""Binding meters to units and accounts, replacing and releasing them, what voters decide (rules M1-M4, M10, M11, JO9).

A meter's opening register is its own statement, signed where it was read; a key that was bound once stays a meter's.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.chain.context import Context, in_range
from ledger.chain.envelope import check_signatures
from ledger.chain.schema import Link
from ledger.chain.weights import SIGNATURE
from ledger.errors import InvalidInput, Refused
from ledger.governance.members import has_role, require_member
from ledger.governance.points import ACCOUNT_KNOWN
from ledger.keys.address import address_of, check_sender_key
from ledger.keys.crypto import check_public_key, verify
from ledger.metering.events import JumpSettled, MeterBound, MeterReleased, MeterUnbound
from ledger.metering.limits import MAX_METERS_PER_UNIT, MAX_OPENING_AGE_MS
from ledger.metering.manual_reports import last_manual_report_ms, note_unbound
from ledger.metering.payloads import BindMeter, Closing, MeterTerms, ReplaceMeter, UnbindMeter
from ledger.metering.physical_registers import check_register, leave_register, take_register
from ledger.metering.points import BINDING_ENDED, BINDING_TAKEN, READINGS_BOOKED, book_interval
from ledger.metering.registers import Interval, after_accepted, after_jump, interval_between, jump_of, to_wh
from ledger.metering.schema import (
    AWAITED_OPENINGS,
    BINDINGS,
    METER_ADDRESSES,
    METERS,
    AwaitedOpening,
    Meter,
    MeterKind,
)
from ledger.metering.weights import UNBINDING

METERS_OF_UNIT: Final = b"meters:"
"""With the unit's address: the counter of its bound meters."""


def is_meter_address(context: Context, address: bytes) -> bool:
    """Whether the address is that of a key that was ever bound as a meter (M11)."""
    return context.state.get(METER_ADDRESSES, address) is not None


def binding_key(unit: bytes, account: bytes, kind: int) -> bytes:
    """The key of a binding: one meter for each unit, account and kind."""
    return unit + account + bytes((kind,))


def do_bind_meter(context: Context, payload: BindMeter) -> None:
    """Bind a meter key with the consent of unit, meter and account (M2)."""
    known = context.state.get(METERS, payload.terms.meter_key)
    if known is not None and known.obis == payload.terms.obis and known.kind != MeterKind.STORAGE:
        _check_not_fallen(payload.terms, known)
    _bind(context, payload, ())


def check_wish(context: Context, terms: MeterTerms, *, fresh: bool, unit_follows: bool = False) -> Meter | None:
    """Refuse terms on which voters could not bind a meter; what is known of its key (JO9).

    `fresh`: whether it must have been read just now, as where its account asks for it; `unit_follows`: the unit is
    registered by the same vote.
    """
    if terms.kind == MeterKind.STORAGE or terms.account == terms.unit:
        raise Refused("voters bind an account's own meter, not a unit's", code="other_binding")
    if not unit_follows and not any(takes(context, terms) for takes in context.hooks.at(BINDING_TAKEN)):
        raise Refused("there is no storage unit of that address", code="not_a_unit")
    known = _check_meter(context, terms)
    _check_opening(context, terms, known, fresh=fresh)
    if known is not None and known.obis == terms.obis:
        _check_not_fallen(terms, known)
    check_register(context, terms)
    if context.state.get(BINDINGS, binding_key(terms.unit, terms.account, terms.kind)) is not None:
        raise Refused("another meter measures this already; replace or unbind it", code="already_bound")
    return known


def bind_by_vote(context: Context, terms: MeterTerms) -> None:
    """Carry out a vote: the meter signed its terms when its account asked for them, the vote stands for the unit's
    consent. What it has counted since is nobody's: its next reading opens the account (JO9)."""
    known = check_wish(context, terms, fresh=False)
    require_member(context, terms.account)
    _put_binding(context, terms, known)
    context.state.put(AWAITED_OPENINGS, terms.meter_key, AwaitedOpening(context.time_ms))


def awaited_opening_ms(context: Context, meter_key: bytes) -> int | None:
    """From when on a reading opens a meter that voters bound; None: it is open (JO9)."""
    awaited = context.state.get(AWAITED_OPENINGS, meter_key)
    return None if awaited is None else awaited.since_ms


def do_unbind_meter(context: Context, payload: UnbindMeter) -> None:
    """End a binding; the meter's last reading stays known (M4)."""
    meter = _own_meter(context, payload.meter_key)
    _unbind(context, payload.meter_key, meter, meter.time_ms)
    for end in context.hooks.at(BINDING_ENDED):
        end(context, meter)


def do_replace_meter(context: Context, payload: ReplaceMeter) -> None:
    """Bill the old meter up to its closing register, if the account signed one, and go on with the new one (M3)."""
    meter = _own_meter(context, payload.old_key)
    terms = payload.binding.terms
    if (terms.account, terms.kind) != (meter.account, meter.kind):
        raise Refused("a replacement measures the same account and kind", code="other_binding")
    read_ms = meter.time_ms
    if payload.closing and awaited_opening_ms(context, payload.old_key) is not None:
        raise Refused("the old meter has opened no account that could be closed", code="meter_not_opened")
    for closing in payload.closing:
        meter = _close(context, meter, closing, payload.old_key)
    _unbind(context, payload.old_key, meter, read_ms)
    _bind(context, payload.binding, payload.closing)


def _close(context: Context, meter: Meter, closing: Closing, old_key: bytes) -> Meter:
    latest_ms = context.time_ms + context.genesis.drift_ms
    outcome = interval_between(meter, closing.register, closing.time_ms, latest_ms)
    refused = book_interval(context, meter, outcome) if isinstance(outcome, Interval) else outcome
    if closing.meter_key != old_key or refused is not None:
        why = "names another meter" if refused is None else f"cannot be true ({refused.name.lower()})"
        raise Refused(f"the closing register {why}", code="implausible_closing")
    return after_accepted(meter, closing.register, closing.time_ms)


def unbind_next(context: Context, unit: bytes) -> Meter | None:
    """Unbind one meter of a unit that was removed (U6); None if none is bound."""
    key = context.state.first(BINDINGS, unit)
    if key is None:
        return None
    meter_key = context.get(BINDINGS, key).target
    meter = context.get(METERS, meter_key)
    context.charge(UNBINDING)
    _unbind(context, meter_key, meter, meter.time_ms)
    return meter


def check_jump(context: Context, meter_key: bytes, jump: int) -> Meter:
    """Refuse to vote on a jump that a bound meter does not have, or has no longer (M10)."""
    meter = context.state.get(METERS, meter_key)
    awaited = awaited_opening_ms(context, meter_key) is not None
    if meter is None or not meter.unit or not jump or jump_of(meter) != jump or awaited:
        raise Refused("no jump of this size of this meter is quarantined", code="no_jump")
    return meter


def settle_jump(context: Context, meter_key: bytes, jump: int, *, accept: bool) -> None:
    """Carry out a vote: the jump counts as an interval, or is dropped; the account goes on above it (M10)."""
    meter = check_jump(context, meter_key, jump)
    interval, settled = after_jump(meter)
    if accept:
        in_range(interval.energy_wh)
        if book_interval(context, meter, interval) is not None:
            raise Refused("the jump is more than one reading of this unit may bring", code="above_max_report")
    context.state.put(METERS, meter_key, settled)
    counted = interval.energy_wh if accept else 0
    context.emit(JumpSettled(meter_key, meter.account, counted, accept, settled.register))
    for follow in context.hooks.at(READINGS_BOOKED):
        follow(context, settled)


def check_release(context: Context, meter_key: bytes) -> Meter:
    """Refuse to release a key that is bound, or that no binding holds (M11)."""
    meter = context.state.get(METERS, meter_key)
    if meter is None or meter.unit or not meter.place:
        raise Refused("the key is bound now, or to nothing that would keep it from another place", code="not_held")
    return meter


def release_meter(context: Context, meter_key: bytes) -> None:
    """Carry out a vote: the key may be bound to another unit, account, kind or register (M11)."""
    meter = check_release(context, meter_key)
    context.state.put(METERS, meter_key, msgspec.structs.replace(meter, place=b""))
    context.emit(MeterReleased(meter_key))


def _own_meter(context: Context, meter_key: bytes) -> Meter:
    meter = context.state.get(METERS, meter_key)
    if meter is None or meter.unit != context.sender:
        raise Refused("this meter is not bound to the sending unit", code="unknown_meter")
    return meter


def _bind(context: Context, payload: BindMeter, closing: tuple[Closing, ...]) -> None:
    terms = payload.terms
    _check_unit(context, terms)
    known = _check_meter(context, terms)
    _check_opening(context, terms, known, fresh=True)
    check_register(context, terms)
    if terms.kind == MeterKind.STORAGE and terms.account != terms.unit:
        raise Refused("a storage meter measures the unit itself: its account is the unit", code="other_binding")
    if terms.account != terms.unit:
        require_member(context, terms.account)
    if context.state.get(BINDINGS, binding_key(terms.unit, terms.account, terms.kind)) is not None:
        raise Refused("another meter measures this already; replace or unbind it", code="already_bound")
    _check_consent(context, payload, closing)
    _put_binding(context, terms, known)


def _put_binding(context: Context, terms: MeterTerms, known: Meter | None) -> None:
    _count_meter(context, terms.unit, 1)
    context.state.put(METERS, terms.meter_key, meter_of(terms, known))
    context.state.put(BINDINGS, binding_key(terms.unit, terms.account, terms.kind), Link(terms.meter_key))
    context.state.put(METER_ADDRESSES, address_of(terms.meter_key), Link(terms.meter_key))
    take_register(context, terms)
    opening_wh = to_wh(terms.opening_register, terms.scale, terms.factor)
    context.emit(MeterBound(terms.meter_key, terms.unit, terms.account, terms.kind, in_range(opening_wh)))


def meter_of(terms: MeterTerms, known: Meter | None = None) -> Meter:
    """A meter at the begin of its account; sequence, boot counter and time of sending go on from what is known."""
    return Meter(
        unit=terms.unit,
        account=terms.account,
        kind=terms.kind,
        place=_place(terms),
        max_power_w=terms.max_power_w,
        rollover=terms.rollover,
        scale=terms.scale,
        factor=terms.factor,
        obis=terms.obis,
        profile=terms.profile,
        serial=terms.serial,
        sequence=max(terms.opening_sequence, known.sequence if known else 0),
        register=terms.opening_register,
        time_ms=terms.opening_ms,
        boot=known.boot if known else 0,
        quarantined_register=0,
        quarantined_from_ms=0,
        quarantined_until_ms=0,
        quarantined_ms=0,
        sent_ms=known.sent_ms if known else 0,
    )


def _place(terms: MeterTerms) -> bytes:
    return binding_key(terms.unit, terms.account, terms.kind) + terms.obis


def _check_unit(context: Context, terms: MeterTerms) -> None:
    if terms.unit != context.sender:
        raise Refused("a meter is bound by the storage unit itself", code="not_a_unit")
    if not any(takes(context, terms) for takes in context.hooks.at(BINDING_TAKEN)):
        raise Refused("a meter is bound by the storage unit itself", code="not_a_unit")


def _check_meter(context: Context, terms: MeterTerms) -> Meter | None:
    """The key: its form, that it is no account's, and that it is not held by another place (M11)."""
    try:
        check_public_key(terms.meter_key)
    except InvalidInput as error:
        raise Refused(error.detail, code="bad_key") from None
    _check_no_account(context, address_of(terms.meter_key))
    known = context.state.get(METERS, terms.meter_key)
    if known is not None and known.unit:
        raise Refused("the meter is bound; unbind or replace it first", code="already_bound")
    if known is not None and known.place and known.place != _place(terms):
        raise Refused(
            "the key was bound to another unit, account or register: take a new one, or let voters release it",
            code="bound_elsewhere",
        )
    return known


def _check_no_account(context: Context, address: bytes) -> None:
    """Refuse to bind a key whose address is an account's: its money and rights would be locked up (M11)."""
    if is_meter_address(context, address):
        return
    if has_role(context, address) or any(knows(context, address) for knows in context.hooks.at(ACCOUNT_KNOWN)):
        raise Refused("the key is an account's; a meter has a key of its own", code="key_in_use")


def _check_opening(context: Context, terms: MeterTerms, known: Meter | None, *, fresh: bool) -> None:
    """The opening register: read just now (`fresh`), after all that has counted already, by hand too (M2)."""
    if terms.opening_ms > context.time_ms + context.genesis.drift_ms:
        raise Refused("the opening register lies in the future", code="time_in_future")
    if fresh and terms.opening_ms + MAX_OPENING_AGE_MS < context.time_ms:
        raise Refused("the meter was read more than an hour ago; read it again", code="stale_opening")
    if terms.opening_ms < last_manual_report_ms(context, terms.unit, terms.account, terms.kind):
        raise Refused(
            "a report by hand or the meter before counted up to later than this one was read; read it again",
            code="stale_opening",
        )
    if terms.rollover and terms.opening_register >= terms.rollover:
        raise Refused("the opening register is not below the declared rollover", code="bad_rollover")
    if known is not None and terms.opening_ms <= known.time_ms:
        raise Refused("the meter has readings that are not before the opening register", code="stale_terms")


def _check_not_fallen(terms: MeterTerms, known: Meter) -> None:
    """What a register showed when it last counted it shows again, unless it is replaced as a reset one (M3)."""
    opening_wh = to_wh(terms.opening_register, terms.scale, terms.factor)
    if opening_wh < to_wh(known.register, known.scale, known.factor):
        raise Refused("the meter has counted further than its opening register", code="register_fell")


def _check_consent(context: Context, payload: BindMeter, closing: tuple[Closing, ...]) -> None:
    terms = payload.terms
    context.charge(SIGNATURE * (1 + len(payload.account_signatures)))
    message = terms.message(context.genesis_hash)
    if not verify(terms.meter_key, message, payload.meter_signature):
        raise Refused("the meter's key did not sign these terms", code="bad_consent")
    try:
        check_sender_key(payload.account_key)
    except InvalidInput as error:
        raise Refused(error.detail, code="bad_key") from None
    for entry in closing:
        message = entry.message(context.genesis_hash, terms)
    signed = check_signatures(payload.account_key, message, payload.account_signatures)
    if address_of(payload.account_key) != terms.account or not signed:
        raise Refused("the account did not sign these terms", code="bad_consent")


def _count_meter(context: Context, unit: bytes, change: int) -> None:
    """Count the unit's bound meters up or down; refused (too_many_meters) beyond the limit."""
    if context.change_count(METERS_OF_UNIT + unit, change) > MAX_METERS_PER_UNIT:
        raise Refused(f"a unit has at most {MAX_METERS_PER_UNIT} meters", code="too_many_meters")


def _unbind(context: Context, meter_key: bytes, meter: Meter, read_ms: int) -> None:
    """`read_ms`: when it was read last; a closing, which the account signs with the next opening, does not count."""
    context.state.delete(BINDINGS, binding_key(meter.unit, meter.account, meter.kind))
    _count_meter(context, meter.unit, -1)
    note_unbound(context, meter.unit, meter.account, MeterKind(meter.kind), read_ms)
    leave_register(context, meter)
    context.state.delete(AWAITED_OPENINGS, meter_key)
    context.state.put(METERS, meter_key, msgspec.structs.replace(meter, unit=b"", account=b""))
    context.emit(MeterUnbound(meter_key, meter.unit, meter.account, meter.kind))
