"""Changes of the validator set move nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import Postings, nothing
from ledger.validators.events import VALIDATORS_EVENTS

VALIDATORS_POSTINGS: Final[Postings] = MappingProxyType(dict.fromkeys(VALIDATORS_EVENTS, nothing))
