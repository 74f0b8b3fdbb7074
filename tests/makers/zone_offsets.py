"""Writes genesis/zones.json, when clocks change in the zones of the country templates.

`python -m tests.makers.zone_offsets`, from the system's time zone data. It is data of a genesis, which no node asks its
system for; votes extend it. Parliaments change it: what it says of the years ahead is what is law today.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = Path(__file__).resolve().parents[2] / "genesis" / "zones.json"
NAMES = (
    "America/New_York", "Europe/Berlin", "Europe/Brussels", "Europe/London", "Europe/Madrid", "Europe/Paris",
    "Europe/Rome", "Europe/Vienna", "Europe/Zurich",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 2025, 2045


def changes(name: str) -> list[tuple[str, int]]:
    """From when on clocks are how many minutes ahead of UTC, the first at the beginning of the first year."""
    zone, hour = ZoneInfo(name), timedelta(hours=1)
    now = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    found = [(now, now.astimezone(zone).utcoffset())]
    while now.year <= LAST_YEAR:
        now += hour
        offset = now.astimezone(zone).utcoffset()
        if offset != found[-1][1]:
            found.append((now, offset))
    return [(f"{at:%Y-%m-%dT%H:%MZ}", (offset or timedelta(0)) // timedelta(minutes=1)) for at, offset in found]


def text() -> str:
    """The file: a zone a line."""
    lines = [f'"{name}": {json.dumps(changes(name), separators=(",", ":"))}' for name in NAMES]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    ZONES.write_text(text(), encoding="utf-8")
