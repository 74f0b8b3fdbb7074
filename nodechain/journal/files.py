"""Where a journal's files are."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Files(msgspec.Struct, frozen=True):
    """Where a journal lives."""

    sign_state: Path
    wal: Path
