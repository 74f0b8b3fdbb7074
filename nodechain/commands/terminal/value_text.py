"""Values of answers as people read them, by the types of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.encoding.amounts import format_duration, format_energy
from ledger.encoding.quantities import FieldType, Quantity, field_types
from ledger.encoding.times import format_time


def value_texts(kind: type, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields of an answer of a kind with their texts, in their order; a time of 0 is one that never was."""
    found = field_types(kind)
    return [(name, _text(found[name], value)) for name, value in values.items()]


def _text(field: FieldType, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    quantity = None if field.unit is None else field.unit.quantity
    if quantity is Quantity.ENERGY_WH:
        return format_energy(value)
    if quantity is Quantity.TIME_MS:
        return format_time(value) if value else "never"
    return format_duration(value) if quantity is Quantity.DURATION_MS else str(value)
