"""Floods of log lines: a few of each kind are written, all are counted, and nothing forges a line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from nodechain.log import JsonLines, TextLines
from nodechain.process.log_limiter import (
    AT_OWN_PACE,
    LINES_AT_ONCE,
    LINES_PER_SECOND,
    MAX_KINDS,
    REMIND_S,
    LimitedHandler,
)


class Scene:
    """A logger of its own whose lines stand in `lines`, at a time that the test moves."""

    def __init__(self) -> None:
        self.now_ms = 1_000
        self._stream = io.StringIO()
        self.handler = LimitedHandler(self._stream, lambda: self.now_ms)
        self.handler.setFormatter(JsonLines())
        self.log = logging.getLogger("tests.log_limiter")
        self.log.handlers, self.log.propagate = [self.handler], False
        self.log.setLevel(logging.INFO)

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    @property
    def counted(self) -> int:
        """Lines that were left out, as the log tells it."""
        return sum(int(str(line.get("left_out", 0))) for line in self.lines)


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.log.handlers = []


def test_n9_a_flood_of_one_kind_is_bounded_and_counted(scene: Scene) -> None:
    for number in range(26_797):
        scene.log.error("cannot accept a connection: %s", number)
    assert len(scene.lines) == LINES_AT_ONCE
    scene.now_ms += int(1000 / LINES_PER_SECOND)
    scene.log.error("cannot accept a connection: %s", "again")
    assert len(scene.lines) == LINES_AT_ONCE + 1
    assert scene.counted == 26_797 - LINES_AT_ONCE


def test_n9_one_kinds_flood_leaves_out_no_line_of_another(scene: Scene) -> None:
    for number in range(1_000):
        scene.log.info("a connection was refused", extra={"address": number})
    scene.log.info("peer connected", extra={"peer": "node2"})
    scene.log.warning("a connection was refused", extra={"address": "of another level"})
    assert [line["event"] for line in scene.lines[-2:]] == ["peer connected", "a connection was refused"]


def test_n9_what_was_left_out_is_told_when_the_flood_is_over(scene: Scene) -> None:
    for _ in range(LINES_AT_ONCE + 5):
        scene.log.info("peer gone")
    scene.now_ms += 1000 * REMIND_S
    scene.log.info("caught up")
    assert scene.lines[-1] | {"time": ""} == {
        "time": "", "level": "info", "logger": "tests.log_limiter", "event": "lines left out", "of": "peer gone",
        "left_out": 5,
    }  # fmt: skip
    scene.now_ms += 1000 * REMIND_S
    scene.log.info("caught up")
    assert scene.counted == 5


def test_n9_what_was_left_out_is_told_at_the_end(scene: Scene) -> None:
    for _ in range(LINES_AT_ONCE + 3):
        scene.log.info("peer gone")
    scene.handler.close()
    assert scene.counted == 3


def test_n9_messages_with_values_in_them_share_a_limit(scene: Scene) -> None:
    """What a library makes up as it goes along is no way around: kinds are bounded too."""
    for number in range(MAX_KINDS + 5_000):
        made_up = f"Task {number} was destroyed"
        scene.log.info(made_up)
    assert len(scene.lines) <= MAX_KINDS + LINES_AT_ONCE
    for number in range(5_000):
        report = f"socket.accept() out of system resource\nsocket: {number}"
        scene.log.error(report)
    assert len(scene.lines) <= MAX_KINDS + LINES_AT_ONCE + LINES_AT_ONCE


def test_n9_no_decided_block_is_left_out(scene: Scene) -> None:
    (message,) = AT_OWN_PACE
    for height in range(500):
        scene.log.info(message, extra={"height": height})
    assert len(scene.lines) == 500


@pytest.mark.parametrize("text", ["x\n2026-01-01T00:00:00.000Z error   forged", "\x1b[2J", "a\rb", "\u202eab"])
def test_n9_what_others_say_forges_no_line(text: str) -> None:
    record = logging.makeLogRecord({"msg": "peer speaks wrongly", "levelname": "WARNING", "detail": text})
    assert TextLines().format(record).isprintable()
