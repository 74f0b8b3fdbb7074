"""The names of momentary values, one vocabulary for all kinds of meters: what alarms and archives know them by.

Powers are positive where energy is drawn from the line, negative where it is fed in.
"""

from __future__ import annotations

from typing import Final

_PHASES: Final = ("", "_l1", "_l2", "_l3")
_OF_PHASES: Final = {
    "voltage": "V",
    "current": "A",
    "active_power": "W",
    "reactive_power": "var",
    "apparent_power": "VA",
}

QUANTITIES: Final[dict[str, str]] = {
    **{f"{name}{phase}": unit for name, unit in _OF_PHASES.items() for phase in _PHASES},
    "active_power_import": "W",
    "active_power_export": "W",
    "power_factor": "",
    "frequency": "Hz",
    "phase_angle": "deg",
    "state_of_charge": "%",
    "state_of_health": "%",
    "depth_of_discharge": "%",
    "dc_power": "W",
    "dc_voltage": "V",
    "dc_current": "A",
    "charge_rated": "Ah",
    "energy_rated": "Wh",
    "energy_available": "Wh",
}
"""By name: the unit, empty for a pure number."""
