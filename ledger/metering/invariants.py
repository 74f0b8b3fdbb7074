"""What must hold of bindings in every state (rule Z6)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.schema import COUNTERS
from ledger.errors import require
from ledger.metering.bindings import METERS_OF_UNIT
from ledger.metering.registers import jump_of
from ledger.metering.schema import AWAITED_OPENINGS, BINDINGS, METERS
from ledger.state.overlay import Reader


def check_bindings(state: Reader) -> None:
    """Bindings and bound meters name each other, and each unit's are counted (Z6)."""
    bound = {key: value.target for key, value in entries(state, BINDINGS)}
    meters = {key: meter for key, meter in entries(state, METERS) if meter.unit}
    require(len(bound) == len(meters), "bindings and bound meters differ in number")
    for key, meter_key in bound.items():
        meter = meters.get(meter_key)
        require(
            meter is not None and key == meter.unit + meter.account + bytes((meter.kind,)),
            "a binding names a meter that does not name it",
        )
        require(meter is None or jump_of(meter) >= 0, "a quarantined register is below the accepted one")
    for key, _awaited in entries(state, AWAITED_OPENINGS):
        require(key in meters, "a meter's opening is awaited that is not bound")
    counts = Tally(key[:20] for key in bound)
    counters = {key: value.value for key, value in entries(state, COUNTERS) if key.startswith(METERS_OF_UNIT)}
    require(
        counters == {METERS_OF_UNIT + unit: count for unit, count in counts.items()}, "a unit's meters are miscounted"
    )


METERING_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_bindings,)
