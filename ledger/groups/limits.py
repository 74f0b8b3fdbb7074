"""Limits of groups, the same on every chain; each has a test in `tests/ledger/group_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_GROUPS: Final = 1_000
MAX_GROUP_MEMBERS: Final = 1_000
MAX_GROUP_MANAGERS: Final = 16
MAX_GROUPS_PER_MEMBER: Final = 32

MAX_GROUP_ROWS: Final = 400
"""Members whose shares one transaction sets; more come with the next one."""

MAX_GROUP_POINTS: Final = 4
"""Points of a member whose energy counts in its group."""

MAX_SHARE_CHANGES: Final = 64
"""Changes of one member's share that are remembered: those since the last distribution, and those to come."""

MAX_SHARE_DAYS_AHEAD: Final = 400
"""How far ahead shares may be changed."""

MAX_GROUP_WAIT_MS: Final = 3 * 86_400_000
"""How long after its end a period is divided at the latest: its slots' values are kept for 35 days."""

MAX_PURPOSE_CHARACTERS: Final = 128

CHUNK_MEMBERS: Final = 64
"""Members whose weights stand in one entry, and who are paid in one step."""
