"""What the codes of meters mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

METERING_CODES: Final = Codes(
    input=MappingProxyType(
        {
            "bad_terms_file": "The file holds no terms of a meter, or is damaged.",
            "too_few_signatures": "A consent that is needed is missing.",
        }
    ),
    inclusion=MappingProxyType(
        {
            "meter_not_bound": "The meter is not bound to an account.",
            "reading_with_fee": "A meter's readings carry no fee.",
            "reading_too_early": "The meter's last readings were included just now; these wait for their turn.",
        }
    ),
    refused=MappingProxyType(
        {
            "not_a_unit": "Only a storage unit may do this, for itself, or the owner of a point with own meters.",
            "above_max_report": "The report exceeds what one report of this unit may bring or take.",
            "already_bound": "The meter, or the place it should measure, is bound already.",
            "register_bound": "This register of this meter is bound already, with another key.",
            "other_binding": "The binding's account or kind is not the one that is needed here.",
            "unknown_meter": "The meter is not bound to this unit.",
            "bad_consent": "The meter's key or the account did not sign these terms.",
            "stale_terms": "The meter has readings that are not before the opening register, or the terms were used.",
            "stale_opening": "The meter was read too long ago, or before a report by hand; read it again.",
            "register_fell": "The register shows less than it has counted; a reset one is put in with a replacement.",
            "bound_elsewhere": "The meter's key belongs to another unit, account or register; a vote can release it.",
            "key_in_use": "The key is an account's; a meter has a key of its own.",
            "too_many_meters": "The storage unit has as many meters as it may have.",
            "meter_not_opened": "The meter was bound by a vote and has not sent its first reading since.",
            "no_jump": "No jump of this size of the meter's register is quarantined.",
            "not_held": "The meter's key is bound now, or to nothing that would keep it from another place.",
            "time_in_future": "The stated time lies in the future.",
            "bad_rollover": "The register is not below the declared rollover.",
            "implausible_closing": "The old meter's closing register cannot be true.",
            "profile_mismatch": "The readings name another profile, OBIS code or scale than the meter is bound with.",
            "boot_counter_fell": "The meter's boot counter is lower than before.",
        }
    ),
)
