"""The electrical values of a channel, with those that its meter does not show and that follow from the others. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

PHASES: Final = ("l1", "l2", "l3")


def with_derived(gauges: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The same, and active, apparent and reactive power and power factor where they follow.

    P = what is drawn less what is fed in, where a meter shows the two apart; S = sum of U x I over the phases that show
    both; PF = P / S; |Q| = sqrt(S^2 - P^2), without a sign: which way it flows does not follow. What the meter shows
    itself is left as it is.
    """
    found = dict(gauges)
    if "active_power" not in found and "active_power_import" in found:
        found["active_power"] = found["active_power_import"] - found.get("active_power_export", Decimal(0))
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
