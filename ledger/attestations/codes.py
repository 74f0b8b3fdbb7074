"""What the codes of attestations mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

ATTESTATION_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "not_an_attester": "Only a registrar or an auditor of that kind may do this; voters appoint them.",
            "too_many_attesters": "There are as many offices of attesters as there may be.",
            "unknown_attestation": "No attestation has this number, or it has expired.",
            "already_revoked": "The attestation is revoked already.",
            "bad_expiry": "An attestation expires in the future, at most ten years from now.",
            "too_many_attestations": "As many attestations about the account are kept as may be.",
            "attestation_missing": "The community admits only accounts with an attestation of a certain kind.",
        }
    ),
)
