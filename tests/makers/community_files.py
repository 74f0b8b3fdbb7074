"""The operator's messages of examples/community: `python -m tests.makers.community_files` writes them.

Half a day of two households and a roof, all invented, marked as tests in the Austrian format.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ledger.slots.schema import Direction
from nodechain.demo.sharing.operator_file import write_message

FOLDER: Final = Path(__file__).resolve().parents[2] / "examples" / "community"
SLOT_MS: Final = 900_000
NOON_MS: Final = 1_780_394_400_000
"""2026-06-02 12:00 in Vienna: the community's first slot."""
SLOTS: Final = 48
CREATED_MS: Final = NOON_MS + (12 + 2) * 3_600_000
ROOF_PEAK_MWH: Final = 1_500_000
SUNSET: Final = 34
"""In slots after noon."""


def energies_mwh() -> dict[str, tuple[Direction, list[int]]]:
    """Of each message, slot by slot from noon to midnight."""
    anna = [180_000 + 7_000 * (slot * 5 % 11) for slot in range(SLOTS)]
    bert = [260_000 + 11_000 * (slot * 3 % 13) for slot in range(SLOTS)]
    roof = [max(ROOF_PEAK_MWH * (SUNSET**2 - slot**2) // SUNSET**2, 0) for slot in range(SLOTS)]
    return {
        "anna": (Direction.OFFTAKE, anna),
        "bert": (Direction.OFFTAKE, bert),
        "roof": (Direction.INJECTION, roof),
    }


def write(folder: Path) -> None:
    """Write `anna.xml`, `bert.xml`, `roof.xml`."""
    for number, (name, (direction, energies)) in enumerate(energies_mwh().items(), 1):
        write_message(
            folder / f"{name}.xml", number=number, direction=direction, first_slot=NOON_MS // SLOT_MS,
            energies=energies, created_ms=CREATED_MS, sequence=1,
        )  # fmt: skip


if __name__ == "__main__":
    write(FOLDER)
