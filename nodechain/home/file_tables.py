"""Tables of files that people write, and their fields as texts with a unit: `"5 %"`, `"3d"`, `"10 kWh"`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from ledger.errors import InvalidInput


class FileTable(BaseModel):
    """A table; what it does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_its_keys(cls, said: object) -> object:
        if isinstance(said, Mapping):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            for name in said:
                if name not in known and name not in cls.model_fields:
                    raise ValueError(f"there is no {name!r} here; there are {', '.join(known)}")
        return said


def first_fault(error: ValidationError) -> str:
    """Where the first thing lies that is wrong, and what."""
    first = error.errors()[0]
    where, what = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what


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
