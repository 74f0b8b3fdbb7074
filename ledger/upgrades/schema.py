"""Tables of upgrades. They stand in `ledger.chain.schema`, because a block needs them to find its rules."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import KNOWN_VERSIONS, PLANNED_UPGRADE
from ledger.state.table import Table

UPGRADES_TABLES: Final[tuple[Table[Any], ...]] = (PLANNED_UPGRADE, KNOWN_VERSIONS)
