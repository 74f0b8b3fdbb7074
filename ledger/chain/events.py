"""The kinds of events by name; the events themselves stand with their subjects."""

from __future__ import annotations

import re

from ledger.chain.header import Event


def kind_of(event: Event | type[Event]) -> str:
    """The event's kind as people and filters name it: its class name in snake_case."""
    kind = event if isinstance(event, type) else type(event)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
