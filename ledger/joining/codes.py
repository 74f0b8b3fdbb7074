"""What the codes of joining mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

JOINING_CODES: Final = Codes(
    inclusion=MappingProxyType(
        {
            "request_with_fee": "A request for membership is free: it carries no fee.",
            "request_too_large": "The request has more bytes than one may have.",
            "several_keys": "An account of several keys asks its voters itself; a request has one key.",
            "request_too_old": "The request was signed more than an hour ago, or before the one that stands.",
            "request_too_early": "The request is signed for a time that has not come; it waits.",
            "application_dismissed": "The voters have dismissed this account's application; ask again a day later.",
            "too_many_applications": "As many applications are open as may be; ask again when some are decided.",
            "applications_paused": "This hour has taken as many requests as it may; this one waits for the next.",
            "bad_wish": "What is wished cannot be given; the text says why.",
        }
    ),
    refused=MappingProxyType(
        {
            "unknown_application": "No application has this number, or it was decided, replaced or has expired.",
            "attestation_not_in_force": "The attestation that the application names does not count any more.",
            "bad_sponsor": "A sponsor is a member; the account that has applied stands for nobody.",
            "numbers_not_rising": "The numbers must rise, each named once.",
        }
    ),
)
