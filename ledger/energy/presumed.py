"""What silent meters may have drawn of what a level found missing: no gap while tokens are locked for it (rule I9).

Presumed is kept by unit and consumer, and summed beside the network's energy. It changes no books and no record of
losses: those say what is missing, this says that somebody's locked tokens stand for it.
"""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.energy.imbalance import imbalance, open_gap, settle_rate
from ledger.energy.schema import IMBALANCE, PRESUMED, SESSIONS, WAITING_SESSIONS, PresumedDraw
from ledger.energy.silent_meters import is_silent, meter_at, silent_accounts
from ledger.metering.schema import BINDINGS, Meter, MeterKind


def presume_drawn(context: Context, unit: bytes, missing_wh: int, time_ms: int) -> None:
    """Of what was missing at a time, presume drawn what sessions of that time grant whose meters are silent since."""
    left_wh = missing_wh
    for consumer in silent_accounts(context, unit, MeterKind.CONSUMPTION, time_ms):
        left_wh -= _presume(context, unit, consumer, left_wh, time_ms)
        if left_wh == 0:
            return


def presumed_of(context: Context, unit: bytes, consumer: bytes) -> PresumedDraw:
    """What the consumer is presumed to have drawn, by when."""
    return context.state.get(PRESUMED, unit + consumer) or PresumedDraw(0, 0)


def no_longer_presumed(context: Context, unit: bytes, energy_wh: int, consumer: bytes = b"") -> None:
    """So much is explained, paid for or back: of the named consumer's first, then of the others' in order."""
    if imbalance(context.state).presumed_wh == 0:
        return
    left_wh = energy_wh
    if consumer:
        left_wh -= _take(context, unit + consumer, left_wh)
    for key in context.state.scan(PRESUMED, unit):
        if left_wh <= 0:
            return
        left_wh -= _take(context, key, left_wh)


def forget_presumed(context: Context, unit: bytes) -> None:
    """The unit is removed, or voters have cleared its records: what is missing is missing."""
    for key in context.state.scan(PRESUMED, unit):
        _take(context, key, context.get(PRESUMED, key).energy_wh)


def settle_presumed(context: Context, consumer: bytes, unit: bytes) -> None:
    """A meter has reported, or tokens are unlocked: what the pair can have drawn no more others may have drawn.

    What nobody can is a gap from now on: an operation of its own (I2).
    """
    if context.state.get(PRESUMED, unit + consumer) is not None:
        before = open_gap(context.state)
        trim_presumed(context, consumer, unit)
        settle_rate(context, before)


def trim_presumed(context: Context, consumer: bytes, unit: bytes) -> None:
    """The same as a part of an operation."""
    known = context.state.get(PRESUMED, unit + consumer)
    if known is None:
        return
    key = unit + consumer + bytes((MeterKind.CONSUMPTION,))
    bound = context.state.get(BINDINGS, key) is not None
    silent = bound and is_silent(meter_at(context, key), known.time_ms)
    most_wh = granted_wh(context, consumer, unit, known.time_ms) if silent else 0
    over_wh = _take(context, unit + consumer, known.energy_wh - most_wh)
    if over_wh:
        presume_drawn(context, unit, over_wh, known.time_ms)


def settle_presumed_of(context: Context, meter: Meter) -> None:
    """The same of a meter's account."""
    if meter.kind == MeterKind.CONSUMPTION:
        settle_presumed(context, meter.account, meter.unit)


def granted_wh(context: Context, consumer: bytes, unit: bytes, time_ms: int) -> int:
    """What the pair's sessions that were opened before a time may still draw; at par their locks pay for it."""
    state, pair = context.state, consumer + unit
    found = [context.get(WAITING_SESSIONS, key) for key in state.keys(WAITING_SESSIONS, pair)]
    opened = state.get(SESSIONS, pair)
    if opened is not None:
        found.append(opened)
    return sum(session.energy_wh for session in found if session.opened_ms < time_ms)


def _presume(context: Context, unit: bytes, consumer: bytes, missing_wh: int, time_ms: int) -> int:
    known = presumed_of(context, unit, consumer)
    part = min(missing_wh, granted_wh(context, consumer, unit, time_ms) - known.energy_wh)
    if part <= 0:
        return 0
    grown = PresumedDraw(max(known.time_ms, time_ms), known.energy_wh + part)
    context.state.put(PRESUMED, unit + consumer, grown)
    _sum(context, part)
    return part


def _take(context: Context, key: bytes, energy_wh: int) -> int:
    known = context.state.get(PRESUMED, key)
    if known is None or energy_wh <= 0:
        return 0
    taken = min(energy_wh, known.energy_wh)
    if taken == known.energy_wh:
        context.state.delete(PRESUMED, key)
    else:
        context.state.put(PRESUMED, key, PresumedDraw(known.time_ms, known.energy_wh - taken))
    _sum(context, -taken)
    return taken


def _sum(context: Context, change_wh: int) -> None:
    entry = imbalance(context.state)
    changed = msgspec.structs.replace(entry, presumed_wh=entry.presumed_wh + change_wh)
    context.state.put(IMBALANCE, b"", changed)
