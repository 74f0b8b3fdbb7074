"""One register of a physical meter counts once, whatever keys sign for it (rule M2).

While a key is bound to it no other is; after that an opening is read after what the last key has read. Every opening is
at most `MAX_OPENING_AGE_MS` old, so what was read longer ago needs no entry any more.
"""

from __future__ import annotations

from ledger.chain.context import Context, in_range
from ledger.chain.expiries import schedule
from ledger.chain.schema import Link
from ledger.errors import Refused
from ledger.metering.limits import MAX_OPENING_AGE_MS
from ledger.metering.payloads import NO_SERIAL, MeterTerms
from ledger.metering.schema import METER_REGISTER_DUE, METER_REGISTERS, METERS, Meter


def check_register(context: Context, terms: MeterTerms) -> None:
    """Refuse terms of a register that another key is bound to, or has read later."""
    link = context.state.get(METER_REGISTERS, terms.serial + terms.obis)
    if link is None:
        return
    last = context.get(METERS, link.target)
    if (last.serial, last.obis) != (terms.serial, terms.obis):
        return
    if last.unit:
        raise Refused("this register of this meter is bound with another key; unbind that first", code="register_bound")
    if terms.opening_ms < last.time_ms:
        raise Refused("the meter was read later with another key; read it again", code="stale_opening")


def take_register(context: Context, terms: MeterTerms) -> None:
    """The register counts for this key now; meters that tell no number are not compared."""
    if terms.serial != NO_SERIAL:
        context.state.put(METER_REGISTERS, terms.serial + terms.obis, Link(terms.meter_key))


def leave_register(context: Context, meter: Meter) -> None:
    """The meter is unbound: its register is remembered until no opening can lie before its last reading."""
    if meter.serial != NO_SERIAL:
        number = context.next_number(b"meter_register")
        due_ms = max(_forgotten_ms(meter), context.time_ms)
        schedule(context, due_ms, METER_REGISTER_DUE, number, meter.serial + meter.obis)


def register_due(context: Context, subject: bytes) -> None:
    """Forget a register, unless a key is bound to it again or has read it later."""
    link = context.state.get(METER_REGISTERS, subject)
    if link is None:
        return
    meter = context.get(METERS, link.target)
    still_its = meter.serial + meter.obis == subject
    if not still_its or (not meter.unit and context.time_ms >= _forgotten_ms(meter)):
        context.state.delete(METER_REGISTERS, subject)


def _forgotten_ms(meter: Meter) -> int:
    return in_range(meter.time_ms + MAX_OPENING_AGE_MS + 1)
