"""What the codes of storage units and sessions mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

ENERGY_CODES: Final = Codes(
    inclusion=MappingProxyType(
        {
            "unit_sweeping": "Sessions at the meter's unit are being ended; its readings wait a few blocks.",
        }
    ),
    refused=MappingProxyType(
        {
            "unknown_unit": "No storage unit has this address.",
            "unit_registered": "The storage unit is registered already.",
            "meters_bound": "Meters are bound at the address that count elsewhere; unbind them first.",
            "own_unit": "A storage unit cannot own itself or consume from itself.",
            "too_many_units": "There are as many storage units as there may be.",
            "unit_inactive": "The storage unit is not active.",
            "unit_suspended": "The storage unit is suspended; a vote reinstates it.",
            "unit_short_of_energy": "The storage unit has less free energy than was asked for.",
            "unit_sequence": "The report's number is not the unit's next one.",
            "nothing_to_reinstate": "The unit is neither suspended nor does energy of it wait for a vote.",
            "bad_terms": "The terms cannot be those of one storage unit.",
            "energy_reserved": "What is free in the storage unit is reserved for its owner.",
            "not_expelled": "The address is not expelled; only an expelled account's tokens can be annulled.",
            "not_its_unit": "The storage unit is none that voters have removed.",
            "above_minted": "More was to be annulled than the unit minted lately.",
            "above_quarantine": "More was to be accepted than is in quarantine.",
            "above_capacity": "The report exceeds the unit's registered capacity.",
            "above_maximum_power": "The report exceeds the unit's maximum power since its last one.",
            "session_open": "A session of this account at this unit is open already.",
            "session_too_small": "The amount does not pay for one watt-hour.",
            "too_many_sessions": "The account has as many sessions open as it may have.",
            "no_session": "The account has no such session at this unit.",
            "too_many_waiting": "Too many sessions of this account at this unit wait for their last reading.",
            "sessions_ending": "Sessions at this unit are being ended over the next blocks; try again then.",
            "above_session_share": "One account may not hold so large a share of the unit's energy.",
            "too_many_priorities": "As many accounts have priority as may have it.",
            "meter_bound": "A meter is bound that measures this; manual reports are refused.",
        }
    ),
)
