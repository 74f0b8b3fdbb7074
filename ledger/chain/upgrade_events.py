"""What becomes of a planned upgrade at its height; the other events of upgrades stand in `ledger.upgrades`."""

from __future__ import annotations

from ledger.chain.header import Event
from ledger.encoding.quantities import Plain


class UpgradeActivated(Event, frozen=True, tag=266):
    """From this height on `version` is in force, and `module` is on (empty: none was switched on)."""

    version: Plain
    module: str


class UpgradeLapsed(Event, frozen=True, tag=267):
    """Nothing changes at this height: `code` says why, `ready` of `total` power knew the version."""

    version: Plain
    module: str
    ready: Plain
    total: Plain
    code: str
