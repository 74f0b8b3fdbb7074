"""Events of the ledger as lines for people: what happened, with names where they are known and amounts in tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nodechain.commands.terminal.action_text import action_text
from nodechain.commands.terminal.words import ACTIONS, EVENTS, PAYLOADS, TABLES, Words, shown_name


def payload_parts(kind: str, values: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """A payload's fields with their values in words; an action as a sentence."""
    return _parts(PAYLOADS.get(kind), values, words)


def payload_text(kind: str, values: Mapping[str, Any], words: Words) -> str:
    """The same on one line, as in `recipient=bob amount=5 eEuro`."""
    return _line(payload_parts(kind, values, words))


def entry_text(table: str, values: Mapping[str, Any], words: Words) -> str:
    """An entry of a table of the state."""
    return _line(_parts(TABLES.get(table), values, words))


def event_parts(event: Mapping[str, Any], words: Words) -> str:
    """The fields of an event besides its kind."""
    values = {field: value for field, value in event.items() if field != "kind"}
    return _line(_parts(EVENTS.get(str(event.get("kind"))), values, words))


def event_lines(events: list[dict[str, Any]], words: Words) -> list[str]:
    """One line for each event."""
    return [f"  {event.get('kind', 'event')}: {event_parts(event, words)}" for event in events]


def _parts(kind: type | None, values: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    actions = {
        name: value for name, value in values.items() if isinstance(value, dict) and value.get("kind") in ACTIONS
    }
    return [
        (name, f"'{action_text(actions[name], words)}'" if name in actions else text)
        for name, text in words.parts(kind, values)
    ]


def _line(parts: list[tuple[str, str]]) -> str:
    return " ".join(f"{shown_name(name)}={text}" for name, text in parts if text)
