"""What the codes of points and slots mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

SLOTS_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "not_a_registrar": "Only who the genesis names, or a vote, does this to metering points.",
            "not_a_custodian": "Only custodians import operators' files; voters name them.",
            "too_many_custodians": "There are as many custodians as there may be.",
            "too_many_points": "The owner, or the chain, has as many open metering points as there may be.",
            "point_registered": "An open metering point has this operator's id, or these meters, already.",
            "point_without_source": "A metering point needs an operator's id, or its owner's meters.",
            "point_closed": "The metering point is closed already.",
            "meters_of_unit": "The owner is a storage unit; its meters count there.",
            "stale_consent": "The owner's consent is too old, lies in the future, or was used before.",
            "slot_is_past": "The slot has begun already.",
            "slot_too_far": "The slot lies too far ahead.",
            "file_repeated": "This part of this file was imported already.",
            "file_part": "Parts of a file come in order; another one is next.",
            "file_differs": "The parts before say something else of the file.",
            "energy_out_of_range": "The energy of a slot lies outside of what a slot may have.",
            "bad_zone": "These changes cannot follow the time zone's.",
            "unknown_point": "No metering point has this number.",
            "point_not_open": "The metering point does not count in these slots.",
            "slot_in_future": "A slot is not over yet; its value comes after it.",
            "slot_not_kept": "The slot is older than values are kept.",
        }
    ),
)
