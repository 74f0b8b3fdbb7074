"""What is known and planned of upgrades."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.chain.upgrade_events import UpgradeActivated, UpgradeLapsed
from ledger.encoding.quantities import Address, Height, Plain


class VersionKnown(Event, frozen=True, tag=264):
    """The program of validator `address` knows protocol versions up to `version`, as its header says."""

    address: Address
    version: Plain


class UpgradePlanned(Event, frozen=True, tag=265):
    """At `height` the protocol goes to `version` and `module` is switched on, if enough power knows the version."""

    height: Height
    version: Plain
    module: str
    release: str


class UpgradeCancelled(Event, frozen=True, tag=268):
    """What was planned for `height` is not done."""

    height: Height
    version: Plain
    module: str


UPGRADES_EVENTS: Final[tuple[type[Event], ...]] = (
    VersionKnown,
    UpgradePlanned,
    UpgradeActivated,
    UpgradeLapsed,
    UpgradeCancelled,
)
