"""A place that no module has, for modules that a test makes up."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import MAX_PLACES, Places
from nodechain.modules import MODULES

_OF_TESTS: Final = {20, 30}
"""What tests write as they stand: of made-up modules that other files name by their numbers."""

FREE: Final = Places(
    min(set(range(MAX_PLACES)) - _OF_TESTS - {place for module in MODULES for place in module.places.taken})
)
