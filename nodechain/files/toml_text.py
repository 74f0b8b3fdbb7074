"""TOML that somebody wrote: whatever is wrong with it is one error."""

from __future__ import annotations

import tomllib
from typing import Any


class BadToml(ValueError):
    """No TOML, no UTF-8, or tables nested beyond what is read."""


def parse_toml(data: bytes | str) -> dict[str, Any]:
    """The tables of a text; raises `BadToml`."""
    try:
        return tomllib.loads(data if isinstance(data, str) else data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadToml(str(error)) from None
