"""What the codes of upgrades mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

UPGRADES_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "upgrade_too_late": "The height of the upgrade is not ahead.",
            "upgrade_planned": "An upgrade is planned already; there is one at a time.",
            "no_upgrade": "No upgrade is planned for that height.",
            "version_in_force": "The protocol is at a higher version already; there is no way back.",
            "module_on": "The module is on already.",
            "unknown_module": "No such module can be switched on with that protocol version.",
            "bad_section": "The module refuses its section.",
        }
    ),
)
