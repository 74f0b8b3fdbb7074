"""Logs: one event a line on stderr, as text or JSON. Nothing secret is ever logged.

No kind of line fills the log, whoever causes it: `nodechain.process.log_limiter`.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Final

from nodechain.process.log_limiter import LimitedHandler

_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}


def _time(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"


def _one_line(text: str) -> str:
    """What a peer or a library says neither begins a line of its own nor moves a terminal's cursor."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class TextLines(logging.Formatter):
    """For people: time, level, what happened, its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        return _one_line(f"{_time(record)} {record.levelname.lower():<7} {record.getMessage()}{fields}")


class JsonLines(logging.Formatter):
    """For programs: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        known = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        return json.dumps({**known, "event": record.getMessage(), **_fields(record)}, default=str)


def set_up_logging(level: str, form: str) -> None:
    """Log to stderr from now on."""
    handler = LimitedHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
