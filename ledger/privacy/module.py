"""Who may read what: the module `privacy` brings a section of the genesis and no rule of the ledger's own."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module
from ledger.privacy import limits
from ledger.privacy.genesis import PRIVACY_SECTION

PRIVACY: Final = Module(name="privacy", places=Places(12), section=PRIVACY_SECTION, limits=limits)
