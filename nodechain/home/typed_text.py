"""Fields of files that people write as texts with a unit: `"5 %"`, `"3d"`, `"10 kWh"`."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BeforeValidator

from ledger.errors import InvalidInput


def by_text(parse: Callable[[str], int]) -> BeforeValidator:
    """What such a text says, as an integer; anything else is told as the field's fault."""

    def read(value: object) -> int:
        if not isinstance(value, str):
            raise ValueError("must be a text in quotes, with its unit")
        try:
            return parse(value)
        except InvalidInput as error:
            raise ValueError(error.detail) from None

    return BeforeValidator(read)
