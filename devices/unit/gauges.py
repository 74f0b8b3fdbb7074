"""The electrical values of a channel, with those that its meter does not show and that follow from the others. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

PHASES: Final = ("l1", "l2", "l3")


def with_derived(gauges: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The same, and apparent power, power factor and reactive power where they follow.

    S = sum of U x I over the phases that show both; PF = P / S; |Q| = sqrt(S^2 - P^2), without a sign: which way it
    flows does not follow. What the meter shows itself is left as it is.
    """
    found = dict(gauges)
    if "apparent_power" not in found:
        pairs = [(found.get(f"voltage_{phase}"), found.get(f"current_{phase}")) for phase in PHASES]
        shown = [volts * abs(amperes) for volts, amperes in pairs if volts is not None and amperes is not None]
        if shown:
            found["apparent_power"] = _rounded(sum(shown, Decimal(0)))
    active, apparent = found.get("active_power"), found.get("apparent_power")
    if active is None or apparent is None or apparent <= 0:
        return found
    if "power_factor" not in found:
        found["power_factor"] = max(min(_rounded(active / apparent), Decimal(1)), Decimal(-1))
    if "reactive_power" not in found:
        found["reactive_power"] = _rounded(max(apparent**2 - active**2, Decimal(0)).sqrt())
    return found


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.001"))
