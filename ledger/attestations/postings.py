"""Attestations move nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.attestations.events import ATTESTATION_EVENTS
from ledger.chain.postings import Postings, nothing

ATTESTATION_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(ATTESTATION_EVENTS, nothing))
