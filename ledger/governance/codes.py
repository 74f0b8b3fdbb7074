"""What the codes of members and votes mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

GOVERNANCE_CODES: Final = Codes(
    inclusion=MappingProxyType(
        {
            "sender_not_a_member": "The sender is no member of this community; its voters admit members.",
            "expelled": "The sender was expelled and may only transfer and withdraw.",
            "readings_only": "The sender is a meter's key, which sends readings and nothing else.",
        }
    ),
    refused=MappingProxyType(
        {
            "not_a_member": "The address is no member of this community; its voters admit members.",
            "already_a_member": "The address is a member already.",
            "already_expelled": "The address is expelled already.",
            "holds_a_role": "The address holds a role, which must be taken first.",
            "not_a_voter": "Only voters vote.",
            "no_vote": "No vote on this action is open.",
            "too_many_votes": "The voter has as many votes open as one voter may have.",
            "already_voter": "The address is a voter already.",
            "too_many_voters": "There are as many voters as there may be.",
            "unknown_voter": "The address is no voter.",
            "last_voter": "The last voter cannot be removed.",
            "unchanged": "The vote would change nothing.",
            "is_a_meter": "The address is a meter's, which sends readings, receives nothing and has no role.",
        }
    ),
)
