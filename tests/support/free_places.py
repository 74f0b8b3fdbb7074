"""A place for modules that a test makes up: no subject has it."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places

FREE: Final = Places(220)
