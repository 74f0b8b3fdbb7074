"""Meters: binding them, and what their readings mean (rules M1-M9).

Registers are cumulative, so a lost reading loses no energy; the interval that a reading closes is the difference to
the last accepted one, so no interval counts twice. What cannot be true is quarantined: nothing is billed and the
account continues from the last good reading.
"""

from __future__ import annotations

import msgspec

from ledger.address import address_of, check_sender_key
from ledger.context import Context
from ledger.crypto import check_public_key, verify
from ledger.errors import InvalidInput, Refused
from ledger.events import MeterBound, MeterUnbound
from ledger.rules.intervals import apply_interval
from ledger.rules.members import require_member
from ledger.rules.registers import Interval, interval_between
from ledger.rules.units import check_removal
from ledger.schema import (
    BINDINGS,
    METER_ADDRESSES,
    METERS,
    UNITS,
    Link,
    Meter,
    MeterKind,
    UnitStatus,
)
from ledger.transactions.envelope import check_signatures
from ledger.transactions.metering import BindMeter, MeterTerms, ReplaceMeter, UnbindMeter


def binding_key(unit: bytes, account: bytes, kind: int) -> bytes:
    """The key of a binding: one meter for each unit, account and kind."""
    return unit + account + bytes((kind,))


def do_bind_meter(context: Context, payload: BindMeter) -> None:
    """Bind a meter key with the consent of unit, meter and account (M2)."""
    _bind(context, payload)


def do_unbind_meter(context: Context, payload: UnbindMeter) -> None:
    """End a binding; the meter's last reading stays known (M4)."""
    _unbind(context, payload.meter_key, _own_meter(context, payload.meter_key))


def do_replace_meter(context: Context, payload: ReplaceMeter) -> None:
    """Bill the old meter up to its closing register and go on with the new one (M3)."""
    meter = _own_meter(context, payload.old_key)
    terms = payload.binding.terms
    if (terms.account, terms.kind) != (meter.account, meter.kind):
        raise Refused("a replacement measures the same account and kind", code="other_binding")
    interval = interval_between(
        meter, payload.closing_register, payload.closing_ms, context.time_ms + context.genesis.drift_ms
    )
    outcome = apply_interval(context, meter, interval) if isinstance(interval, Interval) else interval
    if outcome is not None:
        raise Refused(f"the closing register cannot be true ({outcome.name.lower()})", code="implausible_closing")
    closed = msgspec.structs.replace(meter, register=payload.closing_register, time_ms=payload.closing_ms)
    context.state.put(METERS, payload.old_key, closed)
    _unbind(context, payload.old_key, closed)
    _bind(context, payload.binding)


def unbind_unit(context: Context, unit: bytes) -> None:
    """Unbind all meters of a unit that is about to be removed (U6)."""
    for key in context.state.scan(BINDINGS, unit):
        meter_key = context.get(BINDINGS, key).target
        _unbind(context, meter_key, context.get(METERS, meter_key))


def _own_meter(context: Context, meter_key: bytes) -> Meter:
    meter = context.state.get(METERS, meter_key)
    if meter is None or meter.unit != context.sender:
        raise Refused("this meter is not bound to the sending unit", code="unknown_meter")
    return meter


def _bind(context: Context, payload: BindMeter) -> None:
    terms = payload.terms
    _check_unit(context, terms)
    known = _check_meter(context, terms)
    if terms.kind == MeterKind.STORAGE and terms.account != terms.unit:
        raise Refused("a storage meter measures the unit itself: its account is the unit", code="other_binding")
    if terms.account != terms.unit:
        require_member(context, terms.account)
    if context.state.get(BINDINGS, binding_key(terms.unit, terms.account, terms.kind)) is not None:
        raise Refused("another meter measures this already; replace or unbind it", code="already_bound")
    _check_consent(context, payload)
    sequence = max(terms.opening_sequence, known.sequence if known else 0)
    meter = Meter(
        terms.unit, terms.account, terms.kind, terms.max_power_w, terms.rollover, terms.scale, sequence,
        terms.opening_register, terms.opening_ms, known.boot if known else 0, terms.profile,
    )  # fmt: skip
    context.state.put(METERS, terms.meter_key, meter)
    context.state.put(BINDINGS, binding_key(terms.unit, terms.account, terms.kind), Link(terms.meter_key))
    context.state.put(METER_ADDRESSES, address_of(terms.meter_key), Link(terms.meter_key))
    context.emit(MeterBound(terms.meter_key, terms.unit, terms.account, terms.kind, terms.opening_register))


def _check_unit(context: Context, terms: MeterTerms) -> None:
    unit = context.state.get(UNITS, context.sender)
    if unit is None or unit.status == UnitStatus.REMOVED or terms.unit != context.sender:
        raise Refused("a meter is bound by the storage unit itself", code="not_a_unit")
    if terms.unit_nonce != context.nonce:
        raise Refused("the terms were signed for another transaction of the unit", code="stale_terms")
    check_removal(context, terms.unit)


def _check_meter(context: Context, terms: MeterTerms) -> Meter | None:
    try:
        check_public_key(terms.meter_key)
    except InvalidInput as error:
        raise Refused(error.detail, code="bad_key") from None
    known = context.state.get(METERS, terms.meter_key)
    if known is not None and known.unit:
        raise Refused("the meter is bound; unbind or replace it first", code="already_bound")
    if terms.opening_ms > context.time_ms + context.genesis.drift_ms:
        raise Refused("the opening register lies in the future", code="time_in_future")
    if terms.rollover and terms.opening_register >= terms.rollover:
        raise Refused("the opening register is not below the declared rollover", code="bad_rollover")
    if known is not None and terms.opening_ms < known.time_ms:
        raise Refused("the meter has newer readings than the opening register", code="stale_terms")
    return known


def _check_consent(context: Context, payload: BindMeter) -> None:
    terms = payload.terms
    message = terms.message(context.genesis_hash)
    if not verify(terms.meter_key, message, payload.meter_signature):
        raise Refused("the meter's key did not sign these terms", code="bad_consent")
    try:
        check_sender_key(payload.account_key)
    except InvalidInput as error:
        raise Refused(error.detail, code="bad_key") from None
    signed = check_signatures(payload.account_key, message, payload.account_signatures)
    if address_of(payload.account_key) != terms.account or not signed:
        raise Refused("the account did not sign these terms", code="bad_consent")


def _unbind(context: Context, meter_key: bytes, meter: Meter) -> None:
    context.state.delete(BINDINGS, binding_key(meter.unit, meter.account, meter.kind))
    context.state.delete(METER_ADDRESSES, address_of(meter_key))
    context.state.put(METERS, meter_key, msgspec.structs.replace(meter, unit=b"", account=b""))
    context.emit(MeterUnbound(meter_key, meter.unit, meter.account, meter.kind))
