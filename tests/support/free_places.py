"""A place for modules that a test makes up, on chains of the ledger alone: there those of the market are free."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places

FREE: Final = Places(10)
