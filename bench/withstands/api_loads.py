"""Loads on the interface."""

from __future__ import annotations

from typing import Final

from bench.withstands.load import Load

LOADS: Final[tuple[Load, ...]] = ()
