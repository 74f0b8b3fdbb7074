"""Which meters of a unit have not said what they measured before a time (rules E9, I9)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.chain.context import Context
from ledger.energy.weights import BINDING_LOOK
from ledger.metering.schema import BINDINGS, METERS, Meter, MeterKind


def silent_accounts(context: Context, unit: bytes, kind: MeterKind, time_ms: int) -> Iterator[bytes]:
    """The accounts of a unit's bindings of a kind whose meters are silent since before a time."""
    for key in context.state.scan(BINDINGS, unit):
        context.charge(BINDING_LOOK)
        if key[-1] == kind and is_silent(meter_at(context, key), time_ms):
            yield key[20:40]


def meter_at(context: Context, key: bytes) -> Meter:
    """The meter that a binding names."""
    return context.get(METERS, context.get(BINDINGS, key).target)


def is_silent(meter: Meter, time_ms: int) -> bool:
    """Whether what it measured before a time is not known: no reading came, or a jump waits for a vote (M6)."""
    return meter.time_ms < time_ms or (meter.quarantined_register > 0 and meter.quarantined_from_ms < time_ms)
