"""A tamper contact as Linux shows it: a file that holds 1 while somebody is at the case (a GPIO's `value`, say)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from devices.meter import StatusFlag

QUIET: Final = "0"
MOST_CHARACTERS: Final = 64


class TamperContact:
    """Asked whenever a reading is taken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def flags(self) -> StatusFlag:
        """`TAMPER` unless the file says 0: a contact that cannot be read was cut off, as far as one can know."""
        try:
            with self._path.open(encoding="ascii") as file:
                shown = file.read(MOST_CHARACTERS).strip()
        except (OSError, UnicodeDecodeError):
            shown = ""
        return StatusFlag(0) if shown == QUIET else StatusFlag.TAMPER
