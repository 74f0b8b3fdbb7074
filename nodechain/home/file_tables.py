"""Tables of files that people write, and their fields as texts with a unit: `"5 %"`, `"3d"`, `"10 kWh"`."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ledger.errors import InvalidInput


class FileTable(BaseModel):
    """A table; what it does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def first_fault(error: ValidationError) -> str:
    """Where the first thing lies that is wrong, and what."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


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
