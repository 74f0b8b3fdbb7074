"""What the work of upgrades weighs (rule W1)."""

from __future__ import annotations

from typing import Final

KNOWN_VERSION: Final = 2
"""What a proposer's program knows, noted: an entry, like a sign of life."""
