"""The table of repeated gates: what a run leaves there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.flakiness import FAILED, HEADER, record, row


def test_c16_a_series_of_runs_is_one_line_of_the_table(tmp_path: Path) -> None:
    table = tmp_path / "flakiness.csv"
    record(table, row("1-3", 3, Counter()))
    record(table, row("4-5", 1, Counter({"tests/test_x.py::test_y[a]": 1})))
    header, green, red = table.read_text(encoding="utf-8").splitlines()
    assert header + "\n" == HEADER
    assert re.fullmatch(r"\d{4}-\d\d-\d\d,1-3,[0-9a-f]{7,}(-dirty)?,2 busy processes,3,", green)
    assert red.endswith(",1,tests/test_x.py::test_y[a]:1")
    assert red.count(",") == HEADER.count(",")


def test_c16_failures_and_errors_of_a_run_are_found() -> None:
    said = "...F\nFAILED tests/a.py::test_b - assert 1 == 2\nERROR tests/c.py::test_d[x] - OSError: no\n1 failed\n"
    assert FAILED.findall(said) == ["tests/a.py::test_b", "tests/c.py::test_d[x]"]
