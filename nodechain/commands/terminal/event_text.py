"""Events of the ledger as lines for people: what happened, with names where they are known and amounts in tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ledger.encoding.times import format_time


def field_text(values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Fields, as in `recipient=bob amount=5`."""
    return " ".join(_part(field, value, names) for field, value in values.items())


_A_TIME: Final = "_ms"
_AN_ENERGY: Final = "_wh"
"""How names of fields end by their unit (a test holds that those of events and payloads do)."""


def _part(field: str, value: Any, names: Mapping[str, str]) -> str:
    """`expires=2026-11-28 12:00:00 UTC`, `energy=5000 Wh`: with the unit that the field's name ends in."""
    if field.endswith(_A_TIME) and isinstance(value, int):
        return f"{field.removesuffix(_A_TIME)}={f'{format_time(value)} UTC' if value else 'never'}"
    if field.endswith(_AN_ENERGY) and isinstance(value, int):
        return f"{field.removesuffix(_AN_ENERGY)}={value} Wh"
    return f"{field}={_shown(value, names)}"


def event_parts(event: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The fields of an event besides its kind."""
    return field_text({field: value for field, value in event.items() if field != "kind"}, names)


def event_lines(events: list[dict[str, Any]], names: Mapping[str, str]) -> list[str]:
    """One line for each event."""
    return [f"  {event.get('kind', 'event')}: {event_parts(event, names)}" for event in events]


def _shown(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, dict) and "tokens" in value:
        return str(value["tokens"])
    if isinstance(value, dict):
        return ":".join(_shown(part, names) for part in value.values())
    return names.get(value, value) if isinstance(value, str) else str(value)
