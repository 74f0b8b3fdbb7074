"""Where a journal's files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """Where a journal lives."""

    sign_state: Path
    wal: Path
