"""Font files of bills: `path("DejaVuSans")`, `path("DejaVuSans-Bold")`."""

from __future__ import annotations

from pathlib import Path


def path(name: str) -> Path:
    """The TrueType file of a font."""
    return Path(__file__).with_name(f"{name}.ttf")
