"""What voters set of attestations."""

from __future__ import annotations

from typing import Final

from ledger.attestations.payloads import AttestationKind
from ledger.chain.parameters import ParameterRule, ParameterUnit

ADMISSION_ATTESTATION: Final = "admission_attestation"

_KINDS: Final = ("none", *(kind.name.lower() for kind in AttestationKind))

ATTESTATION_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        ADMISSION_ATTESTATION, 0, 0, len(_KINDS) - 1, ParameterUnit.CHOICE,
        "the attestation without which nobody is admitted", _KINDS,
    ),
)  # fmt: skip
